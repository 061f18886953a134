import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundRecord, factsOfRecord, LONG_TEXT_MARK, refusalOf } from './full-record.ts';

const RAW = {
  SourceFile: '/home/me/a.jpg',
  'ExifTool:ExifToolVersion': 13.6,
  'System:FileName': 'DSC_0042.JPG',
  'System:Directory': '/home/me',
  'System:FileAccessDate': '2026:01:01 00:00:00',
  'File:FileType': 'JPEG',
  errors: [],
  warnings: ['[minor] something', '[minor] something'],
};

describe('a record', () => {
  test('names its tool as ExifTool does, and nothing of the disk but the name', () => {
    expect(boundRecord(RAW)).toEqual({
      version: 1,
      tool: 'ExifTool 13.60',
      tags: { 'System:FileName': 'DSC_0042.JPG', 'File:FileType': 'JPEG' },
      warnings: ['[minor] something'],
      leftOut: [],
    });
  });

  test('leaves out what is too long and names it; pictures inside are dropped without a word', () => {
    const record = boundRecord({
      'IFD1:ThumbnailImage': '(Binary data 6323 bytes, use -b option to extract)',
      'XMP-a:Marked': LONG_TEXT_MARK,
      'XMP-a:Long': 'x'.repeat(4097),
      'XMP-a:Short': 'x'.repeat(4096),
      'XMP-a:Nested': [{ deep: ['ok', 'x'.repeat(4097)] }],
      'XMP-a:Wide': Array.from({ length: 10_000 }, () => 'word'),
      [`XMP-a:${'N'.repeat(300)}`]: 1,
      'XMP-a:Mixed': { image: '(Binary data 5 bytes)', name: 'n' },
    });
    expect(Object.keys(record.tags)).toEqual(['XMP-a:Short', 'XMP-a:Mixed']);
    expect(record.tags['XMP-a:Mixed']).toEqual({ name: 'n' });
    expect(record.leftOut.map((name) => name.slice(0, 13))).toEqual([
      'XMP-a:Marked',
      'XMP-a:Long',
      'XMP-a:Nested',
      'XMP-a:Wide',
      'XMP-a:NNNNNNN',
    ]);
  });

  test('is bounded as a whole, and what the camera said is kept before what editors added', () => {
    const many = Array.from({ length: 5000 }, (_one, index) => [
      `XMP-a:T${index}`,
      'x'.repeat(200),
    ]);
    const record = boundRecord({ ...Object.fromEntries(many), 'IFD0:Model': 'Camera' });
    expect(record.tags['IFD0:Model']).toBe('Camera');
    expect(JSON.stringify(record.tags).length).toBeLessThan(270_000);
    expect(record.leftOut).toHaveLength(1001);
    expect(record.leftOut.at(-1)).toMatch(/^and \d+ more$/);
  });

  test('cannot reach the prototype of anything by the names of its tags', () => {
    const hostile: Record<string, unknown> = JSON.parse(
      '{"XMP-a:S": {"__proto__": {"polluted": 1}}, "__proto__": {"polluted": 1}, "XMP-a:constructor": "x"}',
    );
    const { tags } = boundRecord(hostile);
    expect(Object.getPrototypeOf(tags['XMP-a:S'])).toBe(Object.prototype);
    expect('polluted' in tags || 'polluted' in (tags['XMP-a:S'] as object)).toBe(false);
    expect(factsOfRecord(boundRecord(hostile)).make).toBeNull();
  });

  test('is plain, bounded JSON for every answer, and gives facts without throwing', () => {
    const name = fc.oneof(
      fc.string(),
      fc.constantFrom(
        'IFD0:Make',
        'ExifIFD:ISO',
        'GPS:GPSLatitude',
        'XMP-dc:Subject',
        'IFD0:Orientation',
      ),
      fc.constantFrom(
        'ExifIFD:DateTimeOriginal',
        'GPS:GPSDateStamp',
        'GPS:GPSTimeStamp',
        'Canon:TimeZone',
      ),
    );
    fc.assert(
      // As it comes out of JSON: there is no -0 in it.
      fc.property(fc.dictionary(name, fc.jsonValue()), (made) => {
        const raw = JSON.parse(JSON.stringify(made)) as typeof made;
        const record = boundRecord(raw);
        expect(JSON.parse(JSON.stringify(record))).toEqual(record);
        const facts = factsOfRecord(record);
        expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
        refusalOf(raw);
      }),
    );
  });

  test('is refused where ExifTool could not make out the file', () => {
    expect(refusalOf(RAW)).toBeNull();
    expect(refusalOf({ errors: ['Unknown file type'], warnings: [] })).toBe(
      'ExifTool cannot read this file: Unknown file type',
    );
  });
});

describe('facts of a record', () => {
  const facts = (tags: Record<string, unknown>) => factsOfRecord(boundRecord(tags));

  test('take what only the maker says', () => {
    const said = facts({
      'IFD0:Make': 'Canon',
      'IFD0:Model': 'Canon EOS 30D',
      'Canon:SerialNumber': 420101234,
      'Canon:LensModel': 'EF-S18-55mm f/3.5-5.6',
      'XMP-aux:SerialNumber': 'of an editor',
    });
    expect(said).toMatchObject({ serial: '420101234', lens: 'EF-S18-55mm f/3.5-5.6' });
    expect(facts({ 'XMP-aux:SerialNumber': 'of an editor' }).serial).toBe('of an editor');
  });

  test('take the size of the RAW picture, not of its thumbnail', () => {
    const size = facts({
      'IFD0:ImageWidth': 160,
      'IFD0:ImageHeight': 120,
      'SubIFD1:ImageWidth': 6048,
      'SubIFD1:ImageHeight': 4032,
    });
    expect(size).toMatchObject({ width: 6048, height: 4032 });
    expect(facts({ 'Meta:ImageSpatialExtent': '4032 3024' })).toMatchObject({ width: 4032 });
  });

  test('name the shot by the number in its name, also in the vault', () => {
    const shot = { 'IFD0:Model': 'A|B', 'ExifIFD:DateTimeOriginal': '2024:06:01 12:00:00' };
    const named = (name: string) => facts({ ...shot, 'System:FileName': name }).key;
    expect(named('DSC_0042~0123456789abcdef.NEF')).toBe('|A/B||2024-06-01T12:00:00||0042');
    expect(named('Wedding final.jpg')).toBe('|A/B||2024-06-01T12:00:00||');
    expect(facts({ 'IFD0:Model': 'A' }).key).toBeNull();
  });
});
