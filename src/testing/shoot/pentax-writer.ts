import { BitText, bitsOf, differenceText } from './bit-text.ts';
import type { SensorFrame } from './camera.ts';

/** Words by category, as text; a body may have others, the maker's note says which. */
const WORDS = [
  '11110',
  '1110',
  '110',
  '00',
  '01',
  '100',
  '101',
  '111110',
  '1111110',
  '11111110',
  '111111110',
  '1111111110',
  '11111111110',
  '111111111110',
] as const;

/** The table of the maker's note: words less 12, twelve bytes of something else, words from the left, lengths. */
export function pentaxTable(): Uint8Array {
  const table = new Uint8Array(14 + 3 * WORDS.length);
  const view = new DataView(table.buffer);
  view.setUint16(0, WORDS.length - 12);
  table.fill(0x55, 2, 14);
  WORDS.forEach((word, category) => {
    view.setUint16(14 + 2 * category, Number.parseInt(word.padEnd(12, '0'), 2));
    table[14 + 2 * WORDS.length + category] = word.length;
  });
  return table;
}

/** Codes samples as Pentax bodies do: the same differences as Nikon's, from zero on. Simulated. */
export function encodePentax({ samples, width }: SensorFrame): Uint8Array {
  const bits = new BitText();
  samples.forEach((sample, at) => {
    const column = at % width;
    const before = column >= 2 ? samples[at - 2]! : (samples[at - 2 * width] ?? 0);
    const difference = sample - before;
    bits.add(WORDS[bitsOf(difference)]!);
    bits.add(differenceText(difference));
  });
  return bits.end();
}
