import { BLOCK_BYTES } from './block-bytes.ts';

/** Samples of a block. */
const SAMPLES = 16;

/** The largest sample there is. */
const MOST = 0x7ff;

/** Shift of the differences in a block whose samples are so far apart: they have seven bits. */
function shiftOf(range: number): number {
  let shift = 0;
  while (shift < 4 && 0x80 << shift <= range) shift += 1;
  return shift;
}

/** Reads a block: largest, smallest, their places, and the others above the smallest in steps (ARW 2). */
export function unpackSony(block: Uint8Array, samples: Uint16Array): void {
  const word = block[0]! | (block[1]! << 8) | (block[2]! << 16) | (block[3]! << 24);
  const most = word & MOST;
  const least = (word >>> 11) & MOST;
  const mostAt = (word >>> 22) & 15;
  const leastAt = (word >>> 26) & 15;
  const shift = shiftOf(most - least);
  let bit = 30;
  for (let index = 0; index < SAMPLES; index++) {
    if (index === mostAt) samples[index] = most;
    else if (index === leastAt) samples[index] = least;
    else {
      const at = bit >> 3;
      const pair = block[at]! | ((block[at + 1] ?? 0) << 8);
      const step = (pair >> (bit & 7)) & 127;
      samples[index] = Math.min(MOST, (step << shift) + least);
      bit += 7;
    }
  }
}

/** Whether of equal samples the last counts as the largest, as the smallest; the two places where all are equal. */
interface Rule {
  readonly isLastMost: boolean;
  readonly isLastLeast: boolean;
  readonly flatMostAt: number;
  readonly flatLeastAt: number;
}

function parseRule(rule: number): Rule {
  return {
    isLastMost: (rule & 1) !== 0,
    isLastLeast: (rule & 2) !== 0,
    flatMostAt: (rule >> 2) & 15,
    flatLeastAt: (rule >> 6) & 15,
  };
}

/** Writes a block. */
export function packSony(samples: Uint16Array, block: Uint8Array, rule: number): void {
  const { isLastMost, isLastLeast, flatMostAt, flatLeastAt } = parseRule(rule);
  let mostAt = 0;
  let leastAt = 0;
  for (let index = 1; index < SAMPLES; index++) {
    const sample = samples[index]!;
    const most = samples[mostAt]!;
    const least = samples[leastAt]!;
    if (sample > most || (isLastMost && sample === most)) mostAt = index;
    if (sample < least || (isLastLeast && sample === least)) leastAt = index;
  }
  const most = samples[mostAt]!;
  const least = samples[leastAt]!;
  if (most === least) {
    mostAt = flatMostAt;
    leastAt = flatLeastAt;
  }
  const shift = shiftOf(most - least);
  block.fill(0);
  const word = (most & MOST) | ((least & MOST) << 11) | (mostAt << 22) | (leastAt << 26);
  block[0] = word;
  block[1] = word >>> 8;
  block[2] = word >>> 16;
  block[3] = word >>> 24;
  let bit = 30;
  for (let index = 0; index < SAMPLES; index++) {
    if (index === mostAt || index === leastAt) continue;
    const step = (((samples[index]! - least) >> shift) & 127) << (bit & 7);
    block[bit >> 3]! |= step;
    block[(bit >> 3) + 1]! |= step >> 8;
    bit += 7;
  }
}

/** The rule by which most of these blocks were written. */
export function chooseSonyRule(blocks: Uint8Array): number {
  const samples = new Uint16Array(SAMPLES);
  const votes = { most: 0, least: 0 };
  const flat = new Map<number, number>();
  for (let at = 0; at + BLOCK_BYTES <= blocks.length; at += BLOCK_BYTES) {
    const block = blocks.subarray(at, at + BLOCK_BYTES);
    unpackSony(block, samples);
    const mostAt = ((block[2]! >> 6) | (block[3]! << 2)) & 15;
    const leastAt = (block[3]! >> 2) & 15;
    const most = samples[mostAt]!;
    const least = samples[leastAt]!;
    if (most === least) {
      const pair = (mostAt << 2) | (leastAt << 6);
      flat.set(pair, (flat.get(pair) ?? 0) + 1);
      continue;
    }
    if (samples.indexOf(most) !== samples.lastIndexOf(most)) {
      votes.most += samples.lastIndexOf(most) === mostAt ? 1 : -1;
    }
    if (samples.indexOf(least) !== samples.lastIndexOf(least)) {
      votes.least += samples.lastIndexOf(least) === leastAt ? 1 : -1;
    }
  }
  // Where all are equal the first two places, unless a body has others.
  const pairs = [...flat].sort((left, right) => right[1] - left[1]);
  const pair = pairs[0]?.[0] ?? 1 << 6;
  return (votes.most > 0 ? 1 : 0) | (votes.least > 0 ? 2 : 0) | pair;
}
