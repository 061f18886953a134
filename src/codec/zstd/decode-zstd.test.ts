import { constants, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FieldVaultError } from '../../base/index.ts';
import { decodeZstd } from './decode-zstd.ts';

/** What zlib makes of it, a dictionary of plain content beside it. */
function pack(bytes: Uint8Array, level: number, dictionary?: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes, {
    params: {
      [constants.ZSTD_c_compressionLevel]: level,
      [constants.ZSTD_c_checksumFlag]: level % 2,
    },
    ...(dictionary !== undefined && { dictionary }),
  });
}

/** Contents of every kind: words that come again, runs, numbers, noise. */
const pieces = fc.array(
  fc.oneof(
    fc.record({ bytes: fc.uint8Array({ maxLength: 300 }), times: fc.nat({ max: 40 }) }),
    fc.record({
      bytes: fc.string({ maxLength: 60 }).map((text) => new TextEncoder().encode(text)),
      times: fc.nat({ max: 400 }),
    }),
    fc.record({
      bytes: fc.nat({ max: 255 }).map((byte) => Uint8Array.of(byte)),
      times: fc.nat({ max: 20_000 }),
    }),
  ),
  { maxLength: 12 },
);
const content = pieces.map((list) => {
  const parts = list.flatMap(({ bytes, times }) => new Array<Uint8Array>(times).fill(bytes));
  return new Uint8Array(Buffer.concat(parts));
});
const level = fc.integer({ min: 1, max: 19 });

describe('decodeZstd()', () => {
  test('gives what zlib packed, at every level', () => {
    fc.assert(
      fc.property(content, level, (bytes, at) => {
        expect(Buffer.compare(decodeZstd(pack(bytes, at), bytes.length), bytes)).toBe(0);
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  test('gives what zlib packed as a change of another content', () => {
    fc.assert(
      fc.property(content, content, level, (base, more, at) => {
        const bytes = new Uint8Array(
          Buffer.concat([base.subarray(0, base.length / 2), more, base]),
        );
        const packed = pack(bytes, at, base);
        expect(Buffer.compare(decodeZstd(packed, bytes.length, base), bytes)).toBe(0);
      }),
      { numRuns: 100 },
    );
  }, 60_000);

  test('gives a text of several blocks with tables that are used again', () => {
    const lines = Array.from({ length: 60_000 }, (_, at) => `row ${(at * 7919) % 100_003}\n`);
    const bytes = new TextEncoder().encode(lines.join(''));
    for (const at of [1, 3, 9, 19]) {
      expect(Buffer.compare(decodeZstd(pack(bytes, at), bytes.length), bytes)).toBe(0);
    }
  });

  test('ends in DAMAGED or in bytes of the right length, whatever is changed', () => {
    const change = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }));
    let refused = 0;
    fc.assert(
      fc.property(
        content,
        level,
        fc.array(change, { minLength: 1, maxLength: 4 }),
        (bytes, at, list) => {
          const packed = Uint8Array.from(pack(bytes, at));
          for (const [place, flip] of list) {
            const where = place % packed.length;
            packed[where] = packed[where]! ^ flip;
          }
          try {
            expect(decodeZstd(packed, bytes.length).length).toBe(bytes.length);
          } catch (error) {
            if (!(error instanceof FieldVaultError)) throw error;
            expect(error.code).toBe('DAMAGED');
            refused += 1;
          }
        },
      ),
      { numRuns: Number(process.env['FIELDVAULT_MUTATIONS'] ?? 400) },
    );
    expect(refused).toBeGreaterThan(0);
  }, 60_000);
});
