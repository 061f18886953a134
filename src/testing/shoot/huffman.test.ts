import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codeFor } from './huffman.ts';

function words(counts: readonly number[]): Map<number, string> {
  const { symbols, length, code } = codeFor(Float64Array.from(counts));
  return new Map(
    symbols.map((symbol) => [symbol, code[symbol]!.toString(2).padStart(length[symbol]!, '0')]),
  );
}

test('every symbol seen gets a word that begins no other, of 1 to 16 bits, never ones only', () => {
  const counts = fc.array(fc.nat({ max: 1e6 }), { minLength: 17, maxLength: 17 });
  fc.assert(
    fc.property(counts, (seen) => {
      fc.pre(seen.some((count) => count > 0));
      const found = words(seen);
      expect([...found.keys()].toSorted((a, b) => a - b)).toEqual(
        [...seen.keys()].filter((symbol) => seen[symbol]! > 0),
      );
      const all = [...found.values()];
      for (const word of all) {
        expect(word).toMatch(/^(?=.*0)[01]{1,16}$/);
        expect(all.filter((other) => other.startsWith(word))).toHaveLength(1);
      }
    }),
  );
});

test('frequencies that ask for longer words than 16 bits get words of 16 bits', () => {
  const counts = [1, 1];
  while (counts.length < 17) counts.push(counts.at(-1)! + counts.at(-2)!);
  const lengths = [...words(counts).values()].map((word) => word.length);
  expect(lengths).toHaveLength(17);
  expect(Math.max(...lengths)).toBe(16);
  const space = lengths.reduce((sum, length) => sum + 2 ** -length, 0);
  expect(space).toBeLessThan(1);
});

test('a symbol seen more often never has the longer word', () => {
  const counts = [900, 5, 70, 300, 2, 0, 40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
  const found = words(counts);
  for (const [symbol, word] of found) {
    for (const [other, otherWord] of found) {
      if (counts[symbol]! > counts[other]!)
        expect(word.length).toBeLessThanOrEqual(otherWord.length);
    }
  }
});
