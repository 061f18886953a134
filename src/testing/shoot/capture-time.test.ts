import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatExifTime, formatIsoTime, formatOffset, subSeconds } from './capture-time.ts';

test('moments are written as the calendar has them, from 1900 to 2200', () => {
  const moments = fc.integer({ min: Date.UTC(1900, 0), max: Date.UTC(2200, 0) });
  fc.assert(
    fc.property(moments, (ms) => {
      const iso = new Date(ms).toISOString();
      expect(formatIsoTime(ms)).toBe(iso.slice(0, 22));
      expect(formatExifTime(ms)).toBe(iso.slice(0, 19).replaceAll('-', ':').replace('T', ' '));
      expect(subSeconds(ms)).toBe(iso.slice(20, 22));
    }),
  );
});

test('offsets have a sign, hours and minutes', () => {
  expect([0, 180, -210, 765].map(formatOffset)).toEqual(['+00:00', '+03:00', '-03:30', '+12:45']);
});
