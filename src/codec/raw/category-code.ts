/** A Huffman code for categories of differences, 0 to 16. */
export interface CategoryCode {
  /** For each value of the next 16 bits: category in the low byte, length above; 0 where no code begins so. */
  readonly look: Uint16Array;
  /** By category: code, and its length; 0 for categories without a code. */
  readonly codes: Uint16Array;
  readonly lengths: Uint8Array;
}

/** The code of so many words of 1 to 16 bits for these categories, in order (T.81 annex C); null where it is none. */
export function buildCode(counts: Uint8Array, symbols: Uint8Array): CategoryCode | null {
  const look = new Uint16Array(1 << 16);
  const codes = new Uint16Array(17);
  const lengths = new Uint8Array(17);
  let code = 0;
  let next = 0;
  for (let length = 1; length <= 16; length++, code <<= 1) {
    for (let index = 0; index < counts[length - 1]!; index++, code++) {
      const category = symbols[next++]!;
      // A category with two codes: which one stood there would be lost.
      if (category > 16 || lengths[category] !== 0 || code >= 1 << length) return null;
      codes[category] = code;
      lengths[category] = length;
      const first = code << (16 - length);
      look.fill((length << 8) | category, first, first + (1 << (16 - length)));
    }
  }
  return { look, codes, lengths };
}
