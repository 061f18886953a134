import { ZIGZAG } from './zigzag.ts';

/**
 * Which coefficients are not zero, for scans that visit few of them: two words of 32 bits for each block, the first
 * place in zigzag order in the highest bit.
 */
export function markCoefficients(coefficients: Int16Array): Uint32Array {
  const marks = new Uint32Array(coefficients.length / 32);
  // Two at a time: most are zero.
  const pairs = new Int32Array(
    coefficients.buffer,
    coefficients.byteOffset,
    coefficients.length / 2,
  );
  for (let at = 0; at < pairs.length; at++) {
    if (pairs[at] === 0) continue;
    mark(marks, coefficients, 2 * at);
    mark(marks, coefficients, 2 * at + 1);
  }
  return marks;
}

function mark(marks: Uint32Array, coefficients: Int16Array, place: number): void {
  if (coefficients[place] === 0) return;
  const zigzag = ZIGZAG_OF[place & 63]!;
  marks[(place >> 6) * 2 + (zigzag >> 5)]! |= 0x80000000 >>> (zigzag & 31);
}

/** The first marked place from `from` on of the block that begins at `place`; 64 where there is none. */
export function nextMarked(marks: Uint32Array, place: number, from: number): number {
  const word = place >> 5;
  if (from < 32) {
    const left = (marks[word]! << from) >>> 0;
    if (left !== 0) return from + Math.clz32(left);
  }
  const begin = Math.max(from, 32);
  const left = begin > 63 ? 0 : (marks[word + 1]! << (begin & 31)) >>> 0;
  return left === 0 ? 64 : begin + Math.clz32(left);
}

const ZIGZAG_OF = new Uint8Array(64);
ZIGZAG.forEach((natural, zigzag) => {
  ZIGZAG_OF[natural] = zigzag;
});
