import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packRow, unpackRow } from './packing.ts';
import { PACK_ORDERS, type PackOrder, packedRowBytes } from './sensor-part.ts';

const packings = fc
  .record({
    order: fc.constantFrom(...PACK_ORDERS),
    bits: fc.integer({ min: 8, max: 16 }),
    count: fc.integer({ min: 1, max: 99 }),
    seed: fc.nat(),
  })
  .map(({ order, bits, count, seed }) => {
    const storedBits = order.startsWith('words') ? 16 : bits;
    // Bytes change places inside of whole words only.
    const rowBytes = Math.ceil(packedRowBytes(count, storedBits) / 4) * 4;
    return { coding: { kind: 'packed', order, storedBits, rowBytes } as const, count, seed };
  });

describe('packed samples', () => {
  test('come back in every order and depth', () => {
    fc.assert(
      fc.property(packings, ({ coding, count, seed }) => {
        const most = 2 ** coding.storedBits - 1;
        const samples = Uint16Array.from({ length: count }, (_s, at) => (seed * (at + 7)) & most);
        const line = new Uint8Array(coding.rowBytes).fill(255);
        packRow(samples, coding, line);
        const back = new Uint16Array(count);
        unpackRow(line, coding, back);
        expect(back).toEqual(samples);
      }),
    );
  });

  const row = [0xabc, 0x123, 0xfed, 0x456];
  test.each<[PackOrder, number, number[], number[]]>([
    ['words-little', 16, [0x1234, 0xabcd], [0x34, 0x12, 0xcd, 0xab]],
    ['words-big', 16, [0x1234, 0xabcd], [0x12, 0x34, 0xab, 0xcd]],
    ['high-first', 12, row, [0xab, 0xc1, 0x23, 0xfe, 0xd4, 0x56]],
    ['high-first-in-16', 12, row, [0xc1, 0xab, 0xfe, 0x23, 0x56, 0xd4]],
    ['low-first', 12, row, [0xbc, 0x3a, 0x12, 0xed, 0x6f, 0x45]],
    ['high-first', 10, [0x3ff, 0, 0x155, 1], [0xff, 0xc0, 0x05, 0x54, 0x01]],
    ['high-first', 14, [0x3fff, 0, 0x2aaa, 1], [0xff, 0xfc, 0, 0x0a, 0xaa, 0x80, 1]],
  ])('%s with %i bits stand as the format says', (order, storedBits, samples, bytes) => {
    const coding = { kind: 'packed', order, storedBits, rowBytes: bytes.length } as const;
    const line = new Uint8Array(bytes.length);
    packRow(Uint16Array.from(samples), coding, line);
    expect([...line]).toEqual(bytes);
  });
});
