import { BitPen, paddingAt, windowAt } from './bit-window.ts';
import { canonCodes } from './canon-codes.ts';
import type { FoundSamples } from './read-differences.ts';
import type { SampleCoding } from './sensor-part.ts';

type Canon = Extract<SampleCoding, { kind: 'canon-blocks' }>;

/** Samples of one block. */
const BLOCK = 64;

/** What the first two samples of every row count from. */
const ROW_START = 512;

/** End of a block, sixteen zeros. */
const END = 0;
const ZEROS = 0xf0;

/** Bytes of the low bits and of what follows them, before the words. */
export function canonHeadBytes({ hasLowBits, between }: Canon, samples: number): number {
  return (hasLowBits ? samples / 4 : 0) + between.length;
}

/** Reads samples from the first byte of the low bits on; null where the bytes are not what a writer makes of any samples. */
export function readCanonBlocks(
  bytes: Uint8Array,
  coding: Canon,
  { width, height }: { readonly width: number; readonly height: number },
): FoundSamples | null {
  const count = width * height;
  const head = canonHeadBytes(coding, count);
  if (count % BLOCK !== 0 || head > bytes.length || count > bytes.length * 32) return null;
  const plain = unstuff(bytes.subarray(head));
  const samples = new Uint16Array(count);
  const end = readWords(plain, coding.table, { samples, width });
  if (end < 0 || end > (plain.length - 8) * 8) return null;
  const padding = paddingAt(plain, end);
  if (padding === null) return null;
  const used = (end + 7) >> 3;
  let stuffing = 0;
  for (let at = 0; at < used; at++) if (plain[at] === 255) stuffing += 1;
  if (coding.hasLowBits) putLowBits(samples, bytes);
  return { samples, bytes: head + used + stuffing, padding };
}

/** The bytes without the zero behind each 0xFF, up to one that has none; eight zeros more. */
function unstuff(bytes: Uint8Array): Uint8Array {
  const plain = new Uint8Array(bytes.length + 8);
  let count = 0;
  for (let at = 0; at < bytes.length; at++) {
    plain[count++] = bytes[at]!;
    if (bytes[at] === 255 && bytes[++at] !== 0) break;
  }
  return plain.subarray(0, count + 8);
}

function putLowBits(samples: Uint16Array, bytes: Uint8Array): void {
  for (let at = 0; at < samples.length; at++) {
    samples[at] = (samples[at]! << 2) | ((bytes[at >> 2]! >> (2 * (at & 3))) & 3);
  }
}

/** Reads the words of all blocks into samples of ten bits; the bits that they took, or -1 where a word is none. */
function readWords(
  plain: Uint8Array,
  table: number,
  { samples, width }: { readonly samples: Uint16Array; readonly width: number },
): number {
  const looks = canonCodes(table).map(({ look }) => look);
  const differences = new Int32Array(BLOCK);
  const bases = [ROW_START, ROW_START];
  let bit = 0;
  let carry = 0;
  let column = 0;
  for (let start = 0; start < samples.length; start += BLOCK) {
    differences.fill(0);
    for (let index = 0; index < BLOCK; index++) {
      const entry = looks[index === 0 ? 0 : 1]![windowAt(plain, bit) >>> 16]!;
      if (entry === 0) return -1;
      bit += entry >> 8;
      const symbol = entry & 255;
      if (symbol === END && index > 0) break;
      // A word that no writer needs.
      if (symbol === 255) return -1;
      index += symbol >> 4;
      const category = symbol & 15;
      if (category === 0) continue;
      if (index >= BLOCK) return -1;
      const more = windowAt(plain, bit) >>> (32 - category);
      bit += category;
      const isPositive = more >> (category - 1) !== 0;
      differences[index] = isPositive ? more : more - (1 << category) + 1;
    }
    carry += differences[0]!;
    differences[0] = carry;
    for (let index = 0; index < BLOCK; index++) {
      if (column === 0) bases.fill(ROW_START);
      if (++column === width) column = 0;
      const value = bases[index & 1]! + differences[index]!;
      if (value < 0 || value > 1023) return -1;
      bases[index & 1] = value;
      samples[start + index] = value;
    }
    if (bit > plain.length * 8) return -1;
  }
  return bit;
}

/** Writes samples into exactly this space; false where they take more or less, or a difference has no word: damage. */
export function writeCanonBlocks(
  space: Uint8Array,
  coding: Canon,
  scan: { readonly samples: Uint16Array; readonly width: number; readonly padding: 0 | 1 },
): boolean {
  const { samples, width, padding } = scan;
  const head = canonHeadBytes(coding, samples.length);
  if (samples.length % BLOCK !== 0 || head > space.length) return false;
  space.set(coding.between, head - coding.between.length);
  if (coding.hasLowBits) {
    const low = space.subarray(0, samples.length / 4);
    low.fill(0);
    for (let at = 0; at < samples.length; at++)
      low[at >> 2]! |= (samples[at]! & 3) << (2 * (at & 3));
  }
  // Without stuffing the words are no longer than with it.
  const plain = new Uint8Array(space.length - head);
  const pen = new BitPen(plain);
  if (!writeWords(pen, coding, { samples, width, room: plain.length })) return false;
  pen.end(padding);
  return pen.next <= plain.length && stuff(plain.subarray(0, pen.next), space.subarray(head));
}

function writeWords(
  pen: BitPen,
  { table, hasLowBits }: Canon,
  scan: { readonly samples: Uint16Array; readonly width: number; readonly room: number },
): boolean {
  const { samples, width, room } = scan;
  const codes = canonCodes(table);
  const shift = hasLowBits ? 2 : 0;
  const bases = [ROW_START, ROW_START];
  const differences = new Int32Array(BLOCK);
  let carry = 0;
  let column = 0;
  let isGood = true;
  const putSymbol = (index: number, symbol: number): void => {
    const { codes: words, lengths } = codes[index === 0 ? 0 : 1];
    if (lengths[symbol] === 0) isGood = false;
    pen.put(words[symbol]!, lengths[symbol]!);
  };
  for (let start = 0; start < samples.length && isGood && pen.next <= room; start += BLOCK) {
    let last = 0;
    for (let index = 0; index < BLOCK; index++) {
      if (column === 0) bases.fill(ROW_START);
      if (++column === width) column = 0;
      const value = samples[start + index]! >> shift;
      let difference = value - bases[index & 1]!;
      bases[index & 1] = value;
      if (index === 0) {
        difference -= carry;
        carry += difference;
      }
      differences[index] = difference;
      if (difference !== 0) last = index;
    }
    let zeros = 0;
    for (let index = 0; index <= last; index++) {
      const difference = differences[index]!;
      if (difference === 0 && index > 0) {
        zeros += 1;
        continue;
      }
      for (; zeros >= 16; zeros -= 16) putSymbol(index, ZEROS);
      const category = 32 - Math.clz32(difference < 0 ? -difference : difference);
      if (category > 15) return false;
      putSymbol(index, (zeros << 4) | category);
      pen.put(difference < 0 ? difference - 1 + (1 << category) : difference, category);
      zeros = 0;
    }
    if (last < BLOCK - 1) putSymbol(1, END);
  }
  return isGood;
}

/** Puts a zero behind each 0xFF; true where the space is full then. */
function stuff(plain: Uint8Array, space: Uint8Array): boolean {
  let next = 0;
  for (let at = 0; at < plain.length; at++) {
    space[next++] = plain[at]!;
    if (plain[at] === 255) space[next++] = 0;
  }
  return next === space.length;
}
