/** Bits that the first look at a code word takes. */
const QUICK_BITS = 10;

/** A Huffman table of a JPEG file, ready for reading and writing. */
export interface PrefixCode {
  /** For each value of the next {@link QUICK_BITS} bits: symbol in the low byte, code length above; 0 for longer codes. */
  readonly quick: Uint16Array;
  /** For each length: the first code beyond that length, moved to 16 bits; and where its symbols begin. */
  readonly ends: Int32Array;
  readonly shifts: Int32Array;
  readonly symbols: Uint8Array;
  /** For each symbol: code above, its length in the low 5 bits; 0 for symbols without a code. */
  readonly words: Int32Array;
}

/**
 * Builds the code of one table of a DHT segment (T.81 annex C): 16 counts, then the symbols.
 * Null where the counts do not make a prefix code or a symbol comes twice.
 */
export function buildPrefixCode(counts: Uint8Array, symbols: Uint8Array): PrefixCode | null {
  const quick = new Uint16Array(1 << QUICK_BITS);
  const ends = new Int32Array(17);
  const shifts = new Int32Array(17);
  const words = new Int32Array(256);
  let code = 0;
  let next = 0;
  for (let length = 1; length <= 16; length++) {
    shifts[length] = next - code;
    for (let index = 0; index < counts[length - 1]!; index++, code++, next++) {
      const symbol = symbols[next]!;
      if (code >= 1 << length || words[symbol] !== 0) return null;
      words[symbol] = (code << 5) | length;
      if (length <= QUICK_BITS) {
        const from = code << (QUICK_BITS - length);
        quick.fill((length << 8) | symbol, from, from + (1 << (QUICK_BITS - length)));
      }
    }
    ends[length] = code << (16 - length);
    code <<= 1;
  }
  return { quick, ends, shifts, symbols: symbols.slice(), words };
}

/** The entry (length above symbol) for a code word longer than the quick look: `bits` are the next 16; 0 if there is none. */
export function longEntry(code: PrefixCode, bits: number): number {
  for (let length = QUICK_BITS + 1; length <= 16; length++) {
    if (bits >= code.ends[length]!) continue;
    const symbol = code.symbols[(bits >> (16 - length)) + code.shifts[length]!];
    return symbol === undefined ? 0 : (length << 8) | symbol;
  }
  return 0;
}
