import { describe, expect, test } from 'vitest';
import { compareFacts, mergeFacts } from './compare-facts.ts';
import { factsOfTags, type QuickFacts } from './picture-facts.ts';

const QUICK = factsOfTags(
  {
    'IFD0:Make': 'Maker',
    'IFD0:Model': 'Model',
    'ExifIFD:DateTimeOriginal': '2024:06:01 12:00:00',
    'ExifIFD:SubSecTimeOriginal': '25',
    'ExifIFD:ExposureTime': 0.000125,
    'GPS:GPSLatitude': 10,
    'GPS:GPSLongitude': 20,
    'IPTC:Keywords': ['a', 'b'],
  },
  'DSC_0042.JPG',
);
const FULL: QuickFacts = {
  ...QUICK,
  serial: '77',
  lens: 'Lens',
  keywords: ['b', 'c'],
  time: {
    local: '2024-06-01T12:00:00.25',
    offsetMinutes: 120,
    from: 'ExifIFD:DateTimeOriginal',
    offsetFrom: 'Nikon:TimeZone',
  },
};

describe('merging', () => {
  test('fills what the quick reading lacks and changes nothing else', () => {
    const merged = mergeFacts(QUICK, FULL);
    expect(merged).toEqual({
      ...FULL,
      keywords: ['a', 'b', 'c'],
      key: 'Maker|Model|77|2024-06-01T12:00:00|25|0042',
    });
    expect(mergeFacts(QUICK, null)).toBe(QUICK);
    expect(mergeFacts(null, FULL)).toBe(FULL);
    expect(mergeFacts(null, null)).toBeNull();
    expect(mergeFacts(QUICK, QUICK)).toEqual(QUICK);
  });

  test('takes the moment of exposure before the time of an edit', () => {
    const edit = {
      local: '2025-01-01T00:00:00',
      offsetMinutes: 0,
      from: 'IFD0:ModifyDate',
      offsetFrom: null,
    };
    expect(mergeFacts({ ...QUICK, time: edit }, FULL)?.time).toEqual(FULL.time);
    expect(mergeFacts(QUICK, { ...FULL, time: edit })?.time).toEqual(QUICK.time);
  });

  test('never makes a place of two halves', () => {
    const half = { ...QUICK, longitude: null };
    expect(mergeFacts(half, { ...FULL, latitude: -5, longitude: 6 })).toMatchObject({
      latitude: -5,
      longitude: 6,
    });
  });
});

describe('comparing', () => {
  test('finds nothing where one says more, or rounds', () => {
    expect(compareFacts(QUICK, QUICK)).toEqual([]);
    expect(compareFacts(QUICK, FULL)).toEqual([]);
    const rounded = {
      shutterSeconds: 0.0001251,
      latitude: 10.00001,
      make: 'MAKER ',
    };
    expect(compareFacts(QUICK, { ...FULL, ...rounded })).toEqual([]);
    const versions = [
      { ...QUICK, model: '5.10' },
      { ...FULL, model: '5.1' },
    ] as const;
    expect(compareFacts(...versions)).toEqual([]);
  });

  test('names each field that differs, in a sentence', () => {
    const other: Partial<QuickFacts> = {
      make: 'Other',
      model: 'B',
      iso: 100,
      shutterSeconds: 0.00025,
      orientation: 6,
      latitude: -10,
      longitude: 20.001,
      altitude: 5,
      time: {
        local: '2024-06-01T13:00:00',
        offsetMinutes: 60,
        from: 'ExifIFD:DateTimeOriginal',
        offsetFrom: null,
      },
    };
    const said = { ...QUICK, iso: 200, orientation: 1, altitude: 9 };
    const found = compareFacts(said, { ...FULL, ...other });
    expect(found[0]).toBe('The make is Maker in the quick reading, Other in the full one.');
    const fields = found.map((line) => /^The (\w+) is/.exec(line)?.[1]);
    expect(fields.toSorted()).toEqual(Object.keys(other).toSorted());
  });

  test('compares offsets only where both come from the same tag', () => {
    const at = (offsetMinutes: number, offsetFrom: string): QuickFacts => ({
      ...QUICK,
      time: { local: '2024-06-01T12:00:00', offsetMinutes, from: 'ExifIFD:CreateDate', offsetFrom },
    });
    expect(compareFacts(at(60, 'a'), at(120, 'a'))).toHaveLength(1);
    expect(compareFacts(at(60, 'a'), at(120, 'b'))).toEqual([]);
  });
});
