import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  escapeText,
  formatBytes,
  formatCount,
  formatDuration,
  formatRate,
  formatTime,
} from './wording.ts';

describe('sizes, counts, times', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1.00 kB'],
    [9994, '9.99 kB'],
    [9995, '10.0 kB'],
    [99_949, '99.9 kB'],
    [99_950, '100 kB'],
    [999_499, '999 kB'],
    [999_500, '1.00 MB'],
    [31_200_000_000, '31.2 GB'],
    [8e15, '8.00 PB'],
    [9_007_199_254_740_991, '9.01 PB'],
  ])('%d is %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it.each([
    [0, '0 ms'],
    [99, '99 ms'],
    [99.5, '0.1 s'],
    [9949, '9.9 s'],
    [9950, '10 s'],
    [59_499, '59 s'],
    [59_500, '1 min 0 s'],
    [3_599_499, '59 min 59 s'],
    [3_600_000, '1 h 0 min'],
  ])('%d ms is %s', (durationMs, text) => expect(formatDuration(durationMs)).toBe(text));

  it('a rate needs time', () => {
    expect(formatRate(162_000_000, 1000)).toBe('162 MB/s');
    expect(formatRate(1, 0)).toBe('-');
  });

  it('counts have their noun and their commas', () => {
    expect(formatCount(1, 'file')).toBe('1 file');
    expect(formatCount(1_234_567, 'file')).toBe('1,234,567 files');
  });

  it('a moment is told in local time; one that no calendar has does not stop a listing', () => {
    expect(formatTime(Date.UTC(2026, 10, 22, 9), 90)).toBe('2026-11-22 10:30');
    expect(formatTime(Number.MAX_SAFE_INTEGER, 0)).toBe('an unknown time');
  });
});

describe('escapeText()', () => {
  it('leaves what can be read alone', () => {
    expect(escapeText('Zürich 日本 é \u{1f4f7}')).toBe('Zürich 日本 é \u{1f4f7}');
  });

  it.each([
    ['\u001b[31m', '\\x1b[31m'],
    ['a\nb', 'a\\x0ab'],
    ['\u009b', '\\x9b'],
    ['\u202e', '\\u202e'],
    ['\udce9', '\\xe9'],
    ['\ud800', '\\ud800'],
  ])('spells %j', (text, shown) => expect(escapeText(text)).toBe(shown));

  it('never lets a control character or half a character through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = escapeText(text);
        expect(shown.isWellFormed()).toBe(true);
        expect(/\p{Cc}/u.test(shown)).toBe(false);
      }),
    );
  });
});
