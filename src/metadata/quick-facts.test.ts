import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { exifJpeg, jpeg, segment } from '../../test/exif-jpeg.ts';
import {
  codes,
  type Entry,
  folder,
  le32,
  rationals,
  short,
  text,
  tiff,
} from '../../test/tiff-bytes.ts';
import {
  renderPreviews,
  type ShotFacts,
  shootFrame,
  simCamera,
  writeCameraJpeg,
  writeDng,
  writeNef,
} from '../testing/index.ts';
import { captureDay } from './capture-day.ts';
import type { QuickFacts } from './picture-facts.ts';
import { HEAD_BYTES_MAX, readQuickFacts } from './quick-facts.ts';

const SHOT: ShotFacts = {
  make: 'FieldVault',
  model: 'SimCam D',
  serial: '6001234',
  lens: 'Sim 24-120mm f/4',
  // 2026-11-22 09:03:07.04
  takenLocalMs: 1_795_338_187_040,
  offsetMinutes: -210,
  iso: 400,
  aperture: 2.8,
  shutterPerSecond: 250,
  focalLength: 35,
  exposureStops: -2,
  place: { latitude: -33.8567, longitude: 151.2153, altitude: 12.5 },
  shutterCount: 4711,
  drive: 'single',
};
const FACTS: Partial<QuickFacts> = {
  version: 1,
  make: 'FieldVault',
  model: 'SimCam D',
  serial: '6001234',
  lens: 'Sim 24-120mm f/4',
  iso: 400,
  aperture: 2.8,
  shutterSeconds: 0.004,
  focal: 35,
  exposureBias: -2,
  time: {
    local: '2026-11-22T09:03:07.04',
    offsetMinutes: -210,
    from: 'ExifIFD:DateTimeOriginal',
    offsetFrom: 'ExifIFD:OffsetTimeOriginal',
  },
  orientation: 1,
  rating: null,
  latitude: -33.8567,
  longitude: 151.2153,
  altitude: 12.5,
  key: 'FieldVault|SimCam D|6001234|2026-11-22T09:03:07|04|0042',
};

function xmpJpeg(properties: string): Uint8Array {
  const packet =
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
    `<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" ` +
    `xmlns:exif="http://ns.adobe.com/exif/1.0/" ${properties}</rdf:Description></rdf:RDF></x:xmpmeta>`;
  return jpeg(segment(0xe1, codes(`http://ns.adobe.com/xap/1.0/\0${packet}`)));
}

const read = (bytes: Uint8Array, name = 'a.jpg') => readQuickFacts(name, bytes);

describe('what a simulated camera writes', () => {
  const files = new Map<string, Uint8Array>();
  beforeAll(async () => {
    const frame = shootFrame(simCamera({ seed: 7, width: 180, height: 134 }));
    const previews = await renderPreviews(frame);
    files.set('DSC_0042.JPG', await writeCameraJpeg(frame, SHOT, previews));
    files.set('DSC_0042~0123456789abcdef.NEF', writeNef(frame, { facts: SHOT, previews }));
    const layout = { kind: 'packed' } as const;
    files.set('DSC_0042.DNG', writeDng(frame, { facts: SHOT, previews, layout }));
  });

  test('is read back from its JPEG, NEF and DNG alike', () => {
    for (const [name, bytes] of files) {
      const { facts, trouble } = readQuickFacts(name, bytes);
      expect({ name, facts, trouble }).toMatchObject({ name, facts: FACTS, trouble: null });
    }
    expect(read(files.get('DSC_0042.JPG') ?? new Uint8Array()).facts).toMatchObject({
      width: 180,
      height: 134,
    });
  });

  test('gives the day for its folder from the first 64 KiB', () => {
    for (const [name, bytes] of files) {
      expect(captureDay(`/card/${name}`, bytes.subarray(0, 65_536))).toBe('2026-11-22');
    }
    expect(captureDay('notes.txt', files.get('DSC_0042.JPG') ?? new Uint8Array())).toBeNull();
  });

  test('never makes the reading throw, however it is cut or changed', () => {
    const all = [...files].map(([name, bytes]) => ({ name, bytes: bytes.slice(0, 20_000) }));
    const change = fc.tuple(fc.nat({ max: 3000 }), fc.nat({ max: 255 }));
    const changes = fc.array(change, { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.constantFrom(...all), changes, fc.nat({ max: 20_000 }), (file, list, cut) => {
        const bytes = file.bytes.slice(0, Math.max(100, cut));
        for (const [at, value] of list) bytes[at % bytes.length] = value;
        const { facts, trouble } = readQuickFacts(file.name, bytes);
        expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
        expect(JSON.stringify(facts).length).toBeLessThan(40_000);
        expect(trouble === null || /^[A-Z].*\.$/.test(trouble)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('hand-made EXIF', () => {
  test('times of zeros, blanks and impossible days are no times', () => {
    const days = [
      '0000:00:00 00:00:00',
      '    :  :     :  :  ',
      '2023:02:29 10:00:00',
      '2023:13:01 10:00:00',
    ];
    for (const day of [...days, '2023:01:01 24:00:00', 'yesterday', '']) {
      expect(read(exifJpeg([], [text(0x9003, day)])).facts?.time ?? null).toBeNull();
    }
    const later = exifJpeg([text(0x132, '2024:02:29 10:00:00')], [text(0x9003, days[0] ?? '')]);
    expect(read(later).facts?.time).toMatchObject({
      local: '2024-02-29T10:00:00',
      from: 'IFD0:ModifyDate',
    });
  });

  test('south and west are negative, a depth is below the sea', () => {
    const gps = (south: string, west: string): Entry[] => [
      text(1, south),
      rationals(2, 33, 1, 30, 1, 0, 1),
      text(3, west),
      rationals(4, 70, 1, 15, 1, 3600, 100),
      { tag: 5, type: 1, count: 1, value: [1, 0, 0, 0] },
      rationals(6, 125, 10),
    ];
    const south = read(exifJpeg([], [], gps('S', 'W'))).facts;
    expect(south).toMatchObject({ latitude: -33.5, longitude: -70.26, altitude: -12.5 });
    expect(read(exifJpeg([], [], gps('N', 'E'))).facts).toMatchObject({
      latitude: 33.5,
      longitude: 70.26,
    });
  });

  test('places of zeros, without denominators or beyond the poles are no places', () => {
    const none = { latitude: null, longitude: null };
    const place = (...parts: number[]): Entry[] => [rationals(2, ...parts), rationals(4, ...parts)];
    for (const parts of [
      [0, 1, 0, 1, 0, 1],
      [0, 0, 0, 0, 0, 0],
      [91, 1, 0, 1, 0, 1],
    ]) {
      expect(read(exifJpeg([text(0x10f, 'A')], [], place(...parts))).facts).toMatchObject(none);
    }
    expect(read(exifJpeg([text(0x10f, 'A')], [], place(45, 1, 0, 1, 0, 1))).facts).toMatchObject({
      latitude: 45,
      longitude: 45,
    });
  });

  test('a sensitivity that does not fit in 16 bits is taken from where it does', () => {
    const big = { tag: 0x8832, type: 4, count: 1, value: le32(102_400) };
    expect(read(exifJpeg([], [short(0x8827, 65_535), big])).facts?.iso).toBe(102_400);
    expect(read(exifJpeg([], [short(0x8827, 800), big])).facts?.iso).toBe(800);
  });

  test('what lies outside the range of its tag is not believed', () => {
    const first = [short(0x112, 9), short(0x4746, 99), text(0x10f, '\x1b[31m\x07Cam\u0000tail')];
    const exif = [rationals(0x829a, 1, 0), rationals(0x829d, 0, 1), text(0xa434, '----')];
    expect(read(exifJpeg(first, exif)).facts).toMatchObject({
      orientation: null,
      rating: null,
      make: '[31m Cam',
      shutterSeconds: null,
      aperture: null,
      lens: null,
    });
    expect(read(exifJpeg([short(0x112, 8), short(0x4746, 5)])).facts).toMatchObject({
      orientation: 8,
      rating: 5,
    });
  });

  test('a value that lies outside the file is trouble in one sentence, and costs only itself', () => {
    const lost = { tag: 0x10f, type: 2, count: 0x7fffffff, value: codes('12345') };
    const { facts, trouble } = read(exifJpeg([lost, text(0x110, 'Model')]));
    expect(trouble).toBe('The value of Make lies outside the file.');
    expect(facts).toMatchObject({ make: null, model: 'Model' });
  });

  test('a rating is not believed while XMP, which goes before it, lies behind the head', () => {
    const beyond = { tag: 700, type: 1, count: 9000, value: [0, 0, 0, 0, 0] };
    const rated = (entries: Entry[]): number | null | undefined =>
      readQuickFacts('a.dng', new Uint8Array(tiff(entries))).facts?.rating;
    expect(rated([short(0x4746, 2), beyond])).toBeNull();
    expect(rated([short(0x4746, 2)])).toBe(2);
  });

  test('folders that point at themselves end', () => {
    const self = { tag: 0x8769, type: 4, count: 1, value: le32(8) };
    const loop = [...codes('II'), 42, 0, ...le32(8), ...folder(8, [text(0x110, 'M'), self])];
    loop.splice(8 + 2 + 24, 4, ...le32(8));
    const { facts } = read(jpeg(segment(0xe1, [...codes('Exif\0\0'), ...loop])));
    expect(facts?.model).toBe('M');
  });

  test('texts of megabytes and lists without end come out bounded', () => {
    const long = exifJpeg([text(0x10f, 'x'.repeat(2000))]);
    expect(read(long).facts?.make).toBe('x'.repeat(1024));
    const items = Array.from({ length: 1900 }, (_one, index) => `<rdf:li>k${index}</rdf:li>`);
    const bag = `><dc:subject><rdf:Bag>${items.join('')}</rdf:Bag></dc:subject>`;
    expect(read(xmpJpeg(bag)).facts?.keywords).toHaveLength(1000);
  });

  test('EXIF whose header leads nowhere is trouble, EXIF without facts is not', () => {
    const header = (offset: number): number[] => [...codes('Exif\0\0II'), 42, 0, ...le32(offset)];
    const lost = read(jpeg(segment(0xe1, header(99_999))));
    expect(lost.trouble).toBe('The EXIF data is damaged.');
    const empty = read(jpeg(segment(0xe1, [...header(8), 0, 0, 0, 0, 0, 0])));
    expect(empty.trouble).toBeNull();
  });
});

describe('embedded XMP', () => {
  test('says rating, label and keywords, and goes before the rating in EXIF', () => {
    const bag =
      '<dc:subject><rdf:Bag><rdf:li>lion</rdf:li><rdf:li>a&amp;b</rdf:li></rdf:Bag></dc:subject>';
    const { facts } = read(xmpJpeg(`xmp:Rating="-1" xmp:Label="Red">${bag}`));
    expect(facts).toMatchObject({ rating: -1, label: 'Red', keywords: ['lion', 'a&b'] });
  });

  test('says a time with its own zone, and a place', () => {
    const { facts } = read(
      xmpJpeg(
        '><exif:DateTimeOriginal>2024-02-29T10:11:12.5+05:45</exif:DateTimeOriginal>' +
          '<exif:GPSLatitude>12,30.6S</exif:GPSLatitude><exif:GPSLongitude>7,0,36E</exif:GPSLongitude>',
      ),
    );
    expect(facts?.time).toEqual({
      local: '2024-02-29T10:11:12.5',
      offsetMinutes: 345,
      from: 'XMP-exif:DateTimeOriginal',
      offsetFrom: 'XMP-exif:DateTimeOriginal',
    });
    expect(facts).toMatchObject({ latitude: -12.51, longitude: 7.01 });
  });

  test('that is not XML is trouble; what stood before the fault is kept', () => {
    const { facts, trouble } = read(xmpJpeg('xmp:Rating="4"><broken'));
    expect(trouble).toBe('The embedded XMP is not well-formed XML.');
    expect(facts?.rating).toBe(4);
  });

  test('cannot take long by padding, nesting or entities of its own', () => {
    const depth = 6000;
    const nested = `>${'<dc:a>'.repeat(depth)}${'</dc:a>'.repeat(depth)}`.slice(0, 60_000);
    for (const properties of [`>${' '.repeat(60_000)}x`, nested, '>&bomb;']) {
      expect(() => read(xmpJpeg(properties))).not.toThrow();
    }
  });
});

describe('what is no picture', () => {
  test('gives no facts: without trouble where the format is another, with trouble where a JPEG is none', () => {
    const video = new Uint8Array([
      ...le32(0x18000000),
      ...codes('ftypqt  '),
      ...codes('\0'.repeat(90)),
    ]);
    expect(read(video, 'a.mov')).toEqual({ facts: null, trouble: null });
    expect(read(new Uint8Array(0), 'a.nef')).toEqual({ facts: null, trouble: null });
    expect(read(new Uint8Array(4096), 'a.jpg')).toEqual({
      facts: null,
      trouble: 'The name says JPEG, but the file begins like no picture.',
    });
  });

  test('only the head is looked at', () => {
    const file = new Uint8Array(HEAD_BYTES_MAX + 5000).fill(7);
    file.set(exifJpeg([text(0x110, 'M')]));
    expect(read(file).facts?.model).toBe('M');
  });
});
