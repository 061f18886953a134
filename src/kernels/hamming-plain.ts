import { HAMMING_PLACE, type HammingKernel, HAMMING_WORD as WORD } from './hamming-block.ts';

/** The Hamming kernels in plain TypeScript: the same results as the compiled ones, and readable. */
export function plainHammingKernel(): HammingKernel {
  const memory = new ArrayBuffer(HAMMING_PLACE.bytes);
  const words = new Int32Array(memory);
  return {
    memory,
    distances: () => distances(words, new Uint16Array(memory)),
    pairs: () => pairs(words),
  };
}

function distances(words: Int32Array, shorts: Uint16Array): void {
  const left = words[WORD.left]! >> 2;
  const right = words[WORD.right]! >> 2;
  const out = words[WORD.out]! >> 1;
  for (let row = 0; row < words[WORD.rightCount]!; row++) {
    shorts[out + row] = rowDistance(words, left, words, right + row * 8);
  }
}

function pairs(words: Int32Array): void {
  const leftFirst = words[WORD.leftFirst]!;
  const rightFirst = words[WORD.rightFirst]!;
  const rightEnd = rightFirst + words[WORD.rightCount]!;
  const limit = words[WORD.distanceMax]!;
  let next = words[WORD.atRight]!;
  let written = 0;
  for (let i = words[WORD.atLeft]!; i < words[WORD.leftCount]!; i++) {
    const end = Math.min(words[(words[WORD.ends]! >> 2) + i]!, rightEnd);
    const row = (words[WORD.left]! >> 2) + i * 8;
    for (let j = Math.max(leftFirst + i + 1, rightFirst, next); j < end; j++) {
      const other = (words[WORD.right]! >> 2) + (j - rightFirst) * 8;
      const distance = rowDistance(words, row, words, other);
      if (distance > limit) continue;
      if (written === words[WORD.outPairs]!) {
        words[WORD.atLeft] = i;
        words[WORD.atRight] = j;
        words[WORD.written] = written;
        return;
      }
      words.set([leftFirst + i, j, distance], (words[WORD.out]! >> 2) + written * 3);
      written += 1;
    }
    next = 0;
  }
  words[WORD.atLeft] = words[WORD.leftCount]!;
  words[WORD.atRight] = 0;
  words[WORD.written] = written;
}

/** Bits that differ between two rows of eight words each; `leftAt` and `rightAt` count words. */
export function rowDistance(
  left: Int32Array,
  leftAt: number,
  right: Int32Array,
  rightAt: number,
): number {
  let sum = 0;
  for (let word = 0; word < 8; word++)
    sum += bitCount(left[leftAt + word]! ^ right[rightAt + word]!);
  return sum;
}

/** Ones of a 32-bit word: sums of 2, 4 and 8 bits, then all bytes by one multiplication (Hacker's Delight, 5-1). */
function bitCount(word: number): number {
  const twos = word - ((word >>> 1) & 0x55555555);
  const fours = (twos & 0x33333333) + ((twos >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
