import { putBits } from './bit-sink.ts';
import { type PenWords, putNumber, putWord, type ScanPen, sizeOf } from './scan-pen.ts';
import { ZIGZAG } from './zigzag.ts';

/** Writes one block of a first DC scan (T.81 G.1.2.1). */
export function writeDcFirst(pen: ScanPen, part: number, words: PenWords, place: number): void {
  const value = pen.coefficients[place]! >> pen.low;
  const step = value - pen.before[part]!;
  pen.before[part] = value;
  const size = sizeOf(Math.abs(step));
  putNumber(pen, words.dc[size]!, step, size);
}

/** Writes one more bit of a DC coefficient. */
export function writeDcMore(pen: ScanPen, _part: number, _words: PenWords, place: number): void {
  putBits(pen.sink, (pen.coefficients[place]! >> pen.low) & 1, 1);
}

/** Writes one block of a first scan of an AC band (T.81 G.1.2.2). */
export function writeAcFirst(pen: ScanPen, _part: number, words: PenWords, place: number): void {
  const { coefficients, from, to, low, notes } = pen;
  const { ac } = words;
  let run = 0;
  let isEmpty = true;
  for (let k = from; k <= to; k++) {
    const coefficient = coefficients[place + ZIGZAG[k]!]!;
    const magnitude = Math.abs(coefficient) >> low;
    if (magnitude === 0) {
      run += 1;
      continue;
    }
    if (isEmpty) flushRun(pen);
    isEmpty = false;
    for (; run > 15; run -= 16) putWord(pen, ac, 0xf0);
    const size = sizeOf(magnitude);
    const value = coefficient < 0 ? -magnitude : magnitude;
    putNumber(pen, ac[(run << 4) | size]!, value, size);
    run = 0;
  }
  if (run === 0) return;
  const needless = Math.min(notes.zeroRuns.get(pen.block) ?? 0, 3);
  if (needless > 0) flushRun(pen);
  for (let index = 0; index < needless; index++) putWord(pen, ac, 0xf0);
  extendRun(pen, isEmpty && needless === 0);
}

/** Writes one block of a scan that adds a bit to an AC band (T.81 G.1.2.3). */
export function writeAcMore(pen: ScanPen, _part: number, words: PenWords, place: number): void {
  const { coefficients, from, to, low } = pen;
  const { ac } = words;
  const last = lastNew(pen, place);
  let run = 0;
  let corrections: number[] = [];
  for (let k = from; k <= to; k++) {
    const coefficient = coefficients[place + ZIGZAG[k]!]!;
    const magnitude = Math.abs(coefficient) >> low;
    if (magnitude === 0) {
      run += 1;
      continue;
    }
    for (; run > 15 && k <= last; run -= 16) {
      flushRun(pen);
      putWord(pen, ac, 0xf0);
      putAll(pen, corrections);
      corrections = [];
    }
    if (magnitude > 1) {
      corrections.push(magnitude & 1);
      continue;
    }
    flushRun(pen);
    putWord(pen, ac, (run << 4) | 1);
    putBits(pen.sink, coefficient < 0 ? 0 : 1, 1);
    putAll(pen, corrections);
    corrections = [];
    run = 0;
  }
  if (run === 0 && corrections.length === 0) return;
  extendRun(pen, last < from, corrections);
}

/** The last place of the band whose coefficient appears in this scan; before the band where none does. */
function lastNew(pen: ScanPen, place: number): number {
  let k = pen.to;
  while (k >= pen.from && Math.abs(pen.coefficients[place + ZIGZAG[k]!]!) >> pen.low !== 1) k--;
  return k;
}

/** Adds this block to the run of ended bands; an empty block may be noted to begin a run of its own. */
function extendRun(pen: ScanPen, isEmpty: boolean, corrections: readonly number[] = []): void {
  if (isEmpty && pen.notes.runBreaks.has(pen.block)) flushRun(pen);
  pen.run += 1;
  for (const bit of corrections) pen.corrections.push(bit);
  if (pen.run >= pen.notes.runMax) flushRun(pen);
}

/** Writes the run under way, if there is one, and the correction bits of its blocks. */
export function flushRun(pen: ScanPen): void {
  if (pen.run === 0) return;
  const size = sizeOf(pen.run) - 1;
  putWord(pen, pen.runWords, size << 4);
  putBits(pen.sink, pen.run - (1 << size), size);
  putAll(pen, pen.corrections);
  pen.corrections = [];
  pen.run = 0;
}

function putAll(pen: ScanPen, bits: readonly number[]): void {
  for (const bit of bits) putBits(pen.sink, bit, 1);
}
