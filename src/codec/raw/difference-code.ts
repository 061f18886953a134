/** One word of a code of differences. */
export interface DifferenceWord {
  /** Bits that the difference has (its lowest are left out by `shift`), 0 to 15. */
  readonly category: number;
  /** Lowest bits of the difference that are not written, 0 to 7: then it ends in a one and zeros. */
  readonly shift: number;
  /** The word: how many bits, 1 to 16, and which. */
  readonly length: number;
  readonly code: number;
}

/** A code of differences, ready to read and to write. */
export interface DifferenceCode {
  readonly words: readonly DifferenceWord[];
  /** For each value of the next 16 bits: category, shift times 32, length times 256; 0 where no word begins so. */
  readonly look: Uint16Array;
  /** By category; length 0 where there is no word. */
  readonly codes: Uint16Array;
  readonly lengths: Uint8Array;
  readonly shifts: Uint8Array;
}

/** Words of a code at most. */
export const WORDS_MAX = 32;

/** Makes a code of its words; null where a number is beyond its bounds. Of two words of one category the first is written. */
export function differenceCode(words: readonly DifferenceWord[]): DifferenceCode | null {
  const look = new Uint16Array(1 << 16);
  const codes = new Uint16Array(16);
  const lengths = new Uint8Array(16);
  const shifts = new Uint8Array(16);
  for (const { category, shift, length, code } of words) {
    if (category > 15 || shift > 7 || shift > category) return null;
    if (length < 1 || length > 16 || code >= 1 << length) return null;
    const first = code << (16 - length);
    look.fill((length << 8) | (shift << 5) | category, first, first + (1 << (16 - length)));
    if (lengths[category] !== 0) continue;
    codes[category] = code;
    lengths[category] = length;
    shifts[category] = shift;
  }
  return { words, look, codes, lengths, shifts };
}

/** Words of so many of 1 to 16 bits, counted up (T.81 annex C), for symbols that are a category and a shift times 16. */
export function countedWords(
  counts: readonly number[],
  symbols: readonly number[],
): DifferenceWord[] {
  const words: DifferenceWord[] = [];
  let code = 0;
  counts.forEach((count, index) => {
    for (let one = 0; one < count; one++, code++) {
      const symbol = symbols[words.length] ?? 0;
      words.push({ category: symbol & 15, shift: symbol >> 4, length: index + 1, code });
    }
    code *= 2;
  });
  return words;
}
