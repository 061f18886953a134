import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Tree, TreeEntry } from '../vault/index.ts';
import { type MergedState, type MergeStrategy, mergeStates } from './merge-states.ts';

function file(content: string, mtimeUs = 0): TreeEntry {
  return { kind: 'file', sizeBytes: content.length, mtimeUs, mode: 0o644, content };
}

const FOLDER: TreeEntry = { kind: 'folder', sizeBytes: 0, mtimeUs: 0, mode: 0o755, content: '' };

function tree(files: Readonly<Record<string, string | TreeEntry>>): Tree {
  return new Map(
    Object.entries(files).map(([path, entry]) => [
      path,
      typeof entry === 'string' ? file(entry) : entry,
    ]),
  );
}

function merge(
  base: Tree | null,
  field: Tree,
  studio: Tree,
  strategy: MergeStrategy = 'keep-both',
): MergedState {
  return mergeStates({ base, field, studio, strategy });
}

function contents({ tree: merged }: Pick<MergedState, 'tree'>): Record<string, string> {
  return Object.fromEntries([...merged].map(([path, { content }]) => [path, content]));
}

describe('mergeStates()', () => {
  const base = tree({ a: '1', b: '1', c: '1' });

  it('takes additions, changes and deletions of both sides', () => {
    const result = merge(
      base,
      tree({ a: '2', b: '1', c: '1', d: '4' }),
      tree({ a: '1', b: '1', e: '5' }),
    );
    expect(contents(result)).toEqual({ a: '2', b: '1', d: '4', e: '5' });
    expect(result.conflicts).toEqual([]);
    expect(result.deletions).toMatchObject([{ path: 'c', by: 'studio' }]);
  });

  it('keeps what one side edited and the other deleted, and says so', () => {
    const result = merge(base, tree({ a: '2', b: '1', c: '1' }), tree({ b: '1', c: '1' }));
    expect(contents(result)).toEqual({ a: '2', b: '1', c: '1' });
    expect(result.conflicts).toMatchObject([{ path: 'a', what: 'deleted-and-edited' }]);
  });

  it('moves a folder that one side renamed along with what the other edited in it', () => {
    const before = tree({ 'day 1': FOLDER, 'day 1/A.xmp': 'a 1', 'day 1/B.xmp': 'b 1' });
    const moved = tree({ storm: FOLDER, 'storm/A.xmp': 'a 1', 'storm/B.xmp': 'b 1' });
    const edited = tree({ 'day 1': FOLDER, 'day 1/A.xmp': 'a 2', 'day 1/B.xmp': 'b 1' });
    const result = merge(before, moved, edited);
    expect(contents(result)).toEqual({ storm: '', 'storm/A.xmp': 'a 2', 'storm/B.xmp': 'b 1' });
    expect(result.conflicts).toEqual([]);
  });

  it('keeps two frames of one name from two cameras', () => {
    const result = merge(null, tree({ 'IMG_1.CR3': 'one' }), tree({ 'IMG_1.CR3': 'two' }));
    expect(Object.values(contents(result)).sort()).toEqual(['one', 'two']);
    expect(result.conflicts).toMatchObject([{ what: 'both-added' }]);
  });

  it('keeps both names of one frame that was imported twice, without a conflict', () => {
    const result = merge(null, tree({ 'IMG_1.CR3': 'one' }), tree({ 'Storm 1.CR3': 'one' }));
    expect(contents(result)).toEqual({ 'IMG_1.CR3': 'one', 'Storm 1.CR3': 'one' });
    expect(result.conflicts).toEqual([]);
  });

  it('never lets two names stand that differ in case alone', () => {
    const same = merge(null, tree({ 'a.jpg': 'one' }), tree({ 'A.JPG': 'one' }));
    expect(contents(same)).toEqual({ 'A.JPG': 'one' });
    const other = merge(null, tree({ 'a.jpg': 'one' }), tree({ 'A.JPG': 'two' }));
    expect(Object.values(contents(other)).sort()).toEqual(['one', 'two']);
    expect(other.conflicts).toMatchObject([{ what: 'case-only' }]);
  });

  it('puts a version aside under a name that nothing else has', () => {
    const both = merge(
      null,
      tree({ a: file('xxxxxxxx1', 1), 'a (xxxxxxxx)': 'noted' }),
      tree({ a: file('yyyyyyyy', 2) }),
    );
    expect(Object.values(contents(both)).sort()).toEqual(['noted', 'xxxxxxxx1', 'yyyyyyyy']);
    const cases = merge(
      null,
      tree({ 'A.jpg': 'xxxxxxxx' }),
      tree({ 'a.jpg': 'yyyyyyyy', 'a (yyyyyyyy).jpg': 'noted' }),
    );
    expect(Object.values(contents(cases)).sort()).toEqual(['noted', 'xxxxxxxx', 'yyyyyyyy']);
  });

  it('keeps the folder of a file that the other side added, whatever became of the folder', () => {
    const before = tree({ d: FOLDER, 'd/old': '1' });
    const added = tree({ d: FOLDER, 'd/old': '1', 'd/new': '2' });
    const deleted = merge(before, tree({}), added);
    expect(contents(deleted)).toEqual({ d: '', 'd/new': '2' });
    expect(deleted.deletions.map(({ path }) => path)).toEqual(['d/old']);
    const replaced = merge(before, tree({ d: 'a file' }), added);
    expect(contents(replaced)).toEqual({ d: '', 'd (a file)': 'a file', 'd/new': '2' });
    expect(replaced.conflicts).toMatchObject([{ path: 'd', fieldPath: 'd (a file)' }]);
    const cases = merge(null, tree({ A: 'file' }), tree({ a: FOLDER, 'a/y': '2' }));
    expect(contents(cases)).toEqual({ a: '', 'a/y': '2', 'A (file)': 'file' });
  });

  it.each([
    ['field-wins', 'from field'],
    ['studio-wins', 'from studio'],
    ['newest', 'from studio'],
    ['keep-both', 'from studio'],
  ] as const)('with %s gives the name to one version, and keeps the other', (strategy, wins) => {
    const result = merge(
      tree({ a: 'begun' }),
      tree({ a: file('from field', 1) }),
      tree({ a: file('from studio', 2) }),
      strategy,
    );
    expect(contents(result)['a']).toBe(wins);
    expect(Object.values(contents(result)).sort()).toEqual(['from field', 'from studio']);
  });

  const paths = fc.constantFrom('a', 'b', 'c', 'd/e', 'd/f', 'A', 'B.xmp', 'b.xmp');
  const entry = fc.record({ content: fc.constantFrom('1', '2', '3', '4'), mtimeUs: fc.nat(3) });
  const state = fc
    .array(fc.tuple(paths, entry), { maxLength: 7 })
    // No disk that forgets case holds both.
    .map((all) => new Map(all.map(([path, one]) => [path.toLowerCase(), [path, one] as const])))
    .map(
      (all) =>
        new Map([...all.values()].map(([path, one]) => [path, file(one.content, one.mtimeUs)])),
    );

  it('gives the same whichever side is told first', () => {
    fc.assert(
      fc.property(fc.option(state), state, state, (before, one, other) => {
        const result = merge(before, one, other);
        const swapped = merge(before, other, one);
        expect([...swapped.tree].sort()).toEqual([...result.tree].sort());
        const told = (from: MergedState) =>
          from.conflicts.map(({ path, what }) => `${path} ${what}`);
        expect(told(swapped).sort()).toEqual(told(result).sort());
      }),
    );
  });

  it('changes nothing where both are the same, or one of them did nothing', () => {
    fc.assert(
      fc.property(fc.option(state), state, (before, one) => {
        expect(contents(merge(before, one, one))).toEqual(contents({ tree: one }));
        if (before !== null) {
          expect(contents(merge(before, one, before))).toEqual(contents({ tree: one }));
        }
      }),
    );
  });

  /** Contents that a merge lost: neither in its tree, nor told as deleted, nor what both began with. */
  const lostBy = (
    how: typeof merge,
    before: Tree | null,
    sides: readonly [Tree, Tree],
  ): string[] => {
    const result = how(before, ...sides);
    const kept = new Set(Object.values(contents(result)));
    // What both began with may have been replaced by an edit, under this name or a new one.
    for (const { content } of before?.values() ?? []) kept.add(content);
    for (const { entry } of result.deletions) kept.add(entry.content);
    const all = sides.flatMap((side) => [...side.values()].map(({ content }) => content));
    return all.filter((content) => !kept.has(content));
  };

  it('loses no content that either side has, but what the other deleted and this one had not touched', () => {
    fc.assert(
      fc.property(fc.option(state), state, state, (before, one, other) => {
        expect(lostBy(merge, before, [one, other])).toEqual([]);
      }),
    );
  });

  it('a merge that takes the newer of two without keeping the other is caught at it', () => {
    const careless: typeof merge = (before, field, studio) => ({
      ...merge(before, field, studio),
      tree: new Map([...studio, ...field]),
    });
    const found = fc.check(
      fc.property(
        fc.option(state),
        state,
        state,
        (before, one, other) => lostBy(careless, before, [one, other]).length === 0,
      ),
    );
    expect(found.failed).toBe(true);
  });

  it('merged again with what it was made of, stays as it is', () => {
    fc.assert(
      fc.property(state, state, state, (before, one, other) => {
        const { tree: merged } = merge(before, one, other);
        for (const part of [one, other]) {
          expect(contents(merge(part, merged, part))).toEqual(contents({ tree: merged }));
        }
      }),
    );
  });
});
