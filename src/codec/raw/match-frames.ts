import type { Shift } from './band-memory.ts';
import type { Band, SamplePlane } from './sample-plane.ts';

/** Farthest shift that is looked for, in samples. */
const REACH = 128;

/** Side of the blocks of the first look, in samples. */
const BLOCK = 8;

/** Blocks of the first look at most, and places of the second. */
const BLOCKS_MAX = 12_000;
const PLACES_MAX = 4000;

/** How far the second look goes around the first, in samples; for one band around all. */
const NEAR = 10;
const BAND_NEAR = 4;

/**
 * For each band where another frame of the same size shows the same things, to two samples: first by means of blocks,
 * then by samples. Whether that helps is for the encoder to find out.
 */
export function matchFrames(
  plane: SamplePlane,
  other: SamplePlane,
  bands: readonly Band[],
): readonly Shift[] {
  const coarse = matchBlocks(plane, other);
  const whole: Band = { firstRow: 0, rows: plane.height };
  const all = matchSamples(plane, other, whole, { ...coarse, near: NEAR });
  if (bands.length === 1) return [all];
  return bands.map((band) => matchSamples(plane, other, band, { ...all, near: BAND_NEAR }));
}

interface Blocks {
  readonly across: number;
  readonly down: number;
  readonly sums: Float64Array;
}

function blocksOf({ samples, width, height }: SamplePlane): Blocks {
  const across = Math.floor(width / BLOCK);
  const down = Math.floor(height / BLOCK);
  const sums = new Float64Array(across * down);
  for (let row = 0; row < down * BLOCK; row++) {
    const target = Math.floor(row / BLOCK) * across;
    for (let column = 0; column < across * BLOCK; column++) {
      sums[target + Math.floor(column / BLOCK)]! += samples[row * width + column]!;
    }
  }
  return { across, down, sums };
}

function matchBlocks(plane: SamplePlane, other: SamplePlane): Shift {
  const here = blocksOf(plane);
  const there = blocksOf(other);
  const { across, down } = here;
  const reach = Math.min(REACH / BLOCK, Math.floor(Math.min(across, down) / 4));
  const step = Math.max(1, Math.floor(Math.sqrt((across * down) / BLOCKS_MAX)));
  let best: Shift = { dx: 0, dy: 0 };
  let least = Number.POSITIVE_INFINITY;
  for (const { dx, dy } of lattice(reach, 1)) {
    let sum = 0;
    for (let row = reach; row < down - reach; row += step) {
      for (let column = reach; column < across - reach; column += step) {
        const at = row * across + column;
        sum += Math.abs(here.sums[at]! - there.sums[at + dy * across + dx]!);
      }
      if (sum >= least) break;
    }
    if (sum < least) {
      least = sum;
      best = { dx: dx * BLOCK, dy: dy * BLOCK };
    }
  }
  return best;
}

/** Shifts up to so far each way, the nearest first: of equal ones the nearest is taken. */
function lattice(reach: number, step: number): Shift[] {
  const shifts: Shift[] = [];
  for (let dy = -reach; dy <= reach; dy += step) {
    for (let dx = -reach; dx <= reach; dx += step) shifts.push({ dx, dy });
  }
  const far = ({ dx, dy }: Shift): number => dx * dx + dy * dy;
  return shifts.sort((left, right) => far(left) - far(right));
}

/** Compares sums of whole cells of the colour filter: less noise, and all colours count. */
function matchSamples(
  plane: SamplePlane,
  other: SamplePlane,
  band: Band,
  around: Shift & { readonly near: number },
): Shift {
  const { width, height } = plane;
  const margin = Math.max(Math.abs(around.dx), Math.abs(around.dy)) + around.near + 2;
  const from = Math.max(margin, band.firstRow) & ~1;
  const to = Math.min(height - margin, band.firstRow + band.rows) - 2;
  const room = Math.max(0, to - from) * Math.max(0, width - 2 * margin);
  const step = Math.max(1, Math.round(Math.sqrt(room / PLACES_MAX) / 2)) * 2;
  const places: number[] = [];
  for (let row = from; row < to; row += step) {
    for (let column = (margin + 1) & ~1; column < width - margin - 2; column += step) {
      places.push(row * width + column);
    }
  }
  const cell = (samples: Uint16Array, at: number): number =>
    samples[at]! + samples[at + 1]! + samples[at + width]! + samples[at + width + 1]!;
  const cells = Int32Array.from(places, (place) => cell(plane.samples, place));
  let best: Shift = { dx: around.dx, dy: around.dy };
  let least = Number.POSITIVE_INFINITY;
  for (const near of lattice(around.near, 2)) {
    const to2 = (around.dy + near.dy) * width + around.dx + near.dx;
    let sum = 0;
    for (let index = 0; index < places.length; index++) {
      sum += Math.abs(cells[index]! - cell(other.samples, places[index]! + to2));
    }
    if (sum < least) {
      least = sum;
      best = { dx: around.dx + near.dx, dy: around.dy + near.dy };
    }
  }
  return best;
}
