import { putBits } from './bit-sink.ts';
import { nextMarked } from './marks.ts';
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
  const { coefficients, marks, from, to, low, notes } = pen;
  const { ac } = words;
  let before = from - 1;
  for (let k = nextMarked(marks, place, from); k <= to; k = nextMarked(marks, place, k + 1)) {
    const coefficient = coefficients[place + ZIGZAG[k]!]!;
    const magnitude = Math.abs(coefficient) >> low;
    if (magnitude === 0) continue;
    if (before < from) flushRun(pen);
    let run = k - before - 1;
    for (; run > 15; run -= 16) putWord(pen, ac, 0xf0);
    const size = sizeOf(magnitude);
    const value = coefficient < 0 ? -magnitude : magnitude;
    putNumber(pen, ac[(run << 4) | size]!, value, size);
    before = k;
  }
  if (before === to) return;
  const needless = Math.min(notes.zeroRuns.get(pen.block) ?? 0, 3);
  if (needless > 0) flushRun(pen);
  for (let index = 0; index < needless; index++) putWord(pen, ac, 0xf0);
  extendRun(pen, before < from && needless === 0);
}

/** Writes one block of a scan that adds a bit to an AC band (T.81 G.1.2.3). */
export function writeAcMore(pen: ScanPen, _part: number, words: PenWords, place: number): void {
  const { coefficients, marks, from, to, low } = pen;
  const { ac } = words;
  let k = nextMarked(marks, place, from);
  if (k > to) {
    extendRun(pen, true);
    return;
  }
  const last = lastNew(pen, place);
  let run = k - from;
  let corrections: number[] = [];
  while (k <= to) {
    const coefficient = coefficients[place + ZIGZAG[k]!]!;
    const magnitude = Math.abs(coefficient) >> low;
    if (magnitude === 0) run += 1;
    else {
      for (; run > 15 && k <= last; run -= 16) {
        flushRun(pen);
        putWord(pen, ac, 0xf0);
        putAll(pen, corrections);
        corrections = [];
      }
      if (magnitude > 1) corrections.push(magnitude & 1);
      else {
        flushRun(pen);
        putWord(pen, ac, (run << 4) | 1);
        putBits(pen.sink, coefficient < 0 ? 0 : 1, 1);
        putAll(pen, corrections);
        corrections = [];
        run = 0;
      }
    }
    const next = Math.min(nextMarked(marks, place, k + 1), to + 1);
    run += next - k - 1;
    k = next;
  }
  if (run === 0 && corrections.length === 0) return;
  extendRun(pen, last < from, corrections);
}

/** The last place of the band whose coefficient appears in this scan; before the band where none does. */
function lastNew({ coefficients, marks, from, to, low }: ScanPen, place: number): number {
  let last = from - 1;
  for (let k = nextMarked(marks, place, from); k <= to; k = nextMarked(marks, place, k + 1)) {
    if (Math.abs(coefficients[place + ZIGZAG[k]!]!) >> low === 1) last = k;
  }
  return last;
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
