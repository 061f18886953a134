import type { PrefixCode } from './prefix-code.ts';
import type { ScanBits } from './scan-bits.ts';
import type { ScanNotes } from './scan-notes.ts';

/** Largest magnitude of an AC coefficient that is understood: 8-bit samples give no more. */
export const AC_MAX = 1023;
/** Largest magnitude of a DC coefficient that is understood. */
export const DC_MAX = 2047;

/** The state of reading one scan. */
export interface ScanCursor {
  readonly bits: ScanBits;
  readonly coefficients: Int16Array;
  readonly notes: ScanNotes;
  /** Band and bit of the scan. */
  readonly from: number;
  readonly to: number;
  readonly low: number;
  /** The last DC value of each part. */
  readonly before: Int32Array;
  /** Position in the data, in bits. */
  at: number;
  /** Number of the block in the scan. */
  block: number;
  /** Blocks still to come whose bands a run has ended. */
  runLeft: number;
  /** Length of the run whose last block was the one before; 0 where that was in none. */
  runBefore: number;
}

/** One part of a scan with the tables it must have. */
export interface CursorPart {
  readonly index: number;
  readonly dc: PrefixCode;
  readonly ac: PrefixCode;
}

/** Reads one block into the coefficients from `place` on; false where the bits do not make one. */
export type ReadBlock = (cursor: ScanCursor, part: CursorPart, place: number) => boolean;

/** The number that `size` bits stand for (T.81 F.2.2.1, EXTEND). */
export function extend(bits: number, size: number): number {
  return bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits;
}
