import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSafePath, parseRecord } from './parse-record.ts';

const entry = {
  type: 'entry',
  run: 'a'.repeat(16),
  source: 'CARD',
  path: 'DCIM/A.NEF',
  kind: 'file',
  size: 1,
  mtimeUs: -5,
  mode: 420,
  blob: 'b'.repeat(64),
};

describe('parseRecord()', () => {
  it('takes a right line as it is', () => {
    expect(parseRecord(entry)).toEqual(entry);
  });

  it.each([
    ['a path that leads out', { path: '../x' }],
    ['an absolute path', { path: '/etc/passwd' }],
    ['an empty part', { path: 'a//b' }],
    ['a NUL', { path: 'a\0b' }],
    ['a source with a slash', { source: 'a/b' }],
    ['a source that leads out', { source: '..' }],
    ['a file without content', { blob: undefined }],
    ['a link without target', { kind: 'link', blob: undefined }],
    ['another kind', { kind: 'device' }],
    ['a size that is no count', { size: -1 }],
    ['a time that is no integer', { mtimeUs: 1.5 }],
    ['a short digest', { blob: 'b'.repeat(63) }],
  ])('refuses %s', (_, change) => {
    expect(parseRecord({ ...entry, ...change })).toBeNull();
  });

  it.each(['originals\\..\\x', 'C:evil', '../originals/x', '/abs'])(
    'refuses the place %s in a vault',
    (at) => {
      expect(parseRecord({ type: 'drop', blob: 'b'.repeat(64), at, time: '' })).toBeNull();
    },
  );

  it.each([
    [{ type: 'policy', text: 'tiers: []', time: '' }, true],
    [{ type: 'policy', text: 'tiers: []', time: '', who: 'ana' }, true],
    [{ type: 'policy', text: 1, time: '' }, false],
    [{ type: 'mark', frames: [{ id: 'x', path: 'y' }], tier: null, who: 'ana', time: '' }, true],
    [{ type: 'mark', frames: [], tier: 'select', who: 'ana', time: '' }, true],
    [{ type: 'mark', frames: [{ id: 'x' }], tier: null, who: 'ana', time: '' }, false],
    [{ type: 'mark', frames: [null], tier: null, who: 'ana', time: '' }, false],
    [{ type: 'mark', frames: [], who: 'ana', time: '' }, false],
  ])('takes %j: %s', (line, isTaken) => {
    expect(parseRecord(line) !== null).toBe(isTaken);
  });

  it('passes over types of later versions, and names that every object has', () => {
    for (const type of ['conflict', 'constructor', '__proto__', 'toString']) {
      expect(parseRecord({ ...entry, type })).toBeNull();
    }
  });

  it('never throws, whatever the members are', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('open', 'run', 'snapshot', 'entry', 'blob', 'verified', 'closed'),
        fc.dictionary(
          fc.constantFrom('run', 'time', 'sources', 'blob', 'blobs', 'path'),
          fc.jsonValue(),
        ),
        (type, members) => {
          expect(() => parseRecord({ ...members, type })).not.toThrow();
        },
      ),
    );
  });
});

describe('isSafePath()', () => {
  it('never lets a path leave its folder', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('..', '.', '', 'a', '...'), { minLength: 1 }),
        (parts) => {
          const path = parts.join('/');
          const isSafe = parts.every((part) => part === 'a' || part === '...');
          expect(isSafePath(path)).toBe(isSafe);
        },
      ),
    );
  });
});
