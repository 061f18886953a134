import { type PenWords, putNumber, putWord, type ScanPen, sizeOf } from './scan-pen.ts';
import { ZIGZAG } from './zigzag.ts';

/** Writes one block of a sequential scan (T.81 F.1.2). */
export function writeSequentialBlock(
  pen: ScanPen,
  part: number,
  words: PenWords,
  place: number,
): void {
  const { coefficients, before } = pen;
  const step = coefficients[place]! - before[part]!;
  before[part] = coefficients[place]!;
  const size = sizeOf(Math.abs(step));
  putNumber(pen, words.dc[size]!, step, size);
  if (writeCoefficients(pen, words.ac, place) === 0) return;
  const { zeroRuns } = pen.notes;
  if (zeroRuns.size > 0) {
    // More than three runs of sixteen do not fit into a block.
    const needless = Math.min(zeroRuns.get(pen.block) ?? 0, 3);
    for (let index = 0; index < needless; index++) putWord(pen, words.ac, 0xf0);
  }
  putWord(pen, words.ac, 0);
}

/** Writes all coefficients but the first; gives how many zeros are behind the last one. */
function writeCoefficients(pen: ScanPen, ac: Int32Array, place: number): number {
  const { coefficients, sink } = pen;
  const { bytes } = sink;
  // The sink's state is held in variables: this is the decoder's innermost loop.
  let { at, bits, count } = sink;
  let run = 0;
  for (let k = 1; k < 64; k++) {
    const value = coefficients[place + ZIGZAG[k]!]!;
    if (value === 0) {
      run += 1;
      continue;
    }
    for (; run >= 0; run -= 16) {
      const size = run > 15 ? 0 : sizeOf(value < 0 ? -value : value);
      const word = ac[run > 15 ? 0xf0 : (run << 4) | size]!;
      if (word === 0) pen.isWrong = true;
      bits = (bits << (word & 31)) | (word >> 5);
      count += word & 31;
      // At most 23 bits now: room for a number of 11 only once whole bytes are out.
      while (count >= 8) {
        count -= 8;
        const byte = (bits >>> count) & 255;
        bytes[at++] = byte;
        if (byte === 255) bytes[at++] = 0;
      }
      bits = (bits << size) | (size === 0 ? 0 : value < 0 ? value + (1 << size) - 1 : value);
      count += size;
    }
    run = 0;
  }
  while (count >= 8) {
    count -= 8;
    const byte = (bits >>> count) & 255;
    bytes[at++] = byte;
    if (byte === 255) bytes[at++] = 0;
  }
  sink.at = at;
  sink.bits = bits & 127;
  sink.count = count;
  return run;
}
