import { CONTEXT, COEFFICIENT_PLACE as PLACE } from './coefficient-block.ts';

/** A plain coder's view of its memory and where it stands. */
export interface PlainCoder {
  readonly bytes: Uint8Array;
  readonly shorts: Int16Array;
  readonly words: Int32Array;
  isDecoding: boolean;
  /** Address of the set in use. */
  set: number;
  /** The decoder's state and place; the address of the next operation. */
  state: number;
  input: number;
  ops: number;
}

/** Three contexts of a symbol and the weights that mix them. */
export interface SymbolContexts {
  readonly weight: number;
  readonly contexts: readonly [number, number, number];
}

const COUNTS = CONTEXT.contexts * 16;
const BITS = COUNTS + CONTEXT.contexts;
const WEIGHTS = BITS + CONTEXT.bits * 4;

/** One symbol of 0 to 7 by three contexts, whose probabilities are mixed by the weights. */
export function codeSymbol(coder: PlainCoder, by: SymbolContexts, given: number): number {
  const { shorts, words } = coder;
  const weights = (coder.set + WEIGHTS + by.weight * 8) >> 2;
  const w0 = words[weights]!;
  const w1 = words[weights + 1]!;
  const all = [w0, w1, 32_736 - w0 - w1];
  const places = by.contexts.map((context) => (coder.set + context * 16) >> 1);
  const over = [32_768, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let lane = 1; lane < 8; lane++) {
    let sum = 8 - lane;
    for (const [index, place] of places.entries()) {
      sum += (shorts[place + lane]! * all[index]! + 16_384) >> 15;
    }
    over[lane] = sum;
  }
  let symbol = given;
  if (coder.isDecoding) {
    symbol = 0;
    while (symbol < 7 && over[symbol + 1]! > (coder.state & 32_767)) symbol += 1;
  }
  codeRange(coder, over[symbol + 1]!, over[symbol]! - over[symbol + 1]!);
  const shares = places.map(
    (place) => shorts[place + symbol]! - (symbol === 7 ? 0 : shorts[place + symbol + 1]!),
  );
  learnWeights(words, weights, shares);
  for (const context of by.contexts) learnSymbol(coder, context, symbol);
  return symbol;
}

/** Moves the weights towards the contexts that gave what came a better chance than the mixture did. */
function learnWeights(words: Int32Array, at: number, shares: readonly number[]): void {
  const w0 = words[at]!;
  const w1 = words[at + 1]!;
  const mixed = (w0 * shares[0]! + w1 * shares[1]! + (32_736 - w0 - w1) * shares[2]!) >> 15;
  const chance = mixed | 1;
  const down = 37 - Math.clz32(chance);
  const next = w0 + (((shares[0]! - chance) * w0) >> down);
  words[at] = Math.min(Math.max(next, 256), 31_744);
  const other = Math.max(w1 + (((shares[1]! - chance) * w1) >> down), 256);
  words[at + 1] = Math.min(other, 32_480 - words[at]!);
}

function learnSymbol(coder: PlainCoder, context: number, symbol: number): void {
  const { bytes, shorts } = coder;
  const times = coder.set + COUNTS + context;
  const place = (coder.set + context * 16) >> 1;
  const rate = bytes[PLACE.rates + bytes[times]!]!;
  for (let lane = 0; lane < 8; lane++) {
    const goal = lane <= symbol ? 32_767 : 0;
    shorts[place + lane]! += (goal - shorts[place + lane]!) >> rate;
  }
  if (bytes[times]! < 255) bytes[times]! += 1;
}

/** One bit by one context. */
export function codeBit(coder: PlainCoder, context: number, given: number): number {
  const at = (coder.set + BITS + context * 4) >> 2;
  const entry = coder.words[at]!;
  const chance = entry & 0xffff;
  const count = entry >>> 16;
  const zero = Math.min(Math.max(chance >> 1, 64), 32_704);
  const bit = coder.isDecoding ? Number((coder.state & 32_767) >= zero) : given;
  codeRange(coder, bit === 0 ? 0 : zero, bit === 0 ? zero : 32_768 - zero);
  const rate = Math.min(7, 2 + (count >> 1));
  const next = bit === 0 ? chance + ((65_535 - chance) >> rate) : chance - (chance >> rate);
  coder.words[at] = next | (Math.min(count + 1, 30) << 16);
  return bit;
}

/** 1 to 12 bits of which nothing is known. */
export function codePlain(coder: PlainCoder, size: number, given: number): number {
  let value = given;
  if (coder.isDecoding) {
    value = coder.state & ((1 << size) - 1);
    coder.state >>>= size;
    refill(coder);
  } else {
    coder.words[coder.ops >> 2] = (value << 16) | 0x8000 | size;
  }
  coder.ops += 4;
  return value;
}

/** Levels of a sum: two for each doubling; what has overflowed is the highest. */
export function level(coder: PlainCoder, value: number, most: number): number {
  return Math.min(coder.bytes[PLACE.levels + Math.min(value, 1023)]!, most);
}

/** Magnitudes from 7 on: the range, then the place in it, its top bit by a context. */
export function codeOver(
  coder: PlainCoder,
  by: SymbolContexts,
  bits: number,
  given: number,
): number {
  const { bytes, words } = coder;
  const range = codeSymbol(coder, by, coder.isDecoding ? 0 : bytes[PLACE.tokens + given]! - 7);
  const base = words[(PLACE.bases >> 2) + range]!;
  const size = bytes[PLACE.extras + range]! - 1;
  const over = given - base;
  const value = base + (codeBit(coder, bits + range * 32, (over >> size) & 1) << size);
  return size > 0 ? value + codePlain(coder, size, over & ((1 << size) - 1)) : value;
}

/** Notes the range of what is coded, or passes over it in the state. */
function codeRange(coder: PlainCoder, under: number, width: number): void {
  if (coder.isDecoding) {
    const slot = coder.state & 32_767;
    coder.state = (Math.imul(width, coder.state >>> 15) + slot - under) >>> 0;
    refill(coder);
  } else {
    coder.words[coder.ops >> 2] = (under << 16) | width;
  }
  coder.ops += 4;
}

function refill(coder: PlainCoder): void {
  if (coder.state >= 65_536) return;
  const word = coder.bytes[coder.input]! | (coder.bytes[coder.input + 1]! << 8);
  coder.state = ((coder.state << 16) | word) >>> 0;
  coder.input += 2;
}

/** Turns operations from `first` up to `end` into the bytes of a chunk at `start`; gives the address behind them. */
export function writeChunk(
  { bytes, words }: PlainCoder,
  first: number,
  end: number,
  start: number,
): number {
  const out: number[] = [];
  let x = 65_536;
  const lower = (limit: number): void => {
    if (x < limit) return;
    out.push(x & 0xffff);
    x >>>= 16;
  };
  for (let at = (end >> 2) - 1; at >= first >> 2; at--) {
    const op = words[at]!;
    if ((op & 0x8000) !== 0) {
      lower(2 ** (32 - (op & 31)));
      x = x * 2 ** (op & 31) + (op >>> 16);
    } else {
      const width = op & 0x7fff;
      lower(width * 2 ** 17);
      x = Math.floor(x / width) * 32_768 + (x % width) + (op >>> 16);
    }
  }
  let at = start;
  for (const word of [x & 0xffff, x >>> 16, ...out.reverse()]) {
    bytes[at++] = word & 255;
    bytes[at++] = word >> 8;
  }
  return at;
}
