import type { LosslessHead } from './lossless-head.ts';
import { predict } from './lossless-predict.ts';
import { stuffInto } from './lossless-stuffing.ts';

/**
 * Writes the scan of these samples with the header's own codes and restarts into exactly this space. False where it
 * takes more or less space, or a difference has no code: damage.
 */
export function writeLosslessScan(
  space: Uint8Array,
  head: LosslessHead,
  scan: { readonly samples: Uint16Array; readonly padding: 0 | 1 },
): boolean {
  const { lines, restartLines } = head;
  if (head.components === 3) return false;
  const partLines = restartLines === 0 ? lines : restartLines;
  // Without stuffing a scan is shorter; a sample takes 31 bits at most, and a line is written before it is compared.
  const plain = new Uint8Array(space.length + head.columns * head.components * 4 + 8);
  let at = 0;
  for (let line = 0; line < lines; line += partLines) {
    if (line > 0) {
      space[at] = 0xff;
      space[at + 1] = 0xd0 + ((line / partLines - 1) & 7);
      at += 2;
    }
    const last = Math.min(lines, line + partLines);
    const bits = writePart(plain, head, { samples: scan.samples, line, last });
    if (bits < 0) return false;
    const bytes = (bits + 7) >> 3;
    if (scan.padding === 1 && bits % 8 > 0) plain[bytes - 1]! |= 255 >> (bits % 8);
    at = stuffInto(plain.subarray(0, bytes), space, at);
    if (at < 0) return false;
  }
  return at === space.length;
}

/** Writes the lines of one part without stuffing; the bits that they take, or -1 where they have no place or no code. */
function writePart(
  plain: Uint8Array,
  head: LosslessHead,
  lines: { readonly samples: Uint16Array; readonly line: number; readonly last: number },
): number {
  const { components, predictor } = head;
  const { samples } = lines;
  const width = head.columns * components;
  const mask = components - 1;
  const codes = head.codes.map((code) => code.codes);
  const lengths = head.codes.map((code) => code.lengths);
  const by = { predictor, width, components };
  const room = plain.length - width * 4 - 8;
  let next = 0;
  let held = 0;
  let size = 0;
  for (let line = lines.line; line < lines.last; line++) {
    const start = line * width;
    const isFirst = line === lines.line;
    const isLeft = isFirst || predictor === 1;
    for (let column = 0; column < width; column++) {
      const at = start + column;
      let predicted: number;
      if (column < components) {
        predicted = isFirst ? 1 << (head.bits - 1) : samples[at - width]!;
      } else predicted = isLeft ? samples[at - components]! : predict(samples, at, by);
      // Differences count modulo 65536 (T.81 H.1.2.1).
      const difference = ((samples[at]! - predicted) << 16) >> 16;
      const category = 32 - Math.clz32(difference < 0 ? -difference : difference);
      const length = lengths[column & mask]![category]!;
      if (length === 0) return -1;
      // Fewer than 16 bits are held before each of the two is put.
      held = (held << length) | codes[column & mask]![category]!;
      size += length;
      if (size >= 16) {
        size -= 16;
        plain[next] = held >>> (size + 8);
        plain[next + 1] = held >>> size;
        next += 2;
      }
      if (category === 0 || category === 16) continue;
      const low = difference < 0 ? difference - 1 + (1 << category) : difference;
      held = (held << category) | low;
      size += category;
      if (size >= 16) {
        size -= 16;
        plain[next] = held >>> (size + 8);
        plain[next + 1] = held >>> size;
        next += 2;
      }
    }
    if (next > room) return -1;
  }
  plain[next] = size > 8 ? held >>> (size - 8) : held << (8 - size);
  plain[next + 1] = size > 8 ? held << (16 - size) : 0;
  return next * 8 + size;
}
