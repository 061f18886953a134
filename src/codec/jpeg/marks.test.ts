import fc from 'fast-check';
import { expect, test } from 'vitest';
import { markCoefficients, nextMarked } from './marks.ts';
import { ZIGZAG } from './zigzag.ts';

const BLOCKS = 3;

test('nextMarked() visits the coefficients that are not zero, in zigzag order', () => {
  const some = fc.array(fc.tuple(fc.nat(BLOCKS * 64 - 1), fc.integer({ min: -2048, max: 2047 })));
  fc.assert(
    fc.property(some, fc.nat(63), (values, from) => {
      const coefficients = new Int16Array(BLOCKS * 64);
      for (const [place, value] of values) coefficients[place] = value;
      const marks = markCoefficients(coefficients);
      for (let place = 0; place < coefficients.length; place += 64) {
        const visited: number[] = [];
        for (let k = nextMarked(marks, place, from); k < 64; k = nextMarked(marks, place, k + 1)) {
          visited.push(k);
        }
        const expected = [...ZIGZAG.keys()].filter(
          (k) => k >= from && coefficients[place + (ZIGZAG[k] ?? 0)] !== 0,
        );
        expect(visited).toEqual(expected);
      }
    }),
  );
});
