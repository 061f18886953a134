import { describe, expect, test } from 'vitest';
import { captureTimeOf, parseTime } from './capture-time.ts';
import type { Tags } from './tag-values.ts';

const TAKEN = { 'ExifIFD:DateTimeOriginal': '2024:06:01 12:00:00' };
const ORIGINAL = { 'ExifIFD:OffsetTimeOriginal': '+02:00' };
const DIGITIZED = { 'ExifIFD:OffsetTimeDigitized': '+03:00' };
const NIKON = { 'Nikon:TimeZone': 180, 'Nikon:DaylightSavings': 1 };
const FIX = { 'GPS:GPSDateStamp': '2024:06:01', 'GPS:GPSTimeStamp': '06:59:10' };
const EDIT = { 'ExifIFD:OffsetTime': '-08:00' };

const offset = (tags: Tags): readonly [number | null, string | null] | null => {
  const time = captureTimeOf({ ...TAKEN, ...tags });
  return time === null ? null : [time.offsetMinutes, time.offsetFrom];
};

describe('who says how far the clock was from UTC', () => {
  test('goes from the moment of exposure down to the last edit', () => {
    const steps: readonly (readonly [Tags, readonly [number | null, string | null]])[] = [
      [ORIGINAL, [120, 'ExifIFD:OffsetTimeOriginal']],
      [DIGITIZED, [180, 'ExifIFD:OffsetTimeDigitized']],
      [NIKON, [240, 'Nikon:TimeZone']],
      [FIX, [300, 'GPS:GPSTimeStamp']],
      [EDIT, [-480, 'ExifIFD:OffsetTime']],
      [{}, [null, null]],
    ];
    for (const [index, [, expected]] of steps.entries()) {
      const rest: Tags = Object.assign({}, ...steps.slice(index).map(([tags]) => tags));
      expect(offset(rest)).toEqual(expected);
    }
  });

  test('is the time itself where it carries a zone', () => {
    const tags = { 'XMP-xmp:CreateDate': '2024:06:01 12:00:00.25-03:30', ...ORIGINAL };
    expect(captureTimeOf(tags)).toEqual({
      local: '2024-06-01T12:00:00.25',
      offsetMinutes: -210,
      from: 'XMP-xmp:CreateDate',
      offsetFrom: 'XMP-xmp:CreateDate',
    });
  });

  test('is nobody where what is said is no zone', () => {
    for (const zone of ['   :  ', '+25:00', '+02:75', 'local', '']) {
      expect(offset({ 'ExifIFD:OffsetTimeOriginal': zone })).toEqual([null, null]);
    }
    // A fix of some minutes ago says nothing of the clock.
    expect(offset({ ...FIX, 'GPS:GPSTimeStamp': '06:53:00' })).toEqual([null, null]);
    expect(offset({ ...FIX, 'GPS:GPSTimeStamp': '12:00:30' })).toEqual([0, 'GPS:GPSTimeStamp']);
  });

  test('is the edit first where only the time of the edit is known', () => {
    const tags = { 'IFD0:ModifyDate': '2024:06:01 12:00:00', ...ORIGINAL, ...EDIT };
    expect(captureTimeOf(tags)).toMatchObject({ offsetMinutes: -480, from: 'IFD0:ModifyDate' });
  });
});

describe('the time of capture', () => {
  test('takes its fraction from beside it, with leading zeros', () => {
    const local = (part: unknown): string | undefined =>
      captureTimeOf({ ...TAKEN, 'ExifIFD:SubSecTimeOriginal': part })?.local;
    expect(local('045')).toBe('2024-06-01T12:00:00.045');
    expect(local(45)).toBe('2024-06-01T12:00:00.45');
    for (const none of ['', '   ', 'x', '-1', '1e3'])
      expect(local(none)).toBe('2024-06-01T12:00:00');
  });

  test('of a video is UTC and says so, unless the camera wrote its own; a clock that was never set says nothing', () => {
    const quickTime = { 'QuickTime:CreateDate': '2024:06:01 10:00:00' };
    expect(captureTimeOf(quickTime)).toEqual({
      local: '2024-06-01T10:00:00',
      offsetMinutes: 0,
      from: 'QuickTime:CreateDate',
      offsetFrom: 'QuickTime UTC',
    });
    const apple = { ...quickTime, 'Keys:CreationDate': '2024:06:01 12:00:00+02:00' };
    expect(captureTimeOf(apple)).toMatchObject({ offsetMinutes: 120, from: 'Keys:CreationDate' });
    expect(captureTimeOf({ 'QuickTime:CreateDate': '1904:01:01 00:00:00' })).toBeNull();
    expect(captureTimeOf({ 'QuickTime:CreateDate': '0000:00:00 00:00:00' })).toBeNull();
  });

  test('is what GPS says where nothing else does, and then it is UTC', () => {
    expect(captureTimeOf(FIX)).toMatchObject({
      local: '2024-06-01T06:59:10',
      offsetMinutes: 0,
      from: 'GPS:GPSTimeStamp',
    });
  });

  test('is put together from the two halves of IPTC', () => {
    const halves = { 'IPTC:DateCreated': '2024:06:01', 'IPTC:TimeCreated': '12:00:01+09:00' };
    expect(captureTimeOf(halves)).toMatchObject({
      local: '2024-06-01T12:00:01',
      offsetMinutes: 540,
    });
    expect(captureTimeOf({ 'IPTC:TimeCreated': '12:00:01+09:00' })).toBeNull();
  });

  test('knows the calendar', () => {
    expect(parseTime('2024:02:29 00:00:00')).not.toBeNull();
    for (const day of ['2023:02:29', '2024:04:31', '2024:00:10', '2024:13:10', '1799:12:31']) {
      expect(parseTime(`${day} 00:00:00`)).toBeNull();
    }
  });
});
