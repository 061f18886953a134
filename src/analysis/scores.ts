import type { Pixels, Rectangle } from './pixels.ts';

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
  const tiles = tilesOf(part).map((tile) => measureTile(luma, part.width, tile));
  const all = tiles.reduce(addMoments, NO_MOMENTS);
  return {
    sharpness: rounded(deviation(all)),
    bestTileSharpness: rounded(Math.max(...tiles.map(deviation))),
    edgeEnergy: rounded(all.count === 0 ? 0 : Math.sqrt(all.gradients / all.count)),
    ...lightOf(pixels, part),
  };
}

/** Luma in whole steps, as its source has them; weights of ITU-R BT.601 in 256ths. */
function lumaOf({ width, rgb }: Pixels, part: Rectangle): Uint8Array {
  const luma = new Uint8Array(part.width * part.height);
  for (let row = 0; row < part.height; row += 1) {
    let at = ((part.top + row) * width + part.left) * 3;
    const start = row * part.width;
    const end = start + part.width;
    for (let to = start; to < end; to += 1, at += 3) {
      luma[to] = (77 * rgb[at]! + 150 * rgb[at + 1]! + 29 * rgb[at + 2]!) >> 8;
    }
  }
  return luma;
}

/** 8 x 8 tiles of all pixels that have eight neighbours. */
function tilesOf({ width, height }: Rectangle): Rectangle[] {
  const edge = (tile: number, length: number): number =>
    1 + Math.floor((tile * Math.max(0, length - 2)) / TILES);
  return Array.from({ length: TILES * TILES }, (_, index) => {
    const [row, column] = [Math.floor(index / TILES), index % TILES];
    const [left, top] = [edge(column, width), edge(row, height)];
    return {
      left,
      top,
      width: edge(column + 1, width) - left,
      height: edge(row + 1, height) - top,
    };
  });
}

/** Sums over one tile: of the Laplacian, its squares, and squares of Sobel's gradient. */
interface Moments {
  readonly count: number;
  readonly sum: number;
  readonly squares: number;
  readonly gradients: number;
}

const NO_MOMENTS: Moments = { count: 0, sum: 0, squares: 0, gradients: 0 };

function addMoments(left: Moments, right: Moments): Moments {
  return {
    count: left.count + right.count,
    sum: left.sum + right.sum,
    squares: left.squares + right.squares,
    gradients: left.gradients + right.gradients,
  };
}

function deviation({ count, sum, squares }: Moments): number {
  if (count === 0) return 0;
  const mean = sum / count;
  return Math.sqrt(Math.max(0, squares / count - mean * mean));
}

/** Laplacian with four neighbours and Sobel's gradient in one pass: a window of 3 x 3 that moves along each row. */
function measureTile(luma: Uint8Array, width: number, tile: Rectangle): Moments {
  let sum = 0;
  let squares = 0;
  let gradients = 0;
  for (let row = tile.top; row < tile.top + tile.height; row += 1) {
    let at = row * width + tile.left;
    const end = at + tile.width;
    let a = luma[at - width - 1]!;
    let b = luma[at - width]!;
    let d = luma[at - 1]!;
    let e = luma[at]!;
    let g = luma[at + width - 1]!;
    let h = luma[at + width]!;
    for (; at < end; at += 1) {
      const c = luma[at - width + 1]!;
      const f = luma[at + 1]!;
      const i = luma[at + width + 1]!;
      const laplacian = 4 * e - b - d - f - h;
      const across = c - a + 2 * (f - d) + i - g;
      const down = g - a + 2 * (h - b) + i - c;
      sum += laplacian;
      squares += laplacian * laplacian;
      gradients += across * across + down * down;
      a = b;
      b = c;
      d = e;
      e = f;
      g = h;
      h = i;
    }
  }
  return { count: tile.width * tile.height, sum, squares, gradients };
}

/** Linear light of each of the 256 values of sRGB (IEC 61966-2-1), in 4,096 steps. */
const LIGHT_STEPS = 4096;
const LINEAR: Float64Array = Float64Array.from({ length: 256 }, (_, value) => {
  const level = value / 255;
  const linear = level <= 0.04045 ? level / 12.92 : ((level + 0.055) / 1.055) ** 2.4;
  return linear * LIGHT_STEPS;
});
/** log2 of light: a look-up instead of a logarithm for each pixel. */
const STOPS: Float64Array = Float64Array.from({ length: LIGHT_STEPS + 1 }, (_, step) =>
  step === 0 ? EXPOSURE_MIN : Math.log2(step / LIGHT_STEPS),
);
/** Light is measured on every second pixel of every second row: enough for a part of a thousand. */
const LIGHT_STRIDE = 2;

function lightOf(
  { width, rgb }: Pixels,
  part: Rectangle,
): Pick<Scores, 'clippedDark' | 'clippedBright' | 'exposure'> {
  let [count, dark, bright, stops] = [0, 0, 0, 0];
  for (let row = 0; row < part.height; row += LIGHT_STRIDE) {
    let at = ((part.top + row) * width + part.left) * 3;
    const end = at + part.width * 3;
    for (; at < end; at += 3 * LIGHT_STRIDE) {
      const red = rgb[at]!;
      const green = rgb[at + 1]!;
      const blue = rgb[at + 2]!;
      count += 1;
      if (red <= DARK_MAX && green <= DARK_MAX && blue <= DARK_MAX) dark += 1;
      if (red >= BRIGHT_MIN || green >= BRIGHT_MIN || blue >= BRIGHT_MIN) bright += 1;
      // Weights of linear light: ITU-R BT.709.
      const light = 0.2126 * LINEAR[red]! + 0.7152 * LINEAR[green]! + 0.0722 * LINEAR[blue]!;
      stops += STOPS[Math.round(light)]!;
    }
  }
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
