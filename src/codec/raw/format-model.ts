import { RAW_SET, RAW_SHARE_BITS, RAW_SPREAD, RAW_SYMBOLS } from '../../kernels/index.ts';
import { putSigned, putUnsigned } from '../numbers.ts';
import { WEIGHT_STEP } from './sample-model.ts';
import { setBytesOf, tapsOf } from './taps.ts';
import type { TrainedWeights } from './train-weights.ts';

/** A whole trained model; tables are logarithms of shares, null where a table is like the one before. */
export interface ModelParts extends TrainedWeights {
  readonly hasReference: boolean;
  readonly spreads: Int16Array;
  readonly tables: readonly (Uint8Array | null)[];
}

/** Writes a model as the numbers that the reader takes. */
export function formatModel(parts: ModelParts): Uint8Array {
  const numbers: number[] = [];
  putUnsigned(numbers, parts.classes);
  putUnsigned(numbers, parts.hasReference ? 1 : 0);
  parts.limits.forEach((limit, index) => {
    putUnsigned(numbers, limit - (parts.limits[index - 1] ?? 0));
  });
  putSets(numbers, parts);
  putSpreads(numbers, parts);
  let before = new Uint8Array(RAW_SYMBOLS).fill(1);
  for (const table of parts.tables) {
    putUnsigned(numbers, table === null ? 0 : 1);
    if (table === null) continue;
    for (let symbol = 0; symbol < RAW_SYMBOLS; symbol++) {
      putSigned(numbers, table[symbol]! - before[symbol]!);
    }
    before = Uint8Array.from(table);
  }
  return Uint8Array.from(numbers);
}

function putSets(numbers: number[], { classes, hasReference, sets }: ModelParts): void {
  const taps = tapsOf(hasReference);
  const size = setBytesOf(hasReference) / 2;
  const words = new Int32Array(sets.buffer, sets.byteOffset, sets.length / 2);
  for (let phase = 0; phase < 4; phase++) {
    for (let kind = 0; kind < classes; kind++) {
      const start = (phase * classes + kind) * size;
      for (const { lane } of taps) {
        const before = kind === 0 ? 0 : sets[start - size + lane]!;
        putSigned(numbers, (sets[start + lane]! - before) / WEIGHT_STEP);
      }
      putSigned(numbers, words[(start + RAW_SET.bias / 2) / 2]!);
    }
  }
}

function putSpreads(numbers: number[], { classes, spreads }: ModelParts): void {
  const size = RAW_SPREAD.bytes / 2;
  const words = new Int32Array(spreads.buffer, spreads.byteOffset, spreads.length / 2);
  for (let kind = 0; kind < classes; kind++) {
    for (let lane = 0; lane < 24; lane++) putSigned(numbers, spreads[kind * size + lane]!);
    for (const place of [RAW_SPREAD.level, RAW_SPREAD.activity, RAW_SPREAD.bias]) {
      putSigned(numbers, words[(kind * size) / 2 + place / 4]!);
    }
  }
}

/** Tokens a table must have had to be sent. */
const COUNTED_MIN = 8;

/** How much a plain curve counts beside what was seen, in tokens. */
const PRIOR = 3;

/** Logarithms of shares from counted tokens, smoothed by a curve of the foretold width. */
export function logsOf(
  counts: Uint32Array,
  contexts: Uint32Array,
  errorBits: number,
): (Uint8Array | null)[] {
  const tables: (Uint8Array | null)[] = [];
  contexts.forEach((context, step) => {
    const doublings = (step + 40) / 4 - 12 - errorBits - ((context >> 16) & 255);
    const mean = Math.max(0.15, 2 ** doublings);
    for (let part = 0; part < 1 << (context >>> 24); part++) {
      const first = ((context & 65_535) + part) * RAW_SYMBOLS;
      tables.push(tableLogs(counts.subarray(first, first + RAW_SYMBOLS), mean));
    }
  });
  return tables;
}

function tableLogs(counts: Uint32Array, mean: number): Uint8Array | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total < COUNTED_MIN) return null;
  // Two-sided geometric, with the mean magnitude that was foretold.
  const fall = mean / (1 + mean);
  const curve = Float64Array.from(counts, (_count, symbol) =>
    symbol === 127 ? 0.001 : fall ** Math.abs(symbol - 63),
  );
  const area = curve.reduce((sum, value) => sum + value, 0);
  return Uint8Array.from(counts, (count, symbol) => {
    const chance = (count + (PRIOR * curve[symbol]!) / area) / (total + PRIOR);
    const share = chance * (1 << RAW_SHARE_BITS);
    if (share < 0.3 && count === 0 && symbol !== 127) return 0;
    return Math.round(8 * Math.log2(Math.max(1, share))) + 1;
  });
}
