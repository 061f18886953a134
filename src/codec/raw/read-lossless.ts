import { windowAt } from './bit-window.ts';
import type { LosslessHead } from './lossless-head.ts';
import { predict } from './lossless-predict.ts';
import { type PlainPart, stuffedBytes, unstuffPart } from './lossless-stuffing.ts';

/** A scan that was read. */
export interface LosslessScan {
  /** Samples line by line, components beside each other. */
  readonly samples: Uint16Array;
  /** Bytes of the scan up to the last one that holds bits of it, stuffing included. */
  readonly bytes: number;
  /** The bit that fills up the last byte of each part. */
  readonly padding: 0 | 1;
}

/**
 * Reads the scan that follows the header; null where the bytes are not what a plain writer makes of any samples:
 * codes that are none, too few bytes, mixed padding, restart markers out of order.
 */
export function readLosslessScan(bytes: Uint8Array, head: LosslessHead): LosslessScan | null {
  const { columns, lines, components, restartLines } = head;
  const width = columns * components;
  if (components === 3) return null;
  // Every sample takes a bit at least.
  if (width * lines > bytes.length * 8) return null;
  const samples = new Uint16Array(width * lines);
  const partLines = restartLines === 0 ? lines : restartLines;
  const paddings = new Set<number>();
  let at = 0;
  for (let line = 0; line < lines; line += partLines) {
    if (line > 0) {
      const marker = 0xd0 + ((line / partLines - 1) & 7);
      if (bytes[at] !== 0xff || bytes[at + 1] !== marker) return null;
      at += 2;
    }
    const part = unstuffPart(bytes.subarray(at));
    const last = Math.min(lines, line + partLines);
    const usedBits = readPart(part, head, { samples, line, last });
    if (usedBits < 0 || usedBits > part.bytes * 8) return null;
    const usedBytes = (usedBits + 7) >> 3;
    const pad = usedBytes * 8 - usedBits;
    if (pad > 0) paddings.add(part.plain[usedBytes - 1]! & ((1 << pad) - 1));
    if (pad > 0 && paddings.has((1 << pad) - 1)) {
      paddings.delete((1 << pad) - 1);
      paddings.add(-1);
    }
    // What follows the last bits in the last part belongs to nobody; elsewhere a marker must follow.
    if (last < lines && usedBytes !== part.bytes) return null;
    at += stuffedBytes(part.plain, usedBytes);
  }
  if (paddings.size > 1 || [...paddings].some((pad) => pad > 0)) return null;
  return { samples, bytes: at, padding: paddings.has(0) ? 0 : 1 };
}

interface Lines {
  readonly samples: Uint16Array;
  /** The part's first line and the one behind its last. */
  readonly line: number;
  readonly last: number;
}

/** Reads the lines of one part; the bits that it took, or -1 where a code is none. */
function readPart({ plain, bytes }: PlainPart, head: LosslessHead, lines: Lines): number {
  const { components, codes, predictor } = head;
  const { samples } = lines;
  const width = head.columns * components;
  const mask = components - 1;
  const looks = codes.map(({ look }) => look);
  const bitMax = bytes * 8;
  const by = { predictor, width, components };
  let bit = 0;
  for (let line = lines.line; line < lines.last; line++) {
    const start = line * width;
    const isFirst = line === lines.line;
    const isLeft = isFirst || predictor === 1;
    for (let column = 0; column < width; column++) {
      const at = start + column;
      const word = windowAt(plain, bit);
      const entry = looks[column & mask]![word >>> 16]!;
      const category = entry & 255;
      const length = entry >> 8;
      bit += length;
      let difference = 0;
      if (category === 16) difference = 32_768;
      else if (category > 0) {
        // Mostly the same window holds the difference too.
        const more =
          length + category <= 25
            ? (word << length) >>> (32 - category)
            : windowAt(plain, bit) >>> (32 - category);
        difference = more >> (category - 1) === 0 ? more - (1 << category) + 1 : more;
        bit += category;
      } else if (entry === 0) return -1;
      let predicted: number;
      if (column < components) {
        predicted = isFirst ? 1 << (head.bits - 1) : samples[at - width]!;
      } else predicted = isLeft ? samples[at - components]! : predict(samples, at, by);
      samples[at] = predicted + difference;
    }
    if (bit > bitMax) return -1;
  }
  return bit;
}
