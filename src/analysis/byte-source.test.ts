import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { simWorld } from '../testing/index.ts';
import { type ByteSource, byteSourceOf, cached, openByteSource } from './byte-source.ts';

const BYTES = Uint8Array.from({ length: 2_000_000 }, (_, at) => (at * 31 + (at >> 9)) % 256);

function counted(): { readonly source: ByteSource; readonly reads: number[] } {
  const reads: number[] = [];
  const plain = byteSourceOf(BYTES);
  const read = (offset: number, length: number): Promise<Uint8Array> => {
    reads.push(offset);
    return plain.read(offset, length);
  };
  return { source: { sizeBytes: plain.sizeBytes, read }, reads };
}

describe('cached()', () => {
  test('gives the bytes that lie there, across pages and beyond the end', async () => {
    const offset = fc.nat(2_100_000);
    const length = fc.oneof(fc.nat(40), fc.nat(150_000));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(offset, length), { maxLength: 20 }), async (places) => {
        const { source } = counted();
        const pages = cached(source);
        for (const [at, count] of places) {
          expect(Buffer.compare(await pages.read(at, count), BYTES.subarray(at, at + count))).toBe(
            0,
          );
        }
      }),
      { numRuns: 50 },
    );
  });

  test('reads one page once for many small reads, and forgets the oldest page', async () => {
    const { source, reads } = counted();
    const pages = cached(source);
    for (let at = 0; at < 1000; at += 10) await pages.read(at, 10);
    expect(reads).toEqual([0]);
    for (let page = 1; page <= 16; page += 1) await pages.read(page * 65_536, 10);
    await pages.read(0, 10);
    expect(reads.filter((at) => at === 0).length).toBe(2);
  });
});

describe('openByteSource()', () => {
  test('reads a file of a disk at any place, and closes it', async () => {
    const { disk } = simWorld(1);
    const file = await disk.createNew('/a.nef');
    await file.write(BYTES);
    await file.close();
    await using source = await openByteSource(disk, '/a.nef');
    expect(source.sizeBytes).toBe(BYTES.length);
    expect(await source.read(70_000, 5)).toEqual(BYTES.slice(70_000, 70_005));
    expect((await source.read(BYTES.length - 3, 100)).length).toBe(3);
    expect((await source.read(BYTES.length + 3, 100)).length).toBe(0);
  });

  test('says as the disk does that nothing is there', async () => {
    await expect(openByteSource(simWorld(1).disk, '/a.nef')).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });
});
