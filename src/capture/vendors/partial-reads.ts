import { OPERATION } from '../ptp/codes.ts';
import { CANON, NIKON } from './codes.ts';
import type { PartialRead } from './vendor.ts';

const OFFSET_END_32 = 2 ** 32;
const OFFSET_END_64 = Number.MAX_SAFE_INTEGER;

/** Ways to read from an offset that any camera may know. */
export const STANDARD_READS: readonly PartialRead[] = [
  {
    operation: OPERATION.getPartialObject,
    params: (raw, offset, length) => [raw, offset, length],
    offsetEnd: OFFSET_END_32,
  },
  {
    operation: OPERATION.getPartialObject64,
    params: (raw, offset, length) => [raw, low(offset), high(offset), length],
    offsetEnd: OFFSET_END_64,
  },
];

/** Those of Canon EOS. */
export const CANON_READS: readonly PartialRead[] = [
  {
    operation: CANON.getPartialObject,
    params: (raw, offset, length) => [raw, offset, length],
    offsetEnd: OFFSET_END_32,
  },
  {
    operation: CANON.getPartialObject64,
    params: (raw, offset, length) => [raw, low(offset), high(offset), length],
    offsetEnd: OFFSET_END_64,
  },
];

/** Nikon's. */
export const NIKON_READS: readonly PartialRead[] = [
  {
    operation: NIKON.getPartialObjectEx,
    params: (raw, offset, length) => [raw, low(offset), high(offset), length, 0],
    offsetEnd: OFFSET_END_64,
  },
];

function low(offset: number): number {
  return offset % 2 ** 32;
}

function high(offset: number): number {
  return Math.floor(offset / 2 ** 32);
}
