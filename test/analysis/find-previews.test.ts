import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ByteSource, byteSourceOf, findPreviews, lookAt } from '../../src/analysis/index.ts';
import {
  CONTAINERS,
  type Entry,
  folder,
  jpegPair,
  LARGE,
  laid,
  little,
  SMALL,
  TIFF_HEAD,
} from './containers.ts';

async function found(bytes: Uint8Array): Promise<Uint8Array[]> {
  const previews = await findPreviews(byteSourceOf(bytes));
  return previews.map(({ offset, lengthBytes }) => bytes.slice(offset, offset + lengthBytes));
}

function text(words: string): number[] {
  return [...new TextEncoder().encode(words)];
}

describe('findPreviews()', () => {
  test.each(Object.keys(CONTAINERS))('finds both pictures of %s, byte for byte', async (name) => {
    const bytes = CONTAINERS[name]?.() ?? new Uint8Array();
    const previews = await found(bytes);
    const isRaf = name === 'a RAF';
    // A RAF's second picture is a whole JPEG with the first one inside.
    expect(previews.length).toBe(2);
    expect(previews[0]).toEqual(SMALL);
    if (!isRaf) expect(previews[1]).toEqual(LARGE);
    const sizes = await findPreviews(byteSourceOf(bytes));
    expect(sizes.map(({ width, height }) => [width, height])).toEqual([
      [32, 20],
      [64, 48],
    ]);
  });

  test('takes a small uncompressed picture, and not one whose length is wrong', async () => {
    const tiff = (lengthBytes: number): Uint8Array =>
      laid(9000, {
        0: TIFF_HEAD,
        8: folder([
          [0x0100, 4, 1, 40],
          [0x0101, 4, 1, 30],
          [0x0102, 3, 3, 500],
          [0x0103, 3, 1, 1],
          [0x0106, 3, 1, 2],
          [0x0111, 4, 1, 600],
          [0x0117, 4, 1, lengthBytes],
        ]),
        500: [8, 0, 8, 0, 8, 0],
      });
    expect(await findPreviews(byteSourceOf(tiff(3600)))).toEqual([
      { offset: 600, lengthBytes: 3600, width: 40, height: 30, kind: 'rgb', orientation: 1 },
    ]);
    expect(await findPreviews(byteSourceOf(tiff(3599)))).toEqual([]);
  });

  test('says how the main picture is turned, and how large it is', async () => {
    const raw = laid(6000, {
      0: TIFF_HEAD,
      8: folder([
        [0x0100, 4, 1, 6000],
        [0x0101, 4, 1, 4000],
        [0x0112, 3, 1, 8],
        ...jpegPair(1000, SMALL),
      ]),
      1000: SMALL,
    });
    expect(await findPreviews(byteSourceOf(raw))).toMatchObject([{ orientation: 8 }]);
    expect(await lookAt(byteSourceOf(raw), 'a.tif')).toMatchObject({ width: 4000, height: 6000 });
  });

  test('does not take the samples of a sensor for a picture: lossless JPEG is left out', async () => {
    const at = SMALL.findIndex((byte, index) => byte === 0xff && SMALL[index + 1] === 0xc0);
    const lossless = SMALL.with(at + 1, 0xc3);
    const tiff = (jpeg: Uint8Array): Uint8Array =>
      laid(4000, { 0: TIFF_HEAD, 8: folder(jpegPair(1000, jpeg)), 1000: jpeg });
    expect(await found(tiff(SMALL))).toEqual([SMALL]);
    expect(await found(tiff(lossless))).toEqual([]);
  });

  test.each<[string, Entry[], number]>([
    ['begins behind the end', jpegPair(90_000, SMALL), 0],
    [
      'ends behind the end',
      [
        [0x0201, 4, 1, 3900],
        [0x0202, 4, 1, SMALL.length],
      ],
      0,
    ],
    [
      'has no length',
      [
        [0x0201, 4, 1, 1000],
        [0x0202, 4, 1, 0],
      ],
      0,
    ],
    ['is as it should be', jpegPair(1000, SMALL), 1],
    ['is named by an entry of 4 billion values', [[0x002e, 7, 0xffff_ffff, 1000]], 0],
  ])('a picture that %s', async (_, entries, count) => {
    const bytes = laid(4000, { 0: TIFF_HEAD, 8: folder(entries), 1000: SMALL, 3900: [0xff, 0xd8] });
    expect((await found(bytes)).length).toBe(count);
  });

  test('ends where folders point to each other, and has what they name', async () => {
    const bytes = laid(4000, {
      0: TIFF_HEAD,
      8: folder([[0x014a, 4, 1, 8], [0x8769, 4, 1, 8], ...jpegPair(1000, SMALL)], 400),
      400: folder([[0x014a, 4, 1, 8]], 8),
      1000: SMALL,
    });
    expect(await found(bytes)).toEqual([SMALL]);
  });

  test('reads a bounded number of folders, and those near the first one', async () => {
    const last = 2000;
    const crowd = (count: number): Uint8Array => {
      const pieces: Record<number, ArrayLike<number>> = { 0: TIFF_HEAD };
      for (let index = 0; index < count; index += 1) {
        const at = 8 + index * 30;
        pieces[at] = folder(
          index === count - 1 ? jpegPair(last * 30, SMALL) : [[0x0100, 4, 1, 1]],
          index === count - 1 ? 0 : at + 30,
        );
      }
      return laid(last * 30 + 5000, { ...pieces, [last * 30]: SMALL });
    };
    expect((await found(crowd(20))).length).toBe(1);
    expect((await found(crowd(1000))).length).toBe(0);
  });

  test('a CIFF heap that holds itself ends', async () => {
    const heap = laid(6000, {
      0: [...text('II'), ...little(26, 4), ...text('HEAPCCDR')],
      1000: SMALL,
      5000: [
        ...little(2, 2),
        ...[...little(0x300a, 2), ...little(5974, 4), ...little(0, 4)],
        ...[...little(0x2008, 2), ...little(SMALL.length, 4), ...little(1000 - 26, 4)],
      ],
      5996: little(5000 - 26, 4),
    });
    expect(await found(heap)).toEqual([SMALL]);
  });

  test('has none in what is no picture', async () => {
    expect(await found(new Uint8Array())).toEqual([]);
    expect(
      await found(Uint8Array.from(text('Just a text of some length, and no picture.'))),
    ).toEqual([]);
  });

  test('never throws and reads little, whatever is changed or cut off', async () => {
    const names = fc.constantFrom(...Object.keys(CONTAINERS));
    const change = fc.record({ at: fc.nat(1200), to: fc.nat(255) });
    const changes = fc.array(change, { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(names, changes, fc.nat(6000), async (name, spots, cut) => {
        const whole = CONTAINERS[name]?.() ?? new Uint8Array();
        for (const { at, to } of spots) whole[at % whole.length] = to;
        const counted = countingSource(cut % 3 === 0 ? whole.subarray(0, cut) : whole);
        const previews = await findPreviews(counted.source);
        for (const { offset, lengthBytes } of previews) {
          expect(offset + lengthBytes).toBeLessThanOrEqual(counted.source.sizeBytes);
        }
        expect(counted.bytes()).toBeLessThan(1_000_000);
      }),
      { numRuns: 400 },
    );
  });
});

function countingSource(bytes: Uint8Array): { readonly source: ByteSource; bytes(): number } {
  let count = 0;
  const source = byteSourceOf(bytes);
  return {
    source: {
      sizeBytes: source.sizeBytes,
      read: async (offset, length) => {
        const part = await source.read(offset, length);
        count += part.length;
        return part;
      },
    },
    bytes: () => count,
  };
}
