import { GRID_SIDE, type Grid } from './pixels.ts';

/** Tiles along each side of a signature: 4 x 4 tiles of 16 x 16 cells. */
const TILES = 4;
const TILE_CELLS = GRID_SIDE / TILES;

/**
 * Where the light is, whatever the exposure: for each of 4 x 4 tiles, row by row, the mean rank of its cells among all
 * cells by luma, 0 (all of the darkest) to 255 (all of the brightest). Ranks do not change when a picture is exposed
 * more, as long as nothing is clipped.
 */
export function toneOf(luma: Float32Array): number[] {
  const ranks = ranksOf(luma);
  return tileMeans((cell) => ranks[cell]!).map((mean) => Math.round(mean * 255));
}

/**
 * Which colours are where, whatever the exposure: for each of 4 x 4 tiles two numbers from -100 to 100: red against green,
 * blue against green, each as the difference of the tile's means to their sum.
 */
export function colourOf(grid: Grid): number[] {
  const mean = (channel: number): number[] => tileMeans((cell) => grid[cell * 3 + channel]!);
  const [reds, greens, blues] = [mean(0), mean(1), mean(2)];
  return greens.flatMap((green, tile) => [
    against(reds![tile]!, green),
    against(blues![tile]!, green),
  ]);
}

/** How far two tone signatures are apart: the mean difference of ranks, 0 (alike) to 255. */
export function toneDistance(left: readonly number[], right: readonly number[]): number {
  return meanDifference(left, right);
}

/** How far two colour signatures are apart: the mean difference, 0 (alike) to 200. */
export function colourDistance(left: readonly number[], right: readonly number[]): number {
  return meanDifference(left, right);
}

function meanDifference(left: readonly number[], right: readonly number[]): number {
  if (left.length !== right.length) throw new RangeError('right: not as long as left');
  let sum = 0;
  for (let index = 0; index < left.length; index += 1) {
    sum += Math.abs(left[index]! - right[index]!);
  }
  return left.length === 0 ? 0 : sum / left.length;
}

/** Four steps of 255 are added to both, so that noise in the dark has no colour. */
function against(value: number, green: number): number {
  return Math.round((100 * (value - green)) / (value + green + 8));
}

/** The place of each cell by luma, 0 to 1; cells of the same luma (to a quarter step) have the same. */
function ranksOf(luma: Float32Array): Float32Array {
  const steps = 1024;
  const counts = new Uint32Array(steps);
  const stepOf = (cell: number): number =>
    Math.max(0, Math.min(steps - 1, Math.floor(luma[cell]! * 4)));
  for (let cell = 0; cell < luma.length; cell += 1) counts[stepOf(cell)]! += 1;
  const places = new Float32Array(steps);
  let below = 0;
  for (let step = 0; step < steps; step += 1) {
    places[step] = (below + counts[step]! / 2) / luma.length;
    below += counts[step]!;
  }
  return luma.map((_, cell) => places[stepOf(cell)]!);
}

function tileMeans(cellValue: (cell: number) => number): number[] {
  const sums = new Float64Array(TILES * TILES);
  for (let row = 0; row < GRID_SIDE; row += 1) {
    for (let column = 0; column < GRID_SIDE; column += 1) {
      const tile = Math.floor(row / TILE_CELLS) * TILES + Math.floor(column / TILE_CELLS);
      sums[tile]! += cellValue(row * GRID_SIDE + column);
    }
  }
  return [...sums].map((sum) => sum / TILE_CELLS ** 2);
}
