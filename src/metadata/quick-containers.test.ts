import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exifJpeg } from '../../test/exif-jpeg.ts';
import { codes, folder, le32, rationals, text, tiff } from '../../test/tiff-bytes.ts';
import { readQuickFacts } from './quick-facts.ts';

const FIRST = [text(0x10f, 'Maker'), text(0x110, 'Model')];
const EXIF = [text(0x9003, '2024:06:01 12:00:00')];
const GPS = [
  text(1, 'S'),
  rationals(2, 12, 1, 30, 1, 0, 1),
  text(3, 'E'),
  rationals(4, 7, 1, 0, 1, 36, 1),
];
const FACTS = {
  make: 'Maker',
  model: 'Model',
  time: { local: '2024-06-01T12:00:00', from: 'ExifIFD:DateTimeOriginal' },
  latitude: -12.5,
  longitude: 7.01,
  width: null,
};

const be32 = (value: number): number[] => le32(value).toReversed();
const bytesOf = (hex: string): number[] => [...Buffer.from(hex, 'hex')];
const box = (type: string, content: readonly number[]): number[] => [
  ...be32(content.length + 8),
  ...codes(type),
  ...content,
];
const header = [...codes('II'), 42, 0, ...le32(8)];
const single = (entries: Parameters<typeof folder>[1]): number[] => [
  ...header,
  ...folder(8, entries),
];

/** A TIFF with another number in place of 42. */
function tiffLike(magic: string): Uint8Array {
  const bytes = new Uint8Array(tiff(FIRST, EXIF, GPS));
  bytes.set(codes(magic));
  return bytes;
}

function raf(jpegAt = 160): Uint8Array {
  const jpeg = exifJpeg(FIRST, EXIF, GPS);
  const bytes = new Uint8Array(160 + jpeg.length);
  bytes.set(codes('FUJIFILMCCD-RAW 0201'));
  bytes.set([...be32(jpegAt), ...be32(jpeg.length)], 84);
  bytes.set(jpeg, 160);
  return bytes;
}

function cr3(): Uint8Array {
  const parts = [
    ...box('CMT1', single(FIRST)),
    ...box('CMT2', single(EXIF)),
    ...box('CMT3', single([])),
    ...box('CMT4', single(GPS)),
  ];
  const packet =
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
    '<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"/></rdf:RDF></x:xmpmeta>';
  return new Uint8Array([
    ...box('ftyp', codes('crx \0\0\0\x01crx isom')),
    ...box('moov', box('uuid', [...bytesOf('85c0b687820f11e08111f4ce462b6a48'), ...parts])),
    ...box('uuid', [...bytesOf('be7acfcb97a942e89c71999491e3afac'), ...codes(packet)]),
    ...box('mdat', codes('samples'.repeat(20))),
  ]);
}

describe('RAW files that are no plain TIFF', () => {
  const files: readonly (readonly [string, Uint8Array])[] = [
    ['a.ORF', tiffLike('IIRO')],
    ['a.ORF', tiffLike('IIRS')],
    ['a.RW2', tiffLike('IIU\0')],
    ['a.RAF', raf()],
    ['a.CR3', cr3()],
  ];

  test('give the same facts as the TIFF or JPEG in them', () => {
    for (const [name, bytes] of files) {
      const { facts, trouble } = readQuickFacts(name, bytes);
      expect({ name, facts, trouble }).toMatchObject({ name, facts: FACTS, trouble: null });
    }
    expect(readQuickFacts('a.CR3', cr3()).facts?.rating).toBe(4);
  });

  test('that lead nowhere give no facts', () => {
    expect(readQuickFacts('a.RAF', raf(0xffff_fff0))).toEqual({ facts: null, trouble: null });
    const cut = cr3().slice(0, 140);
    expect(readQuickFacts('a.CR3', cut).facts?.time ?? null).toBeNull();
  });

  test('never make the reading throw, however they are changed', () => {
    const change = fc.tuple(fc.nat({ max: 400 }), fc.nat({ max: 255 }));
    const changes = fc.array(change, { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.constantFrom(...files), changes, ([name, bytes], list) => {
        const changed = bytes.slice();
        for (const [at, value] of list) changed[at] = value;
        const { facts } = readQuickFacts(name, changed);
        expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
      }),
      { numRuns: 500 },
    );
  });
});
