import {
  CHUNK_OPS,
  CONTEXT,
  COEFFICIENT_PLACE as PLACE,
  PLANE_WORD,
  PLANE_WORDS,
  SET_BYTES,
  COEFFICIENT_WORD as WORD,
} from './coefficient-block.ts';

/** One plane of coefficients as the coder sees it. */
export interface CoefficientPlane {
  readonly blocksWide: number;
  readonly blocksHigh: number;
  /** Blocks of one MCU across and down. */
  readonly h: number;
  readonly v: number;
  /** 64 quantisation steps in natural order. */
  readonly quant: Uint16Array;
  /** What a sibling lets expect of each coefficient, in quarters of a step; all planes have it, or none. */
  readonly said?: Int16Array;
}

/** Where what depends on the picture lies, in bytes. */
export interface CoefficientLayout {
  readonly sets: number;
  readonly ops: number;
  readonly coded: number;
  readonly coefficients: number;
  readonly said: number;
  readonly bytes: number;
  readonly planes: readonly {
    readonly counts: number;
    readonly bottom: number;
    readonly quant: number;
  }[];
}

/** Most operations of one block: a count, and for each coefficient a token, a sign and its spare bits. */
const BLOCK_OPS_MAX = 260;

/** Bytes read beyond the end of damaged input before it is noticed. */
const SPARE_BYTES = 1024;

/** Steps above this are taken for this: a bound for all sums. */
const QUANT_MAX = 4095;

/** Lays out the memory. `codedBytes` is the longest segment that will be decoded. */
export function layOutCoefficients(
  planes: readonly CoefficientPlane[],
  codedBytes: number,
): CoefficientLayout {
  let next: number = PLACE.free;
  const take = (bytes: number): number => {
    const start = next;
    next = start + ((bytes + 63) & ~63);
    return start;
  };
  const sets = take(SET_BYTES * 2);
  const own = planes.map(({ blocksWide, blocksHigh }) => ({
    counts: take(blocksWide * blocksHigh),
    bottom: take(blocksWide * 32),
    quant: take(544),
  }));
  const rowBlocks = planes.reduce((sum, { blocksWide, v }) => sum + blocksWide * v, 0);
  const ops = take((CHUNK_OPS + BLOCK_OPS_MAX) * 4);
  const rowBytes = (rowBlocks * BLOCK_OPS_MAX + CHUNK_OPS + BLOCK_OPS_MAX) * 2;
  const coded = take(Math.max(rowBytes + 65_536, codedBytes + SPARE_BYTES));
  const blocks = planes.reduce(
    (sum, { blocksWide, blocksHigh }) => sum + blocksWide * blocksHigh,
    0,
  );
  const coefficients = take(blocks * 128);
  const said = planes.some((plane) => plane.said !== undefined) ? take(blocks * 128) : 0;
  return { sets, ops, coded, coefficients, said, bytes: next, planes: own };
}

/** Fills the tables and the planes' words. */
export function fillCoefficientMemory(
  memory: ArrayBuffer,
  layout: CoefficientLayout,
  planes: readonly CoefficientPlane[],
): void {
  const words = new Int32Array(memory, 0, 128);
  words.fill(0);
  words[WORD.planes] = planes.length;
  words[WORD.ops] = layout.ops;
  let coefficients = layout.coefficients;
  for (const [index, plane] of planes.entries()) {
    const at = WORD.plane + index * PLANE_WORDS;
    const own = layout.planes[index]!;
    words[at + PLANE_WORD.blocksWide] = plane.blocksWide;
    words[at + PLANE_WORD.h] = plane.h;
    words[at + PLANE_WORD.v] = plane.v;
    words[at + PLANE_WORD.coefficients] = coefficients;
    words[at + PLANE_WORD.counts] = own.counts;
    words[at + PLANE_WORD.bottom] = own.bottom;
    words[at + PLANE_WORD.quant] = own.quant;
    words[at + PLANE_WORD.set] = layout.sets + (index === 0 ? 0 : SET_BYTES);
    words[at + PLANE_WORD.like] = Math.max(index - 1, 0);
    if (plane.said !== undefined) {
      const said = layout.said + coefficients - layout.coefficients;
      words[at + PLANE_WORD.said] = said;
      new Int16Array(memory, said, plane.said.length).set(plane.said);
    }
    coefficients += plane.blocksWide * plane.blocksHigh * 128;
    fillQuant(new Int32Array(memory, own.quant, 136), plane.quant);
  }
  fillTables(memory);
}

/** Steps, and 4 * sqrt(2) * 1024 by each: sums become quarters of what makes up for them (T.81 A.3.3). */
function fillQuant(target: Int32Array, quant: Uint16Array): void {
  for (let k = 0; k < 64; k++) {
    const step = Math.min(Math.max(quant[k]!, 1), QUANT_MAX);
    target[k] = step;
    target[64 + k] = Math.floor((5793 + (step >> 1)) / step);
  }
  for (let v = 0; v < 8; v++) target[128 + v] = target[64 + 8 * v]!;
}

function fillTables(memory: ArrayBuffer): void {
  new Int16Array(memory, PLACE.scratch, 16).fill(0);
  new Int16Array(memory, PLACE.ramp, 8).set([0, 7, 6, 5, 4, 3, 2, 1]);
  new Int16Array(memory, PLACE.places, 8).set([0, 1, 2, 3, 4, 5, 6, 7]);
  new Int16Array(memory, PLACE.most, 8).fill(32767);
  new Uint8Array(memory, PLACE.rates, 256).set(RATES);
  new Uint8Array(memory, PLACE.levels, 1024).set(LEVELS);
  new Uint8Array(memory, PLACE.tokens, 4096).set(TOKENS);
  new Int32Array(memory, PLACE.bases, 8).set(BASES);
  new Uint8Array(memory, PLACE.extras, 8).set(EXTRAS);
  new Uint8Array(memory, PLACE.order, 49).set(INNER_ORDER);
  new Uint8Array(memory, PLACE.shares, 3200).set(SHARES);
  new Uint8Array(memory, PLACE.nothing, 128).fill(0);
}

/** The ranges of magnitudes from 7 on: the smallest of each, and how many spare bits say the place in it. */
const BASES = [7, 9, 13, 21, 37, 69, 133, 389];
const EXTRAS = [1, 2, 3, 4, 5, 6, 8, 12];

/** Magnitudes below 7 are their own tokens; 7 and more are the ranges'. */
const TOKENS = Uint8Array.from({ length: 4096 }, (_token, size) =>
  size < 7 ? size : 7 + BASES.findLastIndex((base) => base <= size),
);

/** Speed of learning after so many symbols: shifts. */
const FIRST_RATES = [1, 2, 2, 3, 3, 3, 4, 4, 4, 4, 4, 4, 5, 5, 5, 5];
const RATES = Uint8Array.from(
  { length: 256 },
  (_rate, count) => FIRST_RATES[count] ?? (count < 24 ? 5 : count < 48 ? 6 : 7),
);

/** Magnitudes in half octaves: 0, 1, then two levels for each doubling. */
const LEVELS = Uint8Array.from({ length: 1024 }, (_level, size) => {
  if (size < 2) return size;
  const octave = 31 - Math.clz32(size);
  return 1 + 2 * octave + ((size >> (octave - 1)) & 1);
});

/** How full the rest of a block is, by places left (row of 64) and coefficients still to come. */
const SHARES = Uint8Array.from({ length: 3200 }, (_share, index) => {
  const left = index >> 6;
  const open = index & 63;
  if (open === 0 || left === 0) return 0;
  if (open >= left) return 11;
  return open <= 4 ? open - 1 : Math.min(10, 4 + Math.floor((open * 7) / left));
});

/** Natural positions of the inner coefficients in zigzag order (T.81 figure 5). */
const INNER_ORDER = Uint8Array.from(
  Array.from({ length: 64 }, (_place, k) => ({ u: k & 7, v: k >> 3, k }))
    .filter(({ u, v }) => u > 0 && v > 0)
    .sort((a, b) => a.u + a.v - b.u - b.v || ((a.u + a.v) % 2 === 0 ? a.u - b.u : b.u - a.u))
    .map(({ k }) => k),
);

/** Distributions begin as they are in most contexts, bits undecided, weights in equal parts. */
export function resetCoefficientSet(memory: ArrayBuffer, address: number): void {
  const contexts = new Int16Array(memory, address, CONTEXT.contexts * 8);
  contexts.set(FIRST_CHANCES);
  for (let filled = 8; filled < contexts.length; filled *= 2) {
    contexts.copyWithin(filled, 0, Math.min(filled, contexts.length - filled));
  }
  let at = address + contexts.byteLength;
  new Uint8Array(memory, at, CONTEXT.contexts).fill(0);
  at += CONTEXT.contexts;
  // A chance of one half in the low 16 bits, no experience in the high ones.
  new Uint32Array(memory, at, CONTEXT.bits).fill(32768);
  at += CONTEXT.bits * 4;
  new Int32Array(memory, at, CONTEXT.weights * 2).fill(10_912);
}

/** Chance of more than -1, 0, 1, ...: each 0.55 of the one before, in 1/32768; the first stays as it is. */
const FIRST_CHANCES = Array.from({ length: 8 }, (_chance, index) =>
  Math.min(32767, Math.round(32768 * 0.55 ** index)),
);
