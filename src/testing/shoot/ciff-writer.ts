import { BitText, bitsOf, differenceText } from './bit-text.ts';
import type { SensorFrame } from './camera.ts';

/** Symbols of words of 1, 2, ... bits as hexadecimal digits, numbered upwards: table 0 of public readers of CRW files. */
const FIRST = wordsOf(['', '04', '03050602', '0701', '080900', '0a', '0b']);
const NEXT = wordsOf([
  '',
  '0304',
  '0205',
  '0106',
  '07',
  '08121311',
  '1409',
  '15',
  '2200',
  '21160af023',
  '17',
  '24',
  '',
  '',
  '',
  [
    '31321819332541344235513637382979261a3956572827525558437659775461f9717875969749b753d774b6',
    '98474895699991fab868b5b9d6f7d86746459489f881d5f6b488b12a4472d98766d4f53aa773a9a88662c765',
    'c8c9a1f4d1e95a9285a6e793e8c1c67a64e14a6ae6b3f1d3a58ab29aba84a463e5c5f3d2c482aadae4f2ca83',
    'a3a2c3eac2e2e3',
  ].join(''),
]);

function wordsOf(groups: readonly string[]): ReadonlyMap<number, string> {
  const words = new Map<number, string>();
  let next = 0;
  groups.forEach((digits, index) => {
    next *= 2;
    for (const pair of digits.match(/../g) ?? []) {
      words.set(Number.parseInt(pair, 16), next.toString(2).padStart(index + 1, '0'));
      next += 1;
    }
  });
  return words;
}

/** The word for a difference behind so many zeros, fewer than 16, in a block of 64. */
function nextWord(zeros: number, difference: number): string {
  const word = NEXT.get(zeros * 16 + bitsOf(difference));
  if (word === undefined) throw new RangeError('a difference that no body has');
  return word + differenceText(difference);
}

/** What a CRW-like file is made of beside the samples. */
export interface CrwOptions {
  /** A JPEG of full size. */
  readonly preview: Uint8Array;
  /** Whether the two lowest bits of 12 stand apart; otherwise samples have ten bits. */
  readonly hasLowBits: boolean;
}

/**
 * Writes a heap of records in the structure of a CRW: the samples in words of table 0, the size, the number of the table
 * and a preview. Width times height is a multiple of 64 in each eight rows. Simulated.
 */
export function writeCrw(frame: SensorFrame, options: CrwOptions): Uint8Array {
  const { width, height } = frame;
  const size = new Uint8Array(16);
  const view = new DataView(size.buffer);
  view.setUint16(2, width, true);
  view.setUint16(4, height, true);
  return writeHeap([
    { tag: 0x2005, bytes: encodeCrw(frame, options.hasLowBits) },
    { tag: 0x2007, bytes: options.preview },
    { tag: 0x1031, bytes: size },
    { tag: 0x1835, bytes: new Uint8Array(16) },
  ]);
}

function writeHeap(
  records: readonly { readonly tag: number; readonly bytes: Uint8Array }[],
): Uint8Array {
  const body = records.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const file = new Uint8Array(26 + body + 2 + records.length * 10 + 4);
  const view = new DataView(file.buffer);
  file.set(new TextEncoder().encode('II'));
  view.setUint32(2, 26, true);
  file.set(new TextEncoder().encode('HEAPCCDR'), 6);
  let at = 26;
  let entry = 26 + body;
  view.setUint16(entry, records.length, true);
  entry += 2;
  for (const { tag, bytes } of records) {
    file.set(bytes, at);
    view.setUint16(entry, tag, true);
    view.setUint32(entry + 2, bytes.length, true);
    view.setUint32(entry + 6, at - 26, true);
    at += bytes.length;
    entry += 10;
  }
  view.setUint32(entry, body, true);
  return file;
}

function encodeCrw({ samples, width }: SensorFrame, hasLowBits: boolean): Uint8Array {
  const high = hasLowBits ? samples.map((sample) => sample >> 2) : samples;
  const bits = new BitText();
  let carry = 0;
  for (let start = 0; start < high.length; start += 64) {
    const differences = Array.from({ length: 64 }, (_value, index) => {
      const at = start + index;
      const column = at % width;
      // Each row begins anew; a block looks two samples back, into the block before too.
      return high[at]! - (column < 2 ? 512 : high[at - 2]!);
    });
    const first = differences[0]! - carry;
    carry = differences[0]!;
    bits.add(FIRST.get(bitsOf(first))! + differenceText(first));
    let zeros = 0;
    const last = differences.findLastIndex((difference) => difference !== 0);
    for (let index = 1; index <= last; index++) {
      const difference = differences[index]!;
      if (difference === 0) zeros += 1;
      else {
        for (; zeros >= 16; zeros -= 16) bits.add(NEXT.get(0xf0)!);
        bits.add(nextWord(zeros, difference));
        zeros = 0;
      }
    }
    if (last < 63) bits.add(NEXT.get(0)!);
  }
  const words = stuffed(bits.end());
  const low = hasLowBits ? lowBits(samples) : new Uint8Array(0);
  const between = Uint8Array.from({ length: 514 }, (_byte, at) => at % 3);
  return Uint8Array.from([...low, ...between, ...words]);
}

function stuffed(bytes: Uint8Array): number[] {
  return [...bytes].flatMap((byte) => (byte === 255 ? [255, 0] : [byte]));
}

/** Four samples in a byte, the first lowest. */
function lowBits(samples: Uint16Array): Uint8Array {
  return Uint8Array.from({ length: samples.length / 4 }, (_byte, at) =>
    [0, 1, 2, 3].reduce((sum, index) => sum + (samples[4 * at + index]! % 4) * 4 ** index, 0),
  );
}
