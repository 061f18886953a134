import { longEntry, type PrefixCode } from './prefix-code.ts';
import { AC_MAX, type CursorPart, DC_MAX, extend, type ScanCursor } from './scan-cursor.ts';
import { ZIGZAG } from './zigzag.ts';

/** Reads one block of a first DC scan (T.81 G.1.2.1). */
export function readDcFirst(cursor: ScanCursor, part: CursorPart, place: number): boolean {
  const entry = takeEntry(cursor, part.dc);
  const size = entry & 255;
  if (entry === 0 || size > 11) return false;
  if (size > 0) cursor.before[part.index]! += extend(takeBits(cursor, size), size);
  const value = cursor.before[part.index]! * (1 << cursor.low);
  if (value > DC_MAX || value < -DC_MAX) return false;
  cursor.coefficients[place] = value;
  return true;
}

/** Reads one more bit of a DC coefficient. */
export function readDcMore(cursor: ScanCursor, _part: CursorPart, place: number): boolean {
  cursor.coefficients[place]! |= takeBits(cursor, 1) << cursor.low;
  return true;
}

/** Reads one block of a first scan of an AC band (T.81 G.1.2.2). */
export function readAcFirst(cursor: ScanCursor, part: CursorPart, place: number): boolean {
  if (isInRun(cursor)) return true;
  const { from, to, low, notes } = cursor;
  let zeroRuns = 0;
  for (let k = from; k <= to; k++) {
    const entry = takeEntry(cursor, part.ac);
    if (entry === 0) return false;
    const size = entry & 15;
    const run = (entry >> 4) & 15;
    if (size === 0 && run < 15) {
      if (zeroRuns > 0) notes.zeroRuns.push([cursor.block, zeroRuns]);
      beginRun(cursor, run, k === from);
      return true;
    }
    if (size === 0) {
      zeroRuns += 1;
      k += 15;
      continue;
    }
    k += run;
    if (k > to) return false;
    const value = extend(takeBits(cursor, size), size) * (1 << low);
    if (value > AC_MAX || value < -AC_MAX) return false;
    cursor.coefficients[place + ZIGZAG[k]!] = value;
    zeroRuns = 0;
  }
  cursor.runBefore = 0;
  return zeroRuns === 0;
}

/** Reads one block of a scan that adds a bit to an AC band (T.81 G.1.2.3). */
export function readAcMore(cursor: ScanCursor, part: CursorPart, place: number): boolean {
  const { from, to, low, coefficients } = cursor;
  if (isInRun(cursor)) {
    correct(cursor, place, from);
    return true;
  }
  for (let k = from; k <= to; k++) {
    const entry = takeEntry(cursor, part.ac);
    if (entry === 0) return false;
    const size = entry & 15;
    const run = (entry >> 4) & 15;
    if (size === 0 && run < 15) {
      beginRun(cursor, run, k === from);
      correct(cursor, place, k);
      return true;
    }
    if (size > 1) return false;
    const value = size === 0 ? 0 : takeBits(cursor, 1) === 0 ? -(1 << low) : 1 << low;
    k = skipZeros(cursor, place, k, run);
    // A word for a place beyond the band, or needless zero runs at its end: nothing that could be written again.
    if (k > to || (size === 0 && k === to)) return false;
    if (size > 0) coefficients[place + ZIGZAG[k]!] = value;
  }
  cursor.runBefore = 0;
  return true;
}

/** Whether a run covers this block; counts it off. */
function isInRun(cursor: ScanCursor): boolean {
  if (cursor.runLeft === 0) return false;
  cursor.runLeft -= 1;
  return true;
}

/** Begins a run of ended bands with this block; `isEmpty` where nothing was coded in the block before. */
function beginRun(cursor: ScanCursor, sizeBits: number, isEmpty: boolean): void {
  const length = (1 << sizeBits) + (sizeBits === 0 ? 0 : takeBits(cursor, sizeBits));
  const { notes, runBefore } = cursor;
  if (isEmpty && runBefore > 0) notes.runBreaks.push([cursor.block, runBefore]);
  notes.runMax = Math.max(notes.runMax, length);
  cursor.runLeft = length - 1;
  cursor.runBefore = length;
}

/** Passes over `run` coefficients that are still zero, and gives the place of the one after them. */
function skipZeros(cursor: ScanCursor, place: number, from: number, run: number): number {
  let left = run;
  let k = from;
  for (; k <= cursor.to; k++) {
    const at = place + ZIGZAG[k]!;
    if (cursor.coefficients[at] !== 0) correctOne(cursor, at);
    else if (left-- === 0) break;
  }
  return k;
}

/** Takes the correction bits of all coefficients from `k` on that are not zero. */
function correct(cursor: ScanCursor, place: number, from: number): void {
  for (let k = from; k <= cursor.to; k++) {
    const at = place + ZIGZAG[k]!;
    if (cursor.coefficients[at] !== 0) correctOne(cursor, at);
  }
}

function correctOne(cursor: ScanCursor, at: number): void {
  const { coefficients, low } = cursor;
  if (takeBits(cursor, 1) === 0) return;
  coefficients[at]! += coefficients[at]! > 0 ? 1 << low : -(1 << low);
}

/** The next symbol as in {@link PrefixCode.quick}, passed over; 0 where there is none. */
function takeEntry(cursor: ScanCursor, code: PrefixCode): number {
  const word = cursor.bits.view.getUint32(cursor.at >> 3) << (cursor.at & 7);
  const entry = code.quick[word >>> 22]! || longEntry(code, word >>> 16);
  cursor.at += entry >> 8;
  return entry;
}

/** The next 1 to 25 bits. */
function takeBits(cursor: ScanCursor, size: number): number {
  const word = cursor.bits.view.getUint32(cursor.at >> 3) << (cursor.at & 7);
  cursor.at += size;
  return word >>> (32 - size);
}
