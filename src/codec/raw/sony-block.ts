import { BLOCK_BYTES, EXPLICIT } from './block-bytes.ts';

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
export function unpackSony(bytes: Uint8Array, at: number, samples: Uint16Array): void {
  const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  const most = word & MOST;
  const least = (word >>> 11) & MOST;
  const mostAt = (word >>> 22) & 15;
  const leastAt = (word >>> 26) & 15;
  const shift = shiftOf(most - least);
  let held = word >>> 30;
  let size = 2;
  let next = at + 4;
  const end = at + BLOCK_BYTES;
  for (let index = 0; index < SAMPLES; index++) {
    if (index === mostAt) samples[index] = most;
    else if (index === leastAt) samples[index] = least;
    else {
      // Where both have the same place, the last step begins beyond the block.
      for (; size < 7; size += 8) held |= (next < end ? bytes[next++]! : 0) << size;
      samples[index] = Math.min(MOST, ((held & 127) << shift) + least);
      held >>>= 7;
      size -= 7;
    }
  }
}

/**
 * Writes a block. A rule's bits: of equal samples the last is the largest, the last is the smallest; the two places
 * where all are equal, four bits each; or these are the places whatever the samples are.
 */
export function packSony(samples: Uint16Array, bytes: Uint8Array, at: number, rule: number): void {
  const isLastMost = (rule & 1) !== 0;
  const isLastLeast = (rule & 2) !== 0;
  let mostAt = (rule >> 2) & 15;
  let leastAt = (rule >> 6) & 15;
  if ((rule & EXPLICIT) === 0) {
    let high = 0;
    let low = 0;
    for (let index = 1; index < SAMPLES; index++) {
      const sample = samples[index]!;
      if (sample > samples[high]! || (isLastMost && sample === samples[high]!)) high = index;
      if (sample < samples[low]! || (isLastLeast && sample === samples[low]!)) low = index;
    }
    if (samples[high]! > samples[low]!) {
      mostAt = high;
      leastAt = low;
    }
  }
  const most = samples[mostAt]!;
  const least = samples[leastAt]!;
  const shift = shiftOf(most - least);
  const word = (most & MOST) | ((least & MOST) << 11) | (mostAt << 22) | (leastAt << 26);
  bytes[at] = word;
  bytes[at + 1] = word >>> 8;
  bytes[at + 2] = word >>> 16;
  // Two bits more come from the first step.
  let held = (word >>> 24) & 63;
  let size = 6;
  let next = at + 3;
  const end = at + BLOCK_BYTES;
  for (let index = 0; index < SAMPLES; index++) {
    if (index === mostAt || index === leastAt) continue;
    held |= (((samples[index]! - least) >> shift) & 127) << size;
    for (size += 7; size >= 8; size -= 8, held >>>= 8) if (next < end) bytes[next++] = held;
  }
  for (; next < end; held = 0) bytes[next++] = held;
}

/** The rule by which most of these blocks were written. */
export function chooseSonyRule(blocks: Uint8Array): number {
  const samples = new Uint16Array(SAMPLES);
  const votes = { most: 0, least: 0 };
  const flat = new Map<number, number>();
  for (let at = 0; at + BLOCK_BYTES <= blocks.length; at += BLOCK_BYTES) {
    unpackSony(blocks, at, samples);
    const places = explicitSonyRule(blocks, at);
    const mostAt = (places >> 2) & 15;
    const leastAt = (places >> 6) & 15;
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

/** The rule that says the two places of a block. */
export function explicitSonyRule(bytes: Uint8Array, at: number): number {
  const mostAt = ((bytes[at + 2]! >> 6) | (bytes[at + 3]! << 2)) & 15;
  const leastAt = (bytes[at + 3]! >> 2) & 15;
  return EXPLICIT | (mostAt << 2) | (leastAt << 6);
}
