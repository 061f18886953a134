/** A Huffman code over the symbols 0 to 16, as a JPEG table holds it. */
export interface HuffmanCode {
  /** How many codes have 1, 2, ... 16 bits. */
  readonly counts: readonly number[];
  /** The symbols in order of their codes. */
  readonly symbols: readonly number[];
  /** By symbol: bits, and the code itself. */
  readonly length: Uint8Array;
  readonly code: Uint16Array;
}

/** The longest code a JPEG table can hold, in bits. */
const BITS_MAX = 16;

/**
 * The best code for symbols seen so often (ITU T.81 annex K.2): at most 16 bits, and never a code of ones only. For
 * that a symbol more takes part, the rarest of all, and the longest code is then left unused.
 */
export function codeFor(counts: Float64Array): HuffmanCode {
  const lengths = lengthsOf([...counts, Number.MIN_VALUE]);
  const perLength = new Array<number>(BITS_MAX + 1).fill(0);
  const used = lengths.filter((length) => length > 0).length;
  for (const length of lengths) if (length > 0) perLength[Math.min(length, BITS_MAX)]! += 1;
  repair(perLength);
  let longest = BITS_MAX;
  while (perLength[longest] === 0) longest -= 1;
  perLength[longest]! -= 1;
  const symbols = [...counts.keys()]
    .filter((symbol) => lengths[symbol]! > 0)
    .sort((left, right) => lengths[left]! - lengths[right]! || left - right)
    .slice(0, used - 1);
  return numbered(perLength.slice(1), symbols);
}

/** Depths in the Huffman tree; 0 for symbols never seen. */
function lengthsOf(counts: readonly number[]): number[] {
  const lengths = counts.map(() => 0);
  let trees = counts
    .map((count, symbol) => ({ count, members: [symbol] }))
    .filter(({ count }) => count > 0);
  while (trees.length > 1) {
    trees.sort((left, right) => left.count - right.count);
    const [first, second, ...rest] = trees as [Tree, Tree, ...Tree[]];
    const members = [...first.members, ...second.members];
    for (const member of members) lengths[member]! += 1;
    trees = [...rest, { count: first.count + second.count, members }];
  }
  return lengths;
}

interface Tree {
  readonly count: number;
  readonly members: number[];
}

/** Makes the counts fit a full tree again after lengths above the limit were cut (Kraft's sum is one). */
function repair(perLength: number[]): void {
  const space = (): number =>
    perLength.reduce((sum, count, length) => sum + count * 2 ** (BITS_MAX - length), 0);
  while (space() > 2 ** BITS_MAX) {
    let shorter = BITS_MAX - 1;
    while (perLength[shorter] === 0) shorter -= 1;
    perLength[shorter]! -= 1;
    perLength[shorter + 1]! += 1;
  }
}

/** Codes in order (ITU T.81 annex C). */
function numbered(counts: readonly number[], symbols: readonly number[]): HuffmanCode {
  const length = new Uint8Array(17);
  const code = new Uint16Array(17);
  let next = 0;
  let index = 0;
  counts.forEach((count, at) => {
    for (let one = 0; one < count; one++) {
      const symbol = symbols[index++]!;
      length[symbol] = at + 1;
      code[symbol] = next++;
    }
    next <<= 1;
  });
  return { counts, symbols, length, code };
}
