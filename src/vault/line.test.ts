import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatLine, type LineValue, parseLine } from './line.ts';

const value: LineValue = {
  type: 'entry',
  run: '0123456789abcdef',
  source: 'CARD',
  path: 'DCIM/100NCZ_8/D\udc80Ö "1".NEF',
  size: 25_000_000,
};
const withoutFeed = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, -1);

describe('line', () => {
  it('comes back as it was written, lone surrogates included', () => {
    expect(parseLine(withoutFeed(formatLine(value)))).toEqual({
      state: 'whole',
      value: { ...value, crc: undefined },
    });
  });

  it('comes back for any JSON value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), (members) => {
        const line = { ...members, type: 'blob' } as LineValue;
        const read = parseLine(withoutFeed(formatLine(line)));
        expect(read.state).toBe('whole');
        expect(JSON.stringify(read.state === 'whole' && read.value)).toBe(JSON.stringify(line));
      }),
    );
  });

  it('is mended, and never mistaken for whole, whichever single bit was flipped', () => {
    const bytes = withoutFeed(formatLine(value));
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const copy = bytes.slice();
      copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(parseLine(copy), `bit ${bit}`).toEqual({ state: 'mended', value });
    }
  });

  it('is lost when a byte is replaced, and the twin without damage is not', () => {
    const bytes = withoutFeed(formatLine(value));
    const copy = bytes.slice();
    copy[20] = (copy[20] ?? 0) ^ 0xff;
    expect(parseLine(copy).state).toBe('lost');
    expect(parseLine(bytes).state).toBe('whole');
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(parseLine(bytes).state).toBe('lost');
      }),
    );
  });
});
