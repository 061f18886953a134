import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTiffFolders } from './tiff.ts';

/** A folder at 8 with one entry of four shorts behind it, and a next folder that is itself. */
function small(isLittle: boolean): Uint8Array {
  const bytes = new Uint8Array(64);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, isLittle ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, isLittle);
  view.setUint32(4, 8, isLittle);
  view.setUint16(8, 2, isLittle);
  [0x0102, 3].forEach((value, index) => {
    view.setUint16(10 + 2 * index, value, isLittle);
  });
  view.setUint32(14, 4, isLittle);
  view.setUint32(18, 50, isLittle);
  [0x014a, 4].forEach((value, index) => {
    view.setUint16(22 + 2 * index, value, isLittle);
  });
  view.setUint32(26, 1, isLittle);
  view.setUint32(30, 8, isLittle);
  view.setUint32(34, 8, isLittle);
  for (let index = 0; index < 4; index++) view.setUint16(50 + 2 * index, index + 9, isLittle);
  return bytes;
}

describe('folders of a TIFF file', () => {
  test.each([true, false])(
    'give their numbers, and circles end (little-endian: %s)',
    (isLittle) => {
      const folders = readTiffFolders(small(isLittle)) ?? [];
      expect(folders).toHaveLength(1);
      expect(folders[0]?.numbers(0x0102)).toEqual([9, 10, 11, 12]);
      expect(folders[0]?.numbers(0x0103)).toEqual([]);
    },
  );

  test('are none in other files', () => {
    expect(readTiffFolders(new Uint8Array(0))).toBeNull();
    expect(readTiffFolders(new TextEncoder().encode('II not a TIFF'))).toBeNull();
  });

  test('never harm, whatever the bytes are', () => {
    const change = fc.array(fc.tuple(fc.nat({ max: 63 }), fc.nat({ max: 255 })), { maxLength: 9 });
    fc.assert(
      fc.property(change, fc.nat({ max: 64 }), (changes, length) => {
        const bytes = small(true);
        for (const [at, value] of changes) bytes[at] = value;
        for (const folder of readTiffFolders(bytes.subarray(0, length)) ?? []) {
          for (const tag of [0x0102, 0x014a]) {
            expect(folder.numbers(tag).length).toBeLessThanOrEqual(64);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
