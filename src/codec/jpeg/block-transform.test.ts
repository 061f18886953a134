import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toFrequencies, toSamples } from './block-transform.ts';

const blocks = fc
  .array(fc.integer({ min: -2048, max: 2048 }), { minLength: 64, maxLength: 64 })
  .map((samples) => Float64Array.from(samples));

test('a block comes back from its frequencies', () => {
  fc.assert(
    fc.property(blocks, (block) => {
      const frequencies = new Float64Array(64);
      const back = new Float64Array(64);
      toFrequencies(block, frequencies);
      toSamples(frequencies, back);
      for (const [at, sample] of block.entries()) expect(back[at]).toBeCloseTo(sample, 6);
    }),
  );
});

test('frequencies are those of the standard (T.81 A.3.3)', () => {
  fc.assert(
    fc.property(blocks, fc.nat({ max: 7 }), fc.nat({ max: 7 }), (block, u, v) => {
      const scale = (f: number): number => (f === 0 ? Math.SQRT1_2 : 1) / 2;
      let sum = 0;
      for (const [at, sample] of block.entries()) {
        const across = Math.cos(((2 * (at & 7) + 1) * u * Math.PI) / 16);
        const down = Math.cos(((2 * (at >> 3) + 1) * v * Math.PI) / 16);
        sum += sample * across * down;
      }
      const frequencies = new Float64Array(64);
      toFrequencies(block, frequencies);
      expect(frequencies[v * 8 + u]).toBeCloseTo(sum * scale(u) * scale(v), 6);
    }),
  );
});
