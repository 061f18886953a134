import { longEntry } from './prefix-code.ts';
import { AC_MAX, type CursorPart, DC_MAX, extend, type ScanCursor } from './scan-cursor.ts';
import { ZIGZAG } from './zigzag.ts';

/** Reads one block of a sequential scan (T.81 F.2.2). */
export function readSequentialBlock(cursor: ScanCursor, part: CursorPart, place: number): boolean {
  const { coefficients } = cursor;
  const { view } = cursor.bits;
  const { dc, ac } = part;
  let at = cursor.at;
  let word = view.getUint32(at >> 3) << (at & 7);
  let entry = dc.quick[word >>> 22]! || longEntry(dc, word >>> 16);
  at += entry >> 8;
  let size = entry & 255;
  if (entry === 0 || size > 11) return false;
  if (size > 0) {
    word = view.getUint32(at >> 3) << (at & 7);
    cursor.before[part.index]! += extend(word >>> (32 - size), size);
    at += size;
  }
  const value = cursor.before[part.index]!;
  if (value > DC_MAX || value < -DC_MAX) return false;
  coefficients[place] = value;
  let zeroRuns = 0;
  for (let k = 1; k < 64; k++) {
    word = view.getUint32(at >> 3) << (at & 7);
    entry = ac.quick[word >>> 22]! || longEntry(ac, word >>> 16);
    if (entry === 0) return false;
    const length = entry >> 8;
    at += length;
    size = entry & 15;
    if (size === 0) {
      if ((entry & 0xf0) === 0) {
        if (zeroRuns > 0) cursor.notes.zeroRuns.push([cursor.block, zeroRuns]);
        zeroRuns = 0;
        break;
      }
      if ((entry & 0xf0) !== 0xf0) return false;
      zeroRuns += 1;
      k += 15;
      continue;
    }
    k += (entry >> 4) & 15;
    if (k > 63) return false;
    // 25 bits at least were looked at: often enough for the number too.
    if (length + size > 25) word = view.getUint32(at >> 3) << (at & 7);
    else word <<= length;
    const number = extend(word >>> (32 - size), size);
    if (number > AC_MAX || number < -AC_MAX) return false;
    coefficients[place + ZIGZAG[k]!] = number;
    at += size;
    zeroRuns = 0;
  }
  cursor.at = at;
  // Runs that reach beyond the block's end without a word: nothing that could be written again.
  return zeroRuns === 0;
}
