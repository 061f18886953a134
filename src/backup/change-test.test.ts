import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../base/index.ts';
import { changeOf, isInSample } from './change-test.ts';

const known = {
  kind: 'file',
  sizeBytes: 10,
  mtimeUs: 5_000_000_000,
  mode: 0o644,
  content: 'x',
} as const;
const found = {
  name: 'a',
  path: 'a',
  kind: 'file',
  sizeBytes: 10,
  mtimeMs: 5_000_000,
  mode: 0o600,
} as const;

describe('changeOf()', () => {
  it.each([
    ['the same', found, 'unchanged'],
    ['2 s later, as FAT rounds', { ...found, mtimeMs: 5_002_000 }, 'unchanged'],
    ['more than 2 s later', { ...found, mtimeMs: 5_002_001 }, 'changed'],
    ['another size', { ...found, sizeBytes: 11 }, 'changed'],
    ['a folder now', { ...found, kind: 'folder' as const }, 'new'],
  ])('says of a file that is %s: %3$s', (_, file, change) => {
    expect(changeOf(known, file)).toBe(change);
  });

  it('calls what is not known new', () => {
    expect(changeOf(undefined, found)).toBe('new');
  });
});

describe('isInSample()', () => {
  it('takes every path exactly once in as many runs as the sample has turns', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(1000), (path, start) => {
        let count = 0;
        for (let turn = 0; turn < LIMITS.rollingSampleEvery; turn += 1) {
          if (isInSample(path, start + turn)) count += 1;
        }
        expect(count).toBe(1);
      }),
    );
  });
});
