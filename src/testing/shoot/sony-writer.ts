import type { SensorFrame } from './camera.ts';
import type { SampleGrid } from './ljpeg-writer.ts';

/** Coded samples, and what a reader must find in them. */
export interface CodedFrame {
  readonly bytes: Uint8Array;
  readonly stored: Uint16Array;
}

/**
 * Codes samples as Sony bodies do with loss (ARW 2): 11 bits by a curve, then 16 of one colour in 16 bytes: the largest,
 * the smallest, their places, the others in steps above the smallest. The width is a multiple of 32. Simulated: made
 * from public descriptions, compared with no body's file.
 */
export function encodeSonyBlocks({ samples, width, bits }: SensorFrame): CodedFrame {
  if (width % 32 !== 0) throw new RangeError(`width must be a multiple of 32; got ${width}`);
  const most = 2 ** bits - 1;
  const curved = samples.map((sample) => Math.round(2047 * Math.sqrt(sample / most)));
  const bytes = new Uint8Array(samples.length);
  const stored = new Uint16Array(samples.length);
  for (let at = 0, block = 0; at < samples.length; at += 32) {
    for (const parity of [0, 1]) {
      const places = Array.from({ length: 16 }, (_place, index) => at + 2 * index + parity);
      const values = places.map((place) => curved[place]!);
      const { word, kept } = codeBlock(values);
      for (let byte = 0; byte < 16; byte++, block++) {
        bytes[block] = Number((word >> BigInt(8 * byte)) & 255n);
      }
      places.forEach((place, index) => {
        stored[place] = kept[index]!;
      });
    }
  }
  return { bytes, stored };
}

/** One block as a number of 128 bits, the lowest first in the file. */
function codeBlock(values: readonly number[]): {
  readonly word: bigint;
  readonly kept: readonly number[];
} {
  const most = Math.max(...values);
  const least = Math.min(...values);
  const mostAt = values.indexOf(most);
  // A block of one value has its smallest beside the largest.
  const leastAt = most === least ? 1 : values.indexOf(least);
  const shift = Math.max(0, Math.min(4, Math.floor(Math.log2(Math.max(1, most - least))) - 6));
  let word =
    BigInt(most) | (BigInt(least) << 11n) | (BigInt(mostAt) << 22n) | (BigInt(leastAt) << 26n);
  let place = 30n;
  const kept = values.map((value, index) => {
    if (index === mostAt || index === leastAt) return value;
    const step = Math.floor((value - least) / 2 ** shift);
    word |= BigInt(step) << place;
    place += 7n;
    return Math.min(2047, least + step * 2 ** shift);
  });
  return { word, kept };
}

/** The samples of a tile as four values beside each other for each cell of two by two: how Sony orders lossless JPEG. */
export function cellGrid({ samples, stride, left, top, width, height }: SampleGrid): SampleGrid {
  const ordered: number[] = [];
  for (let row = top; row < top + height; row += 2) {
    for (let column = left; column < left + width; column += 2) {
      const at = row * stride + column;
      ordered.push(
        samples[at]!,
        samples[at + 1]!,
        samples[at + stride]!,
        samples[at + stride + 1]!,
      );
    }
  }
  const size = { width: width * 2, height: height / 2 };
  return { samples: Uint16Array.from(ordered), stride: width * 2, left: 0, top: 0, ...size };
}
