import { LUMA_WEIGHTS, type Pixels, type Rectangle } from './pixels.ts';

/**
 * Measures of one frame, to be compared within a burst only: they depend on the scene, and on how large the picture was
 * that they were taken from.
 */
export interface Scores {
  /** Standard deviation of the Laplacian of luma: 0 (nothing) to some 100; blur lowers it, noise raises it. */
  readonly sharpness: number;
  /** The same of the sharpest of 8 x 8 tiles: where the subject is small and sharp before a soft background. */
  readonly bestTileSharpness: number;
  /** Mean energy of edges (Tenengrad: Sobel's gradient), as its square root: 0 to some 500; less shaken by noise. */
  readonly edgeEnergy: number;
  /** Part of the pixels, 0 to 1, of which all three channels are at most 3 of 255. */
  readonly clippedDark: number;
  /** Part of the pixels, 0 to 1, of which one channel or more is at least 252 of 255. */
  readonly clippedBright: number;
  /** Mean of log2 of linear luminance: 0 for white, -12 for black; one step is one stop. */
  readonly exposure: number;
}

const TILES = 8;
const DARK_MAX = 3;
const BRIGHT_MIN = 252;
/** Luminance below 2^-12 of white counts as that. */
const EXPOSURE_MIN = -12;

/** Scores a part of a picture. */
export function scoresOf(pixels: Pixels, part: Rectangle): Scores {
  const luma = lumaOf(pixels, part);
  const tiles = laplacianTiles(luma, part);
  const all = tiles.reduce(addMoments, NO_MOMENTS);
  const best = Math.max(0, ...tiles.filter(({ count }) => count > 0).map(deviation));
  return {
    sharpness: rounded(deviation(all)),
    bestTileSharpness: rounded(best),
    edgeEnergy: rounded(edgeEnergy(luma, part)),
    ...lightOf(pixels, part),
  };
}

function lumaOf({ width, rgb }: Pixels, part: Rectangle): Float32Array {
  const [red, green, blue] = LUMA_WEIGHTS;
  const luma = new Float32Array(part.width * part.height);
  for (let row = 0; row < part.height; row += 1) {
    let at = ((part.top + row) * width + part.left) * 3;
    const start = row * part.width;
    for (let column = 0; column < part.width; column += 1, at += 3) {
      luma[start + column] = rgb[at]! * red + rgb[at + 1]! * green + rgb[at + 2]! * blue;
    }
  }
  return luma;
}

interface Moments {
  readonly count: number;
  readonly sum: number;
  readonly squares: number;
}

const NO_MOMENTS: Moments = { count: 0, sum: 0, squares: 0 };

function addMoments(left: Moments, right: Moments): Moments {
  return {
    count: left.count + right.count,
    sum: left.sum + right.sum,
    squares: left.squares + right.squares,
  };
}

function deviation({ count, sum, squares }: Moments): number {
  if (count === 0) return 0;
  const mean = sum / count;
  return Math.sqrt(Math.max(0, squares / count - mean * mean));
}

/** Laplacian with four neighbours; the outermost pixels have none. */
function laplacianTiles(luma: Float32Array, { width, height }: Rectangle): Moments[] {
  const count = new Float64Array(TILES * TILES);
  const sum = new Float64Array(TILES * TILES);
  const squares = new Float64Array(TILES * TILES);
  for (let row = 1; row < height - 1; row += 1) {
    const band = Math.floor((row * TILES) / height) * TILES;
    for (let column = 1; column < width - 1; column += 1) {
      const at = row * width + column;
      const value =
        4 * luma[at]! - luma[at - 1]! - luma[at + 1]! - luma[at - width]! - luma[at + width]!;
      const tile = band + Math.floor((column * TILES) / width);
      count[tile]! += 1;
      sum[tile]! += value;
      squares[tile]! += value * value;
    }
  }
  return Array.from(count, (some, tile) => ({
    count: some,
    sum: sum[tile]!,
    squares: squares[tile]!,
  }));
}

function edgeEnergy(luma: Float32Array, { width, height }: Rectangle): number {
  let sum = 0;
  for (let row = 1; row < height - 1; row += 1) {
    for (let column = 1; column < width - 1; column += 1) {
      const at = row * width + column;
      const [above, below] = [at - width, at + width];
      const fall = luma[above - 1]! - luma[below + 1]!;
      const rise = luma[above + 1]! - luma[below - 1]!;
      const across = rise - fall + 2 * (luma[at + 1]! - luma[at - 1]!);
      const down = -rise - fall + 2 * (luma[below]! - luma[above]!);
      sum += across * across + down * down;
    }
  }
  const count = Math.max(0, width - 2) * Math.max(0, height - 2);
  return count === 0 ? 0 : Math.sqrt(sum / count);
}

/** Linear light of each of the 256 values of sRGB (IEC 61966-2-1). */
const LINEAR: Float32Array = Float32Array.from({ length: 256 }, (_, value) => {
  const level = value / 255;
  return level <= 0.04045 ? level / 12.92 : ((level + 0.055) / 1.055) ** 2.4;
});
/** log2 of luminances from 0 to 1 in 4,096 steps: a look-up instead of a logarithm for each pixel. */
const LOG: Float32Array = Float32Array.from({ length: 4097 }, (_, step) =>
  step === 0 ? EXPOSURE_MIN : Math.log2(step / 4096),
);

function lightOf(
  { width, rgb }: Pixels,
  part: Rectangle,
): Pick<Scores, 'clippedDark' | 'clippedBright' | 'exposure'> {
  let [dark, bright, stops] = [0, 0, 0];
  for (let row = 0; row < part.height; row += 1) {
    let at = ((part.top + row) * width + part.left) * 3;
    for (let column = 0; column < part.width; column += 1, at += 3) {
      const [red, green, blue] = [rgb[at]!, rgb[at + 1]!, rgb[at + 2]!];
      if (red <= DARK_MAX && green <= DARK_MAX && blue <= DARK_MAX) dark += 1;
      if (red >= BRIGHT_MIN || green >= BRIGHT_MIN || blue >= BRIGHT_MIN) bright += 1;
      // Weights of linear light: ITU-R BT.709.
      const light = 0.2126 * LINEAR[red]! + 0.7152 * LINEAR[green]! + 0.0722 * LINEAR[blue]!;
      stops += LOG[Math.round(light * 4096)]!;
    }
  }
  const count = part.width * part.height;
  return {
    clippedDark: rounded(dark / count),
    clippedBright: rounded(bright / count),
    exposure: rounded(stops / count),
  };
}

/** Four digits behind the point: records are kept as text. */
function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
