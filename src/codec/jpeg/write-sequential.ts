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
  const { dc, ac } = words;
  const step = coefficients[place]! - before[part]!;
  before[part] = coefficients[place]!;
  const dcSize = sizeOf(Math.abs(step));
  putNumber(pen, dc[dcSize]!, step, dcSize);
  let run = 0;
  for (let k = 1; k < 64; k++) {
    const value = coefficients[place + ZIGZAG[k]!]!;
    if (value === 0) {
      run += 1;
      continue;
    }
    while (run > 15) {
      putWord(pen, ac, 0xf0);
      run -= 16;
    }
    const size = sizeOf(Math.abs(value));
    putNumber(pen, ac[(run << 4) | size]!, value, size);
    run = 0;
  }
  if (run === 0) return;
  const { zeroRuns } = pen.notes;
  if (zeroRuns.size > 0) {
    // More than four runs of sixteen do not fit into a block.
    const needless = Math.min(zeroRuns.get(pen.block) ?? 0, 3);
    for (let index = 0; index < needless; index++) putWord(pen, ac, 0xf0);
  }
  putWord(pen, ac, 0);
}
