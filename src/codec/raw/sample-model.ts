import {
  RAW_SET,
  RAW_SHARE_BITS,
  RAW_SPREAD,
  RAW_STEPS,
  RAW_SYMBOLS,
  RAW_TABLE_WORDS,
} from '../../kernels/index.ts';
import { type NumberReader, takeSigned, takeUnsigned } from '../numbers.ts';
import { setBytesOf, tapsOf } from './taps.ts';

/** What coder and decoder of samples agree on, laid out as the kernels read it. */
export interface SampleModel {
  readonly classes: number;
  /** Whether the sets of weights look at another frame too. */
  readonly hasReference: boolean;
  /** The class of each activity. */
  readonly classOf: Uint8Array;
  readonly sets: Int16Array;
  readonly spreads: Int16Array;
  readonly contexts: Uint32Array;
  readonly tables: Uint32Array;
  readonly lookup: Uint8Array;
}

/** Classes of activity at most. */
export const CLASSES_MAX = 16;

/** Activities that are told apart. */
export const ACTIVITIES = 4096;

/** One weight is sent in whole steps of this many 1/8192. */
export const WEIGHT_STEP = 4;

/** Shares are sent as logarithms in eighths of a doubling; 0: no share. */
const SHARE_LOG_MAX = 8 * RAW_SHARE_BITS + 1;

/** How residuals are told apart by the magnitude foretold: tables before, low bits, log2 of the tables. */
export function contextsOf(errorBits: number): { contexts: Uint32Array; tables: number } {
  const contexts = new Uint32Array(RAW_STEPS);
  let tables = 0;
  for (let step = 0; step < RAW_STEPS; step++) {
    // The whole part of the logarithm of the magnitude in digits: steps count from 2 to the 10th in 1/4096 of a unit.
    const doublings = ((step + 40) >> 2) - 12 - errorBits;
    const lowBits = Math.max(0, doublings - 2);
    // Where a residual is mostly 0 or 1, it matters whether the prediction lay nearer to the one or the other.
    const fine = doublings < 0 ? 2 : doublings === 0 ? 1 : 0;
    contexts[step] = tables | (lowBits << 16) | (fine << 24);
    tables += 1 << fine;
  }
  return { contexts, tables };
}

/** Reads a model; null where the numbers make none. */
export function parseModel(source: NumberReader, errorBits: number): SampleModel | null {
  const classes = takeUnsigned(source);
  const reference = takeUnsigned(source);
  if (classes < 1 || classes > CLASSES_MAX || reference > 1) return null;
  const hasReference = reference === 1;
  const classOf = takeClasses(source, classes);
  const sets = takeSets(source, classes, hasReference);
  const spreads = takeSpreads(source, classes);
  const { contexts, tables: count } = contextsOf(errorBits);
  const logs = new Uint8Array(RAW_SYMBOLS).fill(1);
  let current = sharesOf(logs);
  const shares = Array.from({ length: count }, () => {
    if (takeUnsigned(source) === 1) {
      takeLogs(source, logs);
      current = sharesOf(logs);
    }
    return current;
  });
  if (source.isOver) return null;
  return { classes, hasReference, classOf, sets, spreads, contexts, ...tablesOf(shares) };
}

/** Tables and the quick look into them, as the kernels read them, from the shares of each table. */
export function tablesOf(all: readonly Uint16Array[]): Pick<SampleModel, 'tables' | 'lookup'> {
  const tables = new Uint32Array(all.length * RAW_TABLE_WORDS);
  const lookup = new Uint8Array(all.length * 512);
  all.forEach((shares, table) => {
    fillTable(shares, tables.subarray(table * RAW_TABLE_WORDS), lookup.subarray(table * 512));
  });
  return { tables, lookup };
}

function takeClasses(source: NumberReader, classes: number): Uint8Array {
  const classOf = new Uint8Array(ACTIVITIES);
  let from = 0;
  for (let kind = 1; kind < classes; kind++) {
    from += takeUnsigned(source);
    classOf.fill(kind, Math.min(from, ACTIVITIES));
  }
  return classOf;
}

function takeSets(source: NumberReader, classes: number, hasReference: boolean): Int16Array {
  const taps = tapsOf(hasReference);
  const size = setBytesOf(hasReference) / 2;
  const sets = new Int16Array(4 * classes * size);
  const words = new Int32Array(sets.buffer);
  for (let phase = 0; phase < 4; phase++) {
    for (let kind = 0; kind < classes; kind++) {
      const start = (phase * classes + kind) * size;
      for (const { lane } of taps) {
        const before = kind === 0 ? 0 : sets[start - size + lane]!;
        sets[start + lane] = before + takeSigned(source) * WEIGHT_STEP;
      }
      words[(start + RAW_SET.bias / 2) / 2] = takeSigned(source);
    }
  }
  return sets;
}

function takeSpreads(source: NumberReader, classes: number): Int16Array {
  const size = RAW_SPREAD.bytes / 2;
  const spreads = new Int16Array(classes * size);
  const words = new Int32Array(spreads.buffer);
  for (let kind = 0; kind < classes; kind++) {
    for (let lane = 0; lane < 24; lane++) spreads[kind * size + lane] = takeSigned(source);
    for (const place of [RAW_SPREAD.level, RAW_SPREAD.activity, RAW_SPREAD.bias]) {
      words[(kind * size) / 2 + place / 4] = takeSigned(source);
    }
  }
  return spreads;
}

/** Changes the logarithms of the table before into those of this one. */
function takeLogs(source: NumberReader, logs: Uint8Array): void {
  for (let symbol = 0; symbol < RAW_SYMBOLS; symbol++) {
    logs[symbol] = Math.max(0, Math.min(SHARE_LOG_MAX, logs[symbol]! + takeSigned(source)));
  }
}

/** 2 to the power of eighths, times 1024, rounded. */
const EIGHTHS = [1024, 1117, 1218, 1328, 1448, 1579, 1722, 1878];

/** Shares whose sum is exactly 16384 from logarithms; a symbol with a logarithm above 0 has at least 1. */
export function sharesOf(logs: Uint8Array): Uint16Array {
  const shares = new Uint16Array(RAW_SYMBOLS);
  let total = 0;
  for (const log of logs) total += weightOf(log);
  const whole = 1 << RAW_SHARE_BITS;
  let left = whole;
  let largest = RAW_SYMBOLS - 1;
  for (let symbol = 0; symbol < RAW_SYMBOLS; symbol++) {
    const weight = weightOf(logs[symbol]!);
    if (weight === 0) continue;
    // Whole numbers below 2 to the 53rd: the quotient is the same on every machine.
    const share = Math.max(1, Math.floor((weight * whole) / total));
    shares[symbol] = share;
    left -= share;
    if (share > shares[largest]!) largest = symbol;
  }
  // The rest goes to the largest, which has at least a 128th of all; what is missing comes from there.
  shares[largest] = shares[largest]! + left;
  if (shares[127] === 0) {
    shares[127] = 1;
    shares[largest] = shares[largest]! - 1;
  }
  return shares;
}

function weightOf(log: number): number {
  return log === 0 ? 0 : 2 ** ((log - 1) >> 3) * EIGHTHS[(log - 1) & 7]!;
}

function fillTable(shares: Uint16Array, table: Uint32Array, lookup: Uint8Array): void {
  let start = 0;
  for (let symbol = 0; symbol < RAW_SYMBOLS; symbol++) {
    const share = shares[symbol]!;
    table[symbol] = start | (share << 16);
    const end = start + share;
    for (let look = (start + 31) >> 5; look << 5 < end; look++) lookup[look] = symbol;
    start = end;
  }
  table[RAW_SYMBOLS] = start;
}
