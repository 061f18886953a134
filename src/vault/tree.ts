import type { Ledger, Run, TreeEntry } from './ledger.ts';
import type { RunId } from './records.ts';
import { RunningTotals, type TreeTotals } from './totals.ts';

/** All paths of one source at one moment. */
export type Tree = Map<string, TreeEntry>;

/** The state of a source after a run: its parents' changes, oldest first, then its own. */
export function treeOf(ledger: Ledger, runId: RunId, source: string): Tree {
  const tree: Tree = new Map();
  for (const step of lineage(ledger, runId, source)) {
    for (const [path, entry] of step.run.changes.get(step.source) ?? []) {
      if (entry === null) tree.delete(path);
      else tree.set(path, entry);
    }
  }
  return tree;
}

/** The run and its parents for this source, oldest first. A loop, which only damage can make, ends the walk. */
function lineage(
  ledger: Ledger,
  runId: RunId,
  source: string,
): { readonly run: Run; readonly source: string }[] {
  const steps: { readonly run: Run; readonly source: string }[] = [];
  const seen = new Set<RunId>();
  let next: RunId | null = runId;
  while (next !== null && !seen.has(next)) {
    seen.add(next);
    const run: Run | undefined = ledger.runs.get(next);
    if (run === undefined) break;
    steps.push({ run, source });
    next = run.sources.find((candidate) => candidate.source === source)?.parent ?? null;
  }
  return steps.reverse();
}

/** Counts a tree and digests it. */
export function totalsOf(tree: Tree): TreeTotals {
  const running = new RunningTotals();
  for (const [path, entry] of tree) running.add(path, entry);
  return running.totals();
}
