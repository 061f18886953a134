import type { BackwardBits } from './backward-bits.ts';

/** A table of finite state entropy (RFC 8878 section 4.1): by state the symbol, and how the next state is found. */
export interface FseTable {
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
  readonly bases: Uint16Array;
}

/** How often each symbol comes, of `1 << log`; -1 stands for less than once. */
export interface FseCounts {
  readonly log: number;
  readonly counts: readonly number[];
  /** Bytes that the description takes. */
  readonly bytes: number;
}

/** A table of one symbol that takes no bits. */
export function singleTable(symbol: number): FseTable {
  return {
    log: 0,
    symbols: Uint8Array.of(symbol),
    bits: new Uint8Array(1),
    bases: new Uint16Array(1),
  };
}

/** Reads the description of a table; null where it makes none. */
export function readCounts(bytes: Uint8Array, logMax: number, symbolMax: number): FseCounts | null {
  let at = 0;
  const take = (count: number): number => {
    let value = 0;
    for (let bit = 0; bit < count; bit++, at++) {
      value |= (((bytes[at >> 3] ?? 0) >> (at & 7)) & 1) << bit;
    }
    return value;
  };
  const log = take(4) + 5;
  if (log > logMax) return null;
  const counts: number[] = [];
  let left = (1 << log) + 1;
  while (left > 1 && counts.length <= symbolMax) {
    const width = 32 - Math.clz32(left);
    const short = 2 ** width - 1 - left;
    const low = take(width - 1);
    // Small numbers take a bit less, as far as there is room for that.
    const full = low < short ? low : low + (take(1) << (width - 1));
    const count = (full >= 1 << (width - 1) && low >= short ? full - short : full) - 1;
    left -= Math.abs(count);
    counts.push(count);
    if (count !== 0) continue;
    for (let more = 3; more === 3; ) {
      more = take(2);
      for (let zero = 0; zero < more; zero++) counts.push(0);
    }
  }
  const isWhole = left === 1 && counts.length <= symbolMax + 1 && at <= bytes.length * 8;
  return isWhole ? { log, counts, bytes: (at + 7) >> 3 } : null;
}

/** Spreads symbols over the states. */
export function buildTable({ log, counts }: Pick<FseCounts, 'log' | 'counts'>): FseTable {
  const size = 1 << log;
  const symbols = new Uint8Array(size);
  const next = counts.map((count) => (count === -1 ? 1 : count));
  let high = size - 1;
  for (const [symbol, count] of counts.entries()) if (count === -1) symbols[high--] = symbol;
  const step = (size >> 1) + (size >> 3) + 3;
  let place = 0;
  for (const [symbol, count] of counts.entries()) {
    for (let index = 0; index < count; index++) {
      symbols[place] = symbol;
      do place = (place + step) & (size - 1);
      while (place > high);
    }
  }
  const bits = new Uint8Array(size);
  const bases = new Uint16Array(size);
  for (let state = 0; state < size; state++) {
    const symbol = symbols[state]!;
    const turn = next[symbol]!;
    next[symbol] = turn + 1;
    bits[state] = log - (31 - Math.clz32(turn));
    bases[state] = (turn << bits[state]!) - size;
  }
  return { log, symbols, bits, bases };
}

/** The state after this one. */
export function nextState(table: FseTable, state: number, source: BackwardBits): number {
  return table.bases[state]! + source.read(table.bits[state]!);
}
