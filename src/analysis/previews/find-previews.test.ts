import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { type ByteSource, byteSourceOf } from '../byte-source.ts';
import { findPreviews, readContainer } from './find-previews.ts';

const SMALL = await jpegOf(32, 20, 40);
const LARGE = await jpegOf(64, 48, 200);

/** A JPEG with a gradient of its own: no two are the same bytes. */
async function jpegOf(width: number, height: number, shade: number): Promise<Uint8Array> {
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, at) => (at * 7 + shade) % 256);
  const raw = { width, height, channels: 3 } as const;
  return new Uint8Array(await sharp(rgb, { raw }).jpeg({ quality: 70 }).toBuffer());
}

/** Numbers as bytes, highest first. */
function big(value: number, size: number): number[] {
  return Array.from({ length: size }, (_, at) => Math.floor(value / 256 ** (size - 1 - at)) % 256);
}

function little(value: number, size: number): number[] {
  return big(value, size).toReversed();
}

function text(words: string): number[] {
  return [...words].map((letter) => letter.charCodeAt(0));
}

/** Pieces at their places, zeros between; a later piece wins. */
function laid(sizeBytes: number, pieces: Readonly<Record<number, ArrayLike<number>>>): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  for (const [at, piece] of Object.entries(pieces)) bytes.set(piece, Number(at));
  return bytes;
}

type Entry = readonly [tag: number, type: number, count: number, value: number];

/** A folder of a little-endian TIFF structure. */
function folder(entries: readonly Entry[], next = 0): number[] {
  const fields = entries.flatMap(([tag, type, count, value]) => [
    ...little(tag, 2),
    ...little(type, 2),
    ...little(count, 4),
    ...little(value, 4),
  ]);
  return [...little(entries.length, 2), ...fields, ...little(next, 4)];
}

const TIFF_HEAD = [...text('II'), 42, 0, ...little(8, 4)];
const jpegPair = (offset: number, jpeg: Uint8Array): Entry[] => [
  [0x0201, 4, 1, offset],
  [0x0202, 4, 1, jpeg.length],
];

/** A TIFF whose first folder points to EXIF at 200, and that to a maker's note at 300 of 400 bytes. */
function withNote(note: Readonly<Record<number, ArrayLike<number>>>, size = 8000): Uint8Array {
  return laid(size, {
    0: TIFF_HEAD,
    8: folder([[0x8769, 4, 1, 200]]),
    200: folder([[0x927c, 7, 400, 300]]),
    ...note,
  });
}

async function found(bytes: Uint8Array): Promise<Uint8Array[]> {
  const previews = await findPreviews(byteSourceOf(bytes));
  return previews.map(({ offset, lengthBytes }) => bytes.slice(offset, offset + lengthBytes));
}

function box(type: string, ...content: readonly ArrayLike<number>[]): number[] {
  const inner = content.flatMap((part) => [...Array.from(part)]);
  return [...big(inner.length + 8, 4), ...text(type), ...inner];
}

const CONTAINERS: Readonly<Record<string, () => Uint8Array>> = {
  'a TIFF with JPEG in a strip and in the second folder': () =>
    laid(6000, {
      0: TIFF_HEAD,
      8: folder(
        [
          [0x0103, 3, 1, 6],
          [0x0111, 4, 1, 3000],
          [0x0117, 4, 1, LARGE.length],
        ],
        400,
      ),
      400: folder(jpegPair(1000, SMALL)),
      1000: SMALL,
      3000: LARGE,
    }),
  'a TIFF with two sub-folders': () =>
    laid(6000, {
      0: TIFF_HEAD,
      8: folder([[0x014a, 4, 2, 100]]),
      100: [...little(200, 4), ...little(300, 4)],
      200: folder(jpegPair(1000, SMALL)),
      300: folder(jpegPair(3000, LARGE)),
      1000: SMALL,
      3000: LARGE,
    }),
  'an RW2 with its JPEG as an array': () =>
    laid(6000, {
      0: [...text('II'), 0x55, 0, ...little(8, 4)],
      8: folder([[0x002e, 7, LARGE.length, 3000]], 400),
      400: folder(jpegPair(1000, SMALL)),
      1000: SMALL,
      3000: LARGE,
    }),
  'a Nikon note with a preview folder': () =>
    withNote({
      300: [...text('Nikon\0'), 2, 0x10, 0, 0, ...TIFF_HEAD],
      318: folder([[0x0011, 4, 1, 90]]),
      400: folder(jpegPair(3000 - 310, LARGE)),
      1000: SMALL,
      3000: LARGE,
      8: folder([[0x8769, 4, 1, 200], ...jpegPair(1000, SMALL)]),
    }),
  'an Olympus note with camera settings': () =>
    withNote({
      8: folder([[0x8769, 4, 1, 200], ...jpegPair(1000, SMALL)]),
      300: [...text('OLYMPUS\0II'), 3, 0],
      312: folder([[0x2020, 13, 1, 100]]),
      400: folder([
        [0x0101, 4, 1, 3000 - 300],
        [0x0102, 4, 1, LARGE.length],
      ]),
      1000: SMALL,
      3000: LARGE,
    }),
  'a Pentax note that counts from the file': () =>
    withNote({
      8: folder([[0x8769, 4, 1, 200], ...jpegPair(1000, SMALL)]),
      300: [...text('AOC\0II')],
      306: folder([
        [0x0003, 4, 1, LARGE.length],
        [0x0004, 4, 1, 3000],
      ]),
      1000: SMALL,
      3000: LARGE,
    }),
  'a RAF': () => {
    const bytes = laid(6000, {
      0: text('FUJIFILMCCD-RAW 0201'),
      84: [...big(3000, 4), ...big(LARGE.length + 60 + SMALL.length, 4)],
      3000: jpegWithExif(LARGE, SMALL),
    });
    return bytes;
  },
  'an X3F': () =>
    laid(6000, {
      0: text('FOVb'),
      1000: [...text('SECi'), ...sectionHead(2, 18, SMALL)],
      1028: SMALL,
      3000: [...text('SECi'), ...sectionHead(2, 18, LARGE)],
      3028: LARGE,
      5000: [...text('SECd'), ...little(2, 4), ...little(2, 4)],
      5012: [...little(1000, 4), ...little(SMALL.length + 28, 4), ...text('IMA2')],
      5024: [...little(3000, 4), ...little(LARGE.length + 28, 4), ...text('IMAG')],
      5996: little(5000, 4),
    }),
  'a CRW': () =>
    laid(6000, {
      0: [...text('II'), ...little(26, 4), ...text('HEAPCCDR')],
      1000: SMALL,
      3000: LARGE,
      5000: [
        ...little(2, 2),
        ...[...little(0x2008, 2), ...little(SMALL.length, 4), ...little(1000 - 26, 4)],
        ...[...little(0x2007, 2), ...little(LARGE.length, 4), ...little(3000 - 26, 4)],
      ],
      5996: little(5000 - 26, 4),
    }),
  'an MRW': () =>
    laid(6000, {
      0: [...text('\0MRM'), ...big(5900, 4), ...text('\0TTW'), ...big(5800, 4)],
      16: TIFF_HEAD,
      24: folder([[0x0112, 3, 1, 6], ...jpegPair(3000 - 16, LARGE)], 400),
      416: folder(jpegPair(1000 - 16, SMALL)),
      1000: SMALL,
      3000: LARGE,
    }),
  'a CR3': () => {
    const thumbnail = box(
      'THMB',
      big(0, 4),
      big(32, 2),
      big(20, 2),
      big(SMALL.length, 4),
      big(65536, 4),
      SMALL,
    );
    const canon = box('uuid', bytesOfHex('85c0b687820f11e08111f4ce462b6a48'), thumbnail);
    const preview = box(
      'PRVW',
      big(0, 4),
      big(1, 2),
      big(64, 2),
      big(48, 2),
      big(1, 2),
      big(LARGE.length, 4),
      LARGE,
    );
    return Uint8Array.from([
      ...box('ftyp', text('crx '), big(1, 4)),
      ...box('moov', canon),
      ...box('uuid', bytesOfHex('eaf42b5e1c984b88b9fbb7dc406e4d16'), big(0, 8), preview),
    ]);
  },
  'a track of one JPEG, as CR3 keeps its largest': () => {
    const sizes = box('stsz', big(0, 4), big(0, 4), big(1, 4), big(LARGE.length, 4));
    const table = box('stbl', sizes, box('co64', big(0, 4), big(1, 4), big(3000, 8)));
    const head = [
      ...box('ftyp', text('crx '), big(1, 4)),
      ...box('moov', box('trak', box('mdia', box('minf', table)))),
    ];
    const items = [...box('meta', big(0, 4), ...heicTables(1000, SMALL))];
    return laid(6000, {
      0: [...head, ...items, ...big(0, 4), ...text('mdat')],
      1000: SMALL,
      3000: LARGE,
    });
  },
  'a multi-picture JPEG with EXIF': () => jpegWithExif(SMALL, SMALL, LARGE),
};

function bytesOfHex(hex: string): number[] {
  return (hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
}

function sectionHead(type: number, format: number, jpeg: Uint8Array): number[] {
  return [131_072, type, format, 64, 48, 0]
    .flatMap((value) => little(value, 4))
    .concat(jpeg.length > 0 ? [] : [0]);
}

/** `iinf` and `iloc` of one item that is a JPEG. */
function heicTables(offset: number, jpeg: Uint8Array): number[][] {
  const item = box('infe', [2, 0, 0, 0], big(1, 2), big(0, 2), text('jpeg'), [0]);
  return [
    box('iinf', big(0, 4), big(1, 2), item),
    box(
      'iloc',
      big(0, 4),
      [0x44, 0],
      big(1, 2),
      big(1, 2),
      big(0, 2),
      big(1, 2),
      big(offset, 4),
      big(jpeg.length, 4),
    ),
  ];
}

/** A JPEG with an EXIF thumbnail and, where one is given, a large thumbnail behind its end. */
function jpegWithExif(main: Uint8Array, thumbnail: Uint8Array, large?: Uint8Array): Uint8Array {
  const exif = [
    ...text('Exif\0\0'),
    ...laid(100 + thumbnail.length, {
      0: TIFF_HEAD,
      8: folder([[0x0112, 3, 1, 6]], 40),
      40: folder(jpegPair(100, thumbnail)),
      100: thumbnail,
    }),
  ];
  const app1 = [0xff, 0xe1, ...big(exif.length + 2, 2), ...exif];
  const index = 8 + 2 + 2 * 12 + 4;
  const mpfBytes = 4 + index + 32;
  const start = 2 + app1.length + 4 + 4;
  const end = start + mpfBytes - 4 + main.length - 2;
  const entry = (attribute: number, size: number, offset: number): number[] =>
    [attribute, size, offset, 0].flatMap((value) => little(value, 4));
  const mpf = [
    ...text('MPF\0'),
    ...TIFF_HEAD,
    ...folder([
      [0xb001, 4, 1, 2],
      [0xb002, 7, 32, index],
    ]),
    ...entry(0x2003_0000, 0, 0),
    ...entry(0x0001_0002, large?.length ?? 0, end - start),
  ];
  const app2 = large === undefined ? [] : [0xff, 0xe2, ...big(mpf.length + 2, 2), ...mpf];
  return Uint8Array.from([0xff, 0xd8, ...app1, ...app2, ...main.slice(2), ...(large ?? [])]);
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
    const container = await readContainer(byteSourceOf(raw));
    expect(container).toMatchObject({ orientation: 8, width: 6000, height: 4000, kind: 'tiff' });
    expect(container.previews).toMatchObject([{ orientation: 8 }]);
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
      const pieces: Record<number, number[]> = { 0: TIFF_HEAD };
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
