import { BitText } from './bit-text.ts';
import type { SensorFrame } from './camera.ts';
import { wordsOf } from './nikon-writer.ts';
import type { CodedFrame } from './sony-writer.ts';

/** Words by category, as text, of 12 bits with loss; below the split with how many lowest bits are left out. */
const ABOVE = wordsOf([5], [4, 3, 6, 2, 7], [1], [0], [8], [9], [11], [10], [12]);
const BELOW = wordsOf([9], [10, 8, 7, 6, 5], [4], [3], [2], [1], [0], [11], [12]);
const LEFT_OUT: Readonly<Record<number, number>> = { 9: 3, 10: 5, 8: 3, 7: 2, 6: 1 };

/** The table of the maker's note: 0x44 0x20, four first values, a straight curve, and at byte 562 the row of the split. */
export function nikonLossyTable(split: number): Uint8Array {
  const table = new Uint8Array(600);
  const view = new DataView(table.buffer);
  view.setUint16(0, 0x4420);
  for (let index = 0; index < 4; index++) view.setUint16(2 + 2 * index, 512, true);
  view.setUint16(10, 257, true);
  for (let point = 0; point < 257; point++) {
    view.setUint16(12 + 2 * point, Math.min(4095, point * 16), true);
  }
  view.setUint16(562, split, true);
  return table;
}

/**
 * Codes samples of 12 bits as Nikon bodies did with loss: from a row on (0: never) the lowest bits of large differences
 * are left out. Simulated: made from public descriptions, compared with no body's file.
 */
export function encodeNikonLossy({ samples, width }: SensorFrame, split: number): CodedFrame {
  const bits = new BitText();
  const stored = new Uint16Array(samples.length);
  samples.forEach((sample, at) => {
    const row = Math.floor(at / width);
    const column = at % width;
    const before = column < 2 ? (row < 2 ? 512 : stored[at - 2 * width]!) : stored[at - 2]!;
    const difference = sample - before;
    const category = difference === 0 ? 0 : Math.floor(Math.log2(Math.abs(difference))) + 1;
    const isCoarse = split > 0 && row >= split;
    const out = isCoarse ? (LEFT_OUT[category] ?? 0) : 0;
    const lowest = out === 0 ? 1 : 0;
    // Below nothing the first bit is a zero, whatever was left out.
    const below = Math.min(difference + 2 ** category - lowest, 2 ** (category - 1) - 1);
    const code = difference < 0 ? below : difference;
    const high = Math.floor(code / 2 ** out);
    bits.add((isCoarse ? BELOW : ABOVE)[category]!);
    bits.addNumber(high, category - out);
    const whole = out === 0 ? high : high * 2 ** out + 2 ** (out - 1);
    const read = difference < 0 ? whole - 2 ** category + lowest : whole;
    stored[at] = before + read;
  });
  return { bytes: bits.end(), stored };
}
