import type { SensorFrame } from './camera.ts';

/** Words of the code by category, as text: 12 and 14 bits. Lengths and order as public readers of NEF files have them. */
const WORDS: Readonly<Record<12 | 14, readonly string[]>> = {
  12: wordsOf([5], [4, 6, 3, 7], [2, 8], [1, 9, 0], [10], [11, 12]),
  14: wordsOf([7], [6, 8, 5, 9], [4, 10], [3, 11], [12, 2, 0], [1], [13, 14]),
};

/** Words of a prefix code counted up from 00, one bit more in each group of categories; the first group has two. */
export function wordsOf(...groups: readonly (readonly number[])[]): string[] {
  const words: string[] = [];
  let next = 0;
  groups.forEach((categories, index) => {
    next *= 2;
    for (const category of categories) {
      words[category] = next.toString(2).padStart(index + 2, '0');
      next += 1;
    }
  });
  return words;
}

/** The table of the maker's note that says "lossless": 0x46 0x30, four first values, a curve of two points. */
export function nikonTable(frame: SensorFrame): Uint8Array {
  const table = new Uint8Array(16);
  const view = new DataView(table.buffer);
  view.setUint16(0, 0x4630);
  for (let index = 0; index < 4; index++)
    view.setUint16(2 + 2 * index, 2 ** (frame.bits - 2), true);
  view.setUint16(10, 2, true);
  view.setUint16(14, 2 ** frame.bits - 1, true);
  return table;
}

/**
 * Codes samples as Nikon bodies do without loss: each row's first two by the two rows above, the others by the sample
 * two to the left. Simulated: made from public descriptions, compared with no body's file.
 */
export function encodeNikon(frame: SensorFrame): Uint8Array {
  const { samples, width, height, bits } = frame;
  const words = WORDS[bits];
  const first = 2 ** (bits - 2);
  const bytes: number[] = [];
  let text = '';
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = row * width + column;
      const above = row < 2 ? first : samples[at - 2 * width]!;
      const difference = samples[at]! - (column < 2 ? above : samples[at - 2]!);
      const category = difference === 0 ? 0 : Math.floor(Math.log2(Math.abs(difference))) + 1;
      const low = difference < 0 ? difference + 2 ** category - 1 : difference;
      text += words[category];
      if (category > 0) text += low.toString(2).padStart(category, '0');
      for (; text.length >= 8; text = text.slice(8))
        bytes.push(Number.parseInt(text.slice(0, 8), 2));
    }
  }
  if (text !== '') bytes.push(Number.parseInt(text.padEnd(8, '0'), 2));
  return Uint8Array.from(bytes);
}
