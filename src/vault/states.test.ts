import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BlobId } from '../base/index.ts';
import { Ledger, type TreeEntry } from './ledger.ts';
import type { RunId, RunSource } from './records.ts';
import { listSnapshots } from './snapshots.ts';
import { walkStates } from './states.ts';
import { totalsOf, treeOf } from './tree.ts';

const SOURCES = ['CARD', 'NOTES'] as const;
const runId = (number: number): RunId => number.toString(16).padStart(16, '0');
const volume = { id: '', label: '', fileSystem: '' };

/** One run: for each source its parent (a number of a run, perhaps of none or of itself) and its changes. */
interface Drawn {
  readonly parents: readonly (number | null)[];
  readonly changes: readonly {
    readonly source: number;
    readonly path: string;
    readonly content: number | null;
  }[];
  readonly isListed: boolean;
}

const drawnRun: fc.Arbitrary<Drawn> = fc.record({
  parents: fc.array(fc.option(fc.nat(9)), { minLength: 2, maxLength: 2 }),
  changes: fc.array(
    fc.record({
      source: fc.nat(1),
      path: fc.constantFrom('a', 'b', 'c', 'd/e', 'd'),
      content: fc.option(fc.nat(3)),
    }),
    { maxLength: 6 },
  ),
  isListed: fc.boolean(),
});

function ledgerOf(runs: readonly Drawn[]): Ledger {
  const ledger = new Ledger();
  for (const [index, { parents, changes }] of runs.entries()) {
    const run = runId(index);
    const sources = SOURCES.map((source, at): RunSource => {
      const parent = parents[at] ?? null;
      return { source, origin: '/x', volume, parent: parent === null ? null : runId(parent) };
    });
    ledger.apply({ type: 'run', run, time: '', sources });
    for (const { source: at, path, content } of changes) {
      const source = SOURCES[at] ?? 'CARD';
      if (content === null) ledger.apply({ type: 'gone', run, source, path });
      else {
        const blob = String(content).repeat(64) as BlobId;
        const facts = { kind: 'file', size: content, mtimeUs: 5, mode: 0o644, blob } as const;
        ledger.apply({ type: 'entry', run, source, path, ...facts });
      }
    }
  }
  return ledger;
}

const keyOf = (path: string, { content }: TreeEntry): string => `${path} ${content}`;

describe('walkStates()', () => {
  it('tells the totals of every state as its plain tree has them, and every entry of every state', () => {
    fc.assert(
      fc.property(fc.array(drawnRun, { maxLength: 10 }), (runs) => {
        const ledger = ledgerOf(runs);
        const wanted = runs.flatMap(({ isListed }, index) =>
          isListed ? SOURCES.map((source) => [runId(index), source] as const) : [],
        );
        const told = new Map<string, unknown>();
        const seen = new Set<string>();
        for (const { run, source, totals, fresh } of walkStates(ledger, wanted)) {
          const tree = treeOf(ledger, run, source);
          expect(totals).toEqual(totalsOf(tree));
          for (const [path, entry] of fresh) expect(tree.get(path)).toBe(entry);
          for (const [path, entry] of fresh) seen.add(`${source} ${keyOf(path, entry)}`);
          told.set(`${run} ${source}`, totals);
        }
        expect([...told.keys()].sort()).toEqual(wanted.map((pair) => pair.join(' ')).sort());
        const all = wanted.flatMap(([run, source]) =>
          [...treeOf(ledger, run, source)].map((one) => `${source} ${keyOf(...one)}`),
        );
        expect([...seen].sort()).toEqual([...new Set(all)].sort());
      }),
    );
  });

  it('reads each change once, however many states go on from it', () => {
    const { ledger, reads } = countingLedger({ files: 200, runs: 100 });
    const wanted = [...ledger.runs.keys()].map((run) => [run, 'CARD'] as const);
    expect([...walkStates(ledger, wanted)]).toHaveLength(100);
    expect(reads.count).toBe(200 + 99);
    // The twin: one tree for each state reads them all again and again.
    reads.count = 0;
    for (const [run, source] of wanted) treeOf(ledger, run, source);
    expect(reads.count).toBeGreaterThan(100 * 200);
  });

  it('lets a list of cut-off runs read each change once', () => {
    const { ledger, reads } = countingLedger({ files: 200, runs: 100 });
    const listed = listSnapshots(ledger);
    expect(listed.at(-1)).toMatchObject({ state: 'unfinished', files: 200 });
    expect(reads.count).toBe(200 + 99);
  });
});

/** Counts the entries that are read from it. */
class CountingMap<K, V> extends Map<K, V> {
  reads = { count: 0 };

  override *[Symbol.iterator](): MapIterator<[K, V]> {
    for (const one of super.entries()) {
      this.reads.count += 1;
      yield one;
    }
  }
}

/** Many files in a first run, and one changed file in each run after it; every second one goes on from the first. */
function countingLedger(size: { readonly files: number; readonly runs: number }): {
  readonly ledger: Ledger;
  readonly reads: { count: number };
} {
  const one = (path: number, content: number | null) => ({ source: 0, path: `${path}`, content });
  const first = Array.from({ length: size.files }, (_, path) => one(path, 1));
  const ledger = ledgerOf(
    Array.from({ length: size.runs }, (_, index) => ({
      parents: [index === 0 ? null : index % 2 === 0 ? 0 : index - 1, null],
      changes: index === 0 ? first : [one(index, 2)],
      isListed: true,
    })),
  );
  const reads = { count: 0 };
  for (const run of ledger.runs.values()) {
    const counting = new CountingMap(run.changes.get('CARD'));
    counting.reads = reads;
    run.changes.set('CARD', counting);
  }
  return { ledger, reads };
}
