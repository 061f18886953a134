import { describe, expect, it } from 'vitest';
import type { BlobId } from '../base/index.ts';
import { Ledger } from './ledger.ts';
import type { BlobRecord, EntryRecord, JournalRecord, SnapshotRecord } from './records.ts';
import { findSnapshot, listSnapshots } from './snapshots.ts';
import { totalsOf, treeOf } from './tree.ts';

const idOf = (digit: string): BlobId => digit.repeat(64) as BlobId;
const runId = (digit: string): string => digit.repeat(16);
const volume = { id: '', label: '', fileSystem: '' };
const sourceOf = (parent: string | null) => ({ source: 'CARD', origin: '/card', volume, parent });

const run = (id: string, parent: string | null): JournalRecord => ({
  type: 'run',
  run: runId(id),
  time: '2026-11-22T09:00:00.000Z',
  sources: [sourceOf(parent === null ? null : runId(parent))],
});
const entry = (id: string, path: string, blob: string): EntryRecord => ({
  type: 'entry',
  run: runId(id),
  source: 'CARD',
  path,
  kind: 'file',
  size: 1,
  mtimeUs: 5,
  mode: 0o644,
  blob: idOf(blob),
});
const snapshot = (id: string, parent: string | null): SnapshotRecord => ({
  type: 'snapshot',
  run: runId(id),
  time: '2026-11-22T10:00:00.000Z',
  complete: true,
  issues: 0,
  sources: [
    {
      ...sourceOf(parent === null ? null : runId(parent)),
      files: 1,
      folders: 0,
      links: 0,
      bytes: 1,
      tree: idOf('0'),
    },
  ],
});
const blob = (digit: string, at: string, time = '2026-11-22T09:00:00.000Z'): BlobRecord => ({
  type: 'blob',
  blob: idOf(digit),
  size: 1,
  form: 'verbatim',
  at,
  head: digit.repeat(16),
  verified: 'direct',
  time,
});

const policy = (text: string): JournalRecord => ({
  type: 'policy',
  text,
  time: '2026-11-22T09:00:00.000Z',
});
const mark = (id: string, tier: string | null): JournalRecord => ({
  type: 'mark',
  frames: [{ id, path: `CARD/${id}` }],
  tier,
  who: 'ana',
  time: '2026-11-22T09:00:00.000Z',
});

function ledgerOf(...records: readonly JournalRecord[]): Ledger {
  const ledger = new Ledger();
  for (const record of records) ledger.apply(record);
  return ledger;
}

describe('Ledger, what persons said', () => {
  it('has no policy and no marks until there are some', () => {
    expect(ledgerOf(run('1', null))).toMatchObject({ policy: null, marks: [] });
  });

  it('holds the newest policy and every mark in the order of lines', () => {
    const ledger = ledgerOf(policy('a'), mark('x', 'select'), policy('b'), mark('x', null));
    expect(ledger.policy).toMatchObject({ text: 'b' });
    expect(ledger.marks.map(({ tier }) => tier)).toEqual(['select', null]);
  });
});

describe('Ledger and trees', () => {
  it('rebuilds each state from its parents, changes and what went', () => {
    const ledger = ledgerOf(
      run('1', null),
      entry('1', 'a', 'a'),
      entry('1', 'b', 'b'),
      snapshot('1', null),
      run('2', '1'),
      entry('2', 'a', 'c'),
      { type: 'gone', run: runId('2'), source: 'CARD', path: 'b' },
      entry('2', 'd', 'd'),
      snapshot('2', '1'),
    );
    const contents = (id: string): [string, string][] =>
      [...treeOf(ledger, runId(id), 'CARD')].map(([path, { content }]) => [
        path,
        content.slice(0, 1),
      ]);
    expect(contents('1')).toEqual([
      ['a', 'a'],
      ['b', 'b'],
    ]);
    expect(contents('2').sort()).toEqual([
      ['a', 'c'],
      ['d', 'd'],
    ]);
  });

  it('survives parents that make a loop, as only damage can', () => {
    const ledger = ledgerOf(
      run('1', '2'),
      entry('1', 'a', 'a'),
      run('2', '1'),
      entry('2', 'b', 'b'),
    );
    expect([...treeOf(ledger, runId('1'), 'CARD').keys()].sort()).toEqual(['a', 'b']);
  });

  it('digests a tree the same in any order, and differently when anything in it differs', () => {
    const one = {
      kind: 'file',
      sizeBytes: 1,
      mtimeUs: 5,
      mode: 0o644,
      content: idOf('a'),
    } as const;
    const two = { ...one, content: idOf('b') };
    const digest = (...entries: [string, typeof one | typeof two][]): string =>
      totalsOf(new Map(entries)).tree;
    const base = digest(['a', one], ['b', two]);
    expect(digest(['b', two], ['a', one])).toBe(base);
    expect(digest(['a', two], ['b', one])).not.toBe(base);
    expect(digest(['a', one])).not.toBe(base);
    expect(digest(['a', { ...one, mtimeUs: 6 as 5 }], ['b', two])).not.toBe(base);
    expect(digest()).toBe('0'.repeat(64));
  });

  it('lists finished, unfinished and no forgotten snapshots; latest is the newest finished', () => {
    const ledger = ledgerOf(
      run('a', null),
      snapshot('a', null),
      run('b', 'a'),
      snapshot('b', 'a'),
      run('c', 'b'),
      entry('c', 'x', 'x'),
    );
    expect(listSnapshots(ledger).map(({ state }) => state)).toEqual([
      'complete',
      'complete',
      'unfinished',
    ]);
    expect(findSnapshot(ledger, 'latest').id).toBe(runId('b'));
    expect(findSnapshot(ledger, 'aa').id).toBe(runId('a'));
    ledger.apply({ type: 'forget', snapshots: [runId('b')], time: '' });
    expect(findSnapshot(ledger, 'latest').id).toBe(runId('a'));
    for (const name of ['', 'ff', runId('b')]) {
      expect(() => findSnapshot(ledger, name)).toThrow(
        expect.objectContaining({ code: 'NO_SUCH_SNAPSHOT' }),
      );
    }
  });

  it('refuses a start of an id that fits several snapshots', () => {
    const ledger = ledgerOf(
      { ...run('a', null), run: 'aa00000000000000' } as JournalRecord,
      { ...run('a', null), run: 'aa11111111111111' } as JournalRecord,
    );
    expect(() => findSnapshot(ledger, 'aa')).toThrow(/2 snapshots/);
    expect(findSnapshot(ledger, 'aa1').id).toBe('aa11111111111111');
  });

  it('holds a blob until its last place is dropped or known to be damaged', () => {
    const ledger = ledgerOf(blob('a', 'originals/1/x'), blob('a', 'originals/1/y'));
    const drop = (at: string): JournalRecord => ({ type: 'drop', blob: idOf('a'), at, time: '' });
    ledger.apply(drop('originals/1/x'));
    expect(ledger.holds(idOf('a'))).toBe(true);
    ledger.apply({
      type: 'damaged',
      blob: idOf('a'),
      at: 'originals/1/y',
      found: 'missing',
      time: '',
    });
    expect(ledger.holds(idOf('a'))).toBe(false);
    ledger.apply({
      type: 'verified',
      blobs: ['a'.repeat(16)],
      how: 'direct',
      time: '2026-11-23T00:00:00.000Z',
    });
    expect(ledger.holds(idOf('a'))).toBe(true);
    expect(ledger.verifiedMs(idOf('a'))).toBe(Date.UTC(2026, 10, 23));
    ledger.apply(drop('originals/1/y'));
    expect(ledger.holds(idOf('a'))).toBe(false);
    ledger.apply(blob('a', 'originals/1/y'));
    expect(ledger.holds(idOf('a'))).toBe(true);
  });

  it('knows which stored files no SHA256SUMS lists yet', () => {
    const ledger = ledgerOf(blob('a', 'originals/1/x'), blob('b', 'originals/2/y'));
    const sums = {
      type: 'file',
      at: 'originals/1/SHA256SUMS-000002.txt',
      size: 1,
      sha256: idOf('c'),
    } as const;
    ledger.apply(sums);
    const names = (): [string, [string, BlobId][]][] =>
      [...ledger.unlisted()].map(([folder, files]) => [folder, [...files]]);
    expect(names()).toEqual([['originals/2', [['y', idOf('b')]]]]);
    ledger.apply(blob('d', 'originals/1/z'));
    ledger.apply(blob('e', 'originals/2/w'));
    ledger.apply({ type: 'drop', blob: idOf('b'), at: 'originals/2/y', time: '' });
    expect(names()).toEqual([
      ['originals/1', [['z', idOf('d')]]],
      ['originals/2', [['w', idOf('e')]]],
    ]);
    ledger.apply({ ...sums, at: 'originals/2/SHA256SUMS-000002.txt' });
    ledger.apply(blob('b', 'originals/2/y'));
    expect(names().at(-1)).toEqual(['originals/2', [['y', idOf('b')]]]);
  });

  it('guesses by size and head whether content may be known', () => {
    const ledger = ledgerOf(blob('a', 'originals/1/x'));
    expect(ledger.hasSize(1)).toBe(true);
    expect(ledger.hasSize(2)).toBe(false);
    expect(ledger.hasHead(1, 'a'.repeat(16))).toBe(true);
    expect(ledger.hasHead(1, 'b'.repeat(16))).toBe(false);
    ledger.apply(blob('b', 'originals/1/y'));
    expect(ledger.hasHead(1, 'b'.repeat(16))).toBe(true);
  });
});
