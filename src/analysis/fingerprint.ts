import { formatHex } from '../base/index.ts';
import { GRID_SIDE, type Grid, LUMA_WEIGHTS } from './pixels.ts';

/** Frequencies along each axis that a fingerprint keeps: 16 x 16 = 256 bits. */
const KEPT = 16;

/**
 * Pictures of less quality than this carry too little for a fingerprint: uniform colours, a lens cap, a blank wall. Their
 * bits would be those of noise. Measured: uniform pictures 0, a dark frame and a dim burst without detail 0.3 and less, a
 * line drawing 3, all photographs among 231 sample pictures 9 and more.
 */
export const QUALITY_MIN = 1;

/** What the low frequencies of a picture say. */
export interface Fingerprint {
  /** 64 hex digits; null below {@link QUALITY_MIN}. */
  readonly bits: string | null;
  /**
   * How much the bits mean, 0 to some 100: the median strength of the kept frequencies, in the noise of one cell (in
   * steps of 255) that would be as strong. Noise of that much turns every second bit.
   */
  readonly quality: number;
}

/** Luma of each cell of a grid, 0 to 255. */
export function lumaOf(grid: Grid): Float32Array {
  const [red, green, blue] = LUMA_WEIGHTS;
  const luma = new Float32Array(GRID_SIDE * GRID_SIDE);
  for (let cell = 0; cell < luma.length; cell += 1) {
    const at = cell * 3;
    luma[cell] = grid[at]! * red + grid[at + 1]! * green + grid[at + 2]! * blue;
  }
  return luma;
}

/**
 * The fingerprint of a picture by its luma in 64 x 64 cells: which of its 16 x 16 lowest frequencies (without the mean
 * along either axis) of the cosine transform lie above their median, rows of frequencies one after the other, first bit
 * highest. After PDQ (Facebook, "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm", 2019); not
 * its bits. Two pictures are as far apart as bits differ. Measured on 5,995 pairs of 110 real pictures: unlike scenes 100
 * and more of 256; below that only edits and other exposures of one scene, 72 at most.
 */
export function fingerprintOf(luma: Float32Array): Fingerprint {
  const kept = lowFrequencies(luma);
  const strength = median(kept.map(Math.abs)) / NOISE_GAIN;
  const quality = Math.round(strength * 10) / 10;
  return { bits: quality < QUALITY_MIN ? null : bitsOf(kept), quality };
}

/** What noise of one step in each cell gives in one frequency: the root of 64 x 64 cells times a mean square of 1/4. */
const NOISE_GAIN = GRID_SIDE / 2;

function bitsOf(kept: Float64Array): string {
  const middle = median(kept);
  const bits = new Uint8Array(kept.length / 8);
  for (let index = 0; index < kept.length; index += 1) {
    if (kept[index]! > middle) bits[index >> 3]! |= 0x80 >> (index & 7);
  }
  return formatHex(bits);
}

function median(values: Float64Array): number {
  const sorted = values.toSorted();
  const half = sorted.length / 2;
  return (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Rows 1 to 16 of the cosine transform of 64 values (DCT II). */
const BASIS: Float64Array = makeBasis();

function makeBasis(): Float64Array {
  const basis = new Float64Array(KEPT * GRID_SIDE);
  for (let frequency = 0; frequency < KEPT; frequency += 1) {
    for (let at = 0; at < GRID_SIDE; at += 1) {
      const angle = (Math.PI * (frequency + 1) * (2 * at + 1)) / (2 * GRID_SIDE);
      basis[frequency * GRID_SIDE + at] = Math.cos(angle);
    }
  }
  return basis;
}

function lowFrequencies(luma: Float32Array): Float64Array {
  const half = new Float64Array(KEPT * GRID_SIDE);
  for (let frequency = 0; frequency < KEPT; frequency += 1) {
    for (let row = 0; row < GRID_SIDE; row += 1) {
      const factor = BASIS[frequency * GRID_SIDE + row]!;
      for (let column = 0; column < GRID_SIDE; column += 1) {
        half[frequency * GRID_SIDE + column]! += factor * luma[row * GRID_SIDE + column]!;
      }
    }
  }
  const kept = new Float64Array(KEPT * KEPT);
  for (let down = 0; down < KEPT; down += 1) {
    for (let across = 0; across < KEPT; across += 1) {
      let sum = 0;
      for (let at = 0; at < GRID_SIDE; at += 1) {
        sum += half[down * GRID_SIDE + at]! * BASIS[across * GRID_SIDE + at]!;
      }
      kept[down * KEPT + across] = sum;
    }
  }
  return kept;
}
