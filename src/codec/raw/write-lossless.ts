import type { LosslessHead } from './lossless-head.ts';
import { predict } from './lossless-predict.ts';

/** Where bits are put: whole bytes and their stuffing go to the array. */
interface Pen {
  readonly bytes: Uint8Array;
  at: number;
  held: number;
  size: number;
}

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
  const pen: Pen = { bytes: space, at: 0, held: 0, size: 0 };
  const partLines = restartLines === 0 ? lines : restartLines;
  for (let line = 0; line < lines; line += partLines) {
    if (line > 0) {
      space[pen.at] = 0xff;
      space[pen.at + 1] = 0xd0 + ((line / partLines - 1) & 7);
      pen.at += 2;
    }
    const last = Math.min(lines, line + partLines);
    if (!writePart(pen, head, { samples: scan.samples, line, last })) return false;
    endPart(pen, scan.padding);
  }
  return pen.at === space.length;
}

function writePart(
  pen: Pen,
  head: LosslessHead,
  lines: { readonly samples: Uint16Array; readonly line: number; readonly last: number },
): boolean {
  const { components, predictor } = head;
  const { samples } = lines;
  const width = head.columns * components;
  const mask = components - 1;
  const codes = head.codes.map((code) => code.codes);
  const lengths = head.codes.map((code) => code.lengths);
  const by = { predictor, width, components };
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
      if (length === 0) return false;
      put(pen, codes[column & mask]![category]!, length);
      if (category > 0 && category < 16) {
        const low = difference < 0 ? difference - 1 + (1 << category) : difference;
        put(pen, low, category);
      }
    }
    if (pen.at > pen.bytes.length) return false;
  }
  return true;
}

/** Puts 1 to 16 bits. */
function put(pen: Pen, value: number, length: number): void {
  let size = pen.size + length;
  const held = (pen.held << length) | value;
  while (size >= 8) {
    size -= 8;
    const byte = (held >>> size) & 255;
    pen.bytes[pen.at++] = byte;
    if (byte === 255) pen.bytes[pen.at++] = 0;
  }
  pen.held = held & 127;
  pen.size = size;
}

function endPart(pen: Pen, padding: 0 | 1): void {
  const missing = -pen.size & 7;
  if (missing > 0) put(pen, padding === 1 ? (1 << missing) - 1 : 0, missing);
  pen.held = 0;
  pen.size = 0;
}
