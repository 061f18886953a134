import sharp from 'sharp';

/** The smaller picture of each container: 32 x 20 pixels. */
export const SMALL: Uint8Array = await jpegOf(32, 20, 40);
/** The larger one: 64 x 48 pixels. */
export const LARGE: Uint8Array = await jpegOf(64, 48, 200);

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

/** Numbers as bytes, lowest first. */
export function little(value: number, size: number): number[] {
  return big(value, size).toReversed();
}

function text(words: string): number[] {
  return [...words].map((letter) => letter.charCodeAt(0));
}

/** Pieces at their places, zeros between; a later piece wins. */
export function laid(
  sizeBytes: number,
  pieces: Readonly<Record<number, ArrayLike<number>>>,
): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  for (const [at, piece] of Object.entries(pieces)) bytes.set(piece, Number(at));
  return bytes;
}

/** One entry of a folder. */
export type Entry = readonly [tag: number, type: number, count: number, value: number];

/** A folder of a little-endian TIFF structure. */
export function folder(entries: readonly Entry[], next = 0): number[] {
  const fields = entries.flatMap(([tag, type, count, value]) => [
    ...little(tag, 2),
    ...little(type, 2),
    ...little(count, 4),
    ...little(value, 4),
  ]);
  return [...little(entries.length, 2), ...fields, ...little(next, 4)];
}

/** The header of a little-endian TIFF whose first folder begins at byte 8. */
export const TIFF_HEAD: readonly number[] = [...text('II'), 42, 0, ...little(8, 4)];
/** The entries of a JPEG at an offset. */
export const jpegPair = (offset: number, jpeg: Uint8Array): Entry[] => [
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

function box(type: string, ...content: readonly ArrayLike<number>[]): number[] {
  const inner = content.flatMap((part) => [...Array.from(part)]);
  return [...big(inner.length + 8, 4), ...text(type), ...inner];
}

/** Files of every kind of container, each with {@link SMALL} and {@link LARGE} inside. */
export const CONTAINERS: Readonly<Record<string, () => Uint8Array>> = {
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
