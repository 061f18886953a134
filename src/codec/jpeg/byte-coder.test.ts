import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBytes } from './decode-bytes.ts';
import { encodeBytes } from './encode-bytes.ts';
import { PRIMER } from './primer.ts';

test('bytes come back, whatever they are', () => {
  const all = fc.oneof(
    fc.uint8Array({ maxLength: 2000 }),
    fc
      .tuple(fc.uint8Array({ maxLength: 20 }), fc.nat({ max: 200 }))
      .map(([piece, times]) =>
        Uint8Array.from(Array.from({ length: times }, () => [...piece]).flat()),
      ),
  );
  fc.assert(
    fc.property(all, (bytes) => {
      expect(decodeBytes(encodeBytes(bytes), bytes.length)).toEqual(bytes);
    }),
  );
});

test('what repeats gets small, and the usual tables are known beforehand', () => {
  const bytes = new TextEncoder().encode('one line like all others\n'.repeat(100));
  expect(encodeBytes(bytes).length).toBeLessThan(bytes.length / 20);
  expect(encodeBytes(PRIMER).length).toBeLessThan(PRIMER.length / 4);
  expect(encodeBytes(PRIMER.slice().reverse()).length).toBeGreaterThan(PRIMER.length / 2);
});

test('damaged bytes give bytes of the length asked for', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat({ max: 3000 }), (bytes, length) => {
      expect(decodeBytes(bytes, length)).toHaveLength(length);
    }),
  );
});
