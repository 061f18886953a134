import type { Ledger, TreeEntry } from './ledger.ts';
import type { RunId } from './records.ts';
import { RunningTotals, type TreeTotals } from './totals.ts';
import { totalsOf, treeOf } from './tree.ts';

/** The state of one source after one run. */
export interface SourceState {
  readonly run: RunId;
  readonly source: string;
  readonly totals: TreeTotals;
  /**
   * Entries of this state, at least those that no state before it in the walk had: of all states together it is every
   * entry of every state. Valid until the next state is asked for.
   */
  readonly fresh: ReadonlyMap<string, TreeEntry>;
}

/**
 * Passes the states of many runs at the cost of what changed between them: each is made from its parent's, and taken
 * back to it where another goes on from there. One tree is in memory, and what takes it back.
 * @param wanted run and source of each state; others on the way to them are not told
 */
export function* walkStates(
  ledger: Ledger,
  wanted: Iterable<readonly [RunId, string]>,
): Generator<SourceState> {
  const bySource = new Map<string, Set<RunId>>();
  for (const [run, source] of wanted) {
    const runs = bySource.get(source) ?? new Set<RunId>();
    bySource.set(source, runs.add(run));
  }
  for (const [source, runs] of bySource) {
    const { roots, children, looped } = familyOf(ledger, source, runs);
    for (const root of roots) yield* walkDown(ledger, source, { root, children, wanted: runs });
    for (const run of looped) {
      if (!runs.has(run)) continue;
      const tree = treeOf(ledger, run, source);
      yield { run, source, totals: totalsOf(tree), fresh: tree };
    }
  }
}

/** Who goes on from whom. */
interface Family {
  /** Runs that begin from nothing. */
  readonly roots: readonly RunId[];
  readonly children: ReadonlyMap<RunId, readonly RunId[]>;
  /** Runs whose parents make a loop, which only damage can: they have no beginning. */
  readonly looped: ReadonlySet<RunId>;
}

function familyOf(ledger: Ledger, source: string, wanted: ReadonlySet<RunId>): Family {
  const roots: RunId[] = [];
  const children = new Map<RunId, RunId[]>();
  const looped = new Set<RunId>();
  const placed = new Set<RunId>();
  for (const run of wanted) {
    const path: RunId[] = [];
    const onPath = new Set<RunId>();
    let next: RunId | null = ledger.runs.has(run) ? run : null;
    while (next !== null && !placed.has(next) && !looped.has(next) && !onPath.has(next)) {
      path.push(next);
      onPath.add(next);
      next = parentOf(ledger, source, next);
    }
    const isLoop = next !== null && !placed.has(next);
    for (const id of path) {
      if (isLoop) {
        looped.add(id);
        continue;
      }
      placed.add(id);
      const parent = parentOf(ledger, source, id);
      if (parent === null) {
        roots.push(id);
        continue;
      }
      const siblings = children.get(parent) ?? [];
      siblings.push(id);
      children.set(parent, siblings);
    }
  }
  return { roots, children, looped };
}

/** A parent that no line tells of counts as empty. */
function parentOf(ledger: Ledger, source: string, run: RunId): RunId | null {
  const sources = ledger.runs.get(run)?.sources ?? [];
  const parent = sources.find((candidate) => candidate.source === source)?.parent ?? null;
  return parent !== null && ledger.runs.has(parent) ? parent : null;
}

/** What is still to be done in a walk: go on to a run, or take back what one changed. */
type Step =
  | { readonly run: RunId }
  | {
      readonly undo: readonly (readonly [string, TreeEntry | undefined])[];
      readonly totals: RunningTotals;
    };

function* walkDown(
  ledger: Ledger,
  source: string,
  family: {
    readonly root: RunId;
    readonly children: Family['children'];
    readonly wanted: ReadonlySet<RunId>;
  },
): Generator<SourceState> {
  const tree = new Map<string, TreeEntry>();
  const fresh = new Map<string, TreeEntry>();
  const set = (path: string, entry: TreeEntry | null | undefined): void => {
    for (const map of [tree, fresh]) {
      if (entry === null || entry === undefined) map.delete(path);
      else map.set(path, entry);
    }
  };
  let running = new RunningTotals();
  const steps: Step[] = [{ run: family.root }];
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    if ('undo' in step) {
      for (const [path, entry] of step.undo) set(path, entry);
      running = step.totals;
      continue;
    }
    // Where nothing else goes on from further up, nothing has to be taken back.
    const undo: [string, TreeEntry | undefined][] | null = steps.length > 0 ? [] : null;
    if (undo !== null) steps.push({ undo, totals: running.copy() });
    for (const [path, entry] of ledger.runs.get(step.run)?.changes.get(source) ?? []) {
      const before = tree.get(path);
      undo?.push([path, before]);
      if (before !== undefined) running.remove(path, before);
      if (entry !== null) running.add(path, entry);
      set(path, entry);
    }
    for (const run of family.children.get(step.run) ?? []) steps.push({ run });
    if (!family.wanted.has(step.run)) continue;
    yield { run: step.run, source, totals: running.totals(), fresh };
    fresh.clear();
  }
}
