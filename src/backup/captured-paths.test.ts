import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CapturedPaths } from './captured-paths.ts';

const DAY_MS = 86_400_000;

function facts(wanted: string, mtimeMs: number | null, sizeBytes: number | null = 100) {
  return { wanted, name: wanted.slice(wanted.lastIndexOf('/') + 1), sizeBytes, mtimeMs };
}

describe('paths of captured files', () => {
  it('of RAW and JPEG of one shot are those the camera gives', () => {
    const paths = new CapturedPaths(new Map());
    expect(paths.claim(facts('D/IMG_1.CR3', 0))).toBe('D/IMG_1.CR3');
    expect(paths.claim(facts('D/IMG_1.JPG', 1000))).toBe('D/IMG_1.JPG');
  });

  it('of another shot of the same name have a number, the same for RAW and JPEG', () => {
    const paths = new CapturedPaths(new Map());
    paths.claim(facts('IMG_1.CR3', 0));
    expect(paths.claim(facts('IMG_1.JPG', DAY_MS))).toBe('IMG_1 (2).JPG');
    expect(paths.claim(facts('img_1.CR3', DAY_MS))).toBe('img_1 (2).CR3');
    expect(paths.claim(facts('IMG_1.CR3', 2 * DAY_MS))).toBe('IMG_1 (3).CR3');
  });

  it('are known again by name, size and time, under another folder or number too', () => {
    const entry = {
      kind: 'file',
      sizeBytes: 100,
      mtimeUs: 5_000_000,
      mode: 0,
      content: 'a',
    } as const;
    const paths = new CapturedPaths(new Map([['Smith/IMG_1 (2).CR3', entry]]));
    expect(paths.find(facts('DCIM/IMG_1.CR3', 5000))).toBe('Smith/IMG_1 (2).CR3');
    expect(paths.find(facts('DCIM/IMG_1.CR3', 6000))).toBeNull();
    expect(paths.find(facts('DCIM/IMG_1.CR3', 5000, 101))).toBeNull();
    expect(paths.find(facts('DCIM/IMG_2.CR3', 5000))).toBeNull();
    expect(paths.find(facts('DCIM/IMG_1.CR3', null))).toBeNull();
    // Files of a folder are told by their paths: another folder is another file.
    expect(paths.find(facts('DCIM/IMG_1.CR3', 5000), true)).toBeNull();
    expect(paths.find(facts('Smith/IMG_1 (2).CR3', 5000), true)).toBe('Smith/IMG_1 (2).CR3');
  });

  it('never meet, whatever a camera calls its files', () => {
    const name = fc.constantFrom(
      'A.CR3',
      'A.JPG',
      'a.cr3',
      'A (2).CR3',
      'A',
      '.x',
      'B.CR3',
      'A (2)',
    );
    const time = fc.option(fc.integer({ min: 0, max: 5 }).map((step) => step * 1500));
    fc.assert(
      fc.property(fc.array(fc.tuple(name, time), { maxLength: 30 }), (files) => {
        const paths = new CapturedPaths(new Map());
        const claimed = files.map(([wanted, mtimeMs]) => paths.claim(facts(wanted, mtimeMs)));
        expect(new Set(claimed.map((path) => path.toLowerCase())).size).toBe(claimed.length);
      }),
    );
  });
});
