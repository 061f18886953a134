import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BYTE_PLACE, type ByteKernel } from './byte-model-block.ts';
import { byteKernel } from './byte-model-kernel.ts';
import { hash32, openByteCoder, plainByteKernel } from './index.ts';

const PRIMER = new TextEncoder().encode('what most of them begin with');
const compiled = openByteCoder(PRIMER);
const plain = openByteCoder(PRIMER, plainByteKernel);

/** Bytes of a few values, and pieces that come again. */
const bytes = fc
  .record({ seed: fc.integer(), length: fc.nat({ max: 3000 }), values: fc.constantFrom(1, 3, 256) })
  .map(({ seed, length, values }) =>
    Uint8Array.from({ length }, (_byte, index) => hash32(seed, index % 700) % values),
  );

test('bytes get the same ones, compiled and plain, and come back', () => {
  fc.assert(
    fc.property(bytes, (original) => {
      const coded = compiled.encode(original);
      expect(plain.encode(original)).toEqual(coded);
      if (coded === null) return;
      expect(coded.length).toBeLessThan(original.length);
      expect(compiled.decode(coded, original.length)).toEqual(original);
      expect(plain.decode(coded, original.length)).toEqual(original);
    }),
  );
});

test('damaged bytes give the same ones, compiled and plain, of the length asked for', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat({ max: 2000 }), (coded, length) => {
      const decoded = compiled.decode(coded, length);
      expect(decoded).toHaveLength(length);
      expect(plain.decode(coded, length)).toEqual(decoded);
    }),
  );
});

/** A kernel whose weights are as large as it is told, of either sign. */
function weighted(kernel: ByteKernel, weight: number): ByteKernel {
  return {
    ...kernel,
    encode: () => {
      const weights = new Int32Array(kernel.memory(0), BYTE_PLACE.weights, 1024);
      weights.forEach((_weight, index) => {
        weights[index] = hash32(index) % 2 === 0 ? weight : -weight;
      });
      kernel.encode();
    },
  };
}

test('weights of any size are summed up exactly', () => {
  const sizes = fc.oneof(fc.integer(), fc.constantFrom(2 ** 31 - 1, -(2 ** 31), 2 ** 20));
  fc.assert(
    fc.property(bytes, sizes, (original, weight) => {
      const large = openByteCoder(original, () => weighted(byteKernel(), weight));
      const plainLarge = openByteCoder(original, () => weighted(plainByteKernel(), weight));
      expect(large.encode(original)).toEqual(plainLarge.encode(original));
    }),
    { numRuns: 20 },
  );
});
