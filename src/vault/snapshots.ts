import { FieldVaultError } from '../base/index.ts';
import type { Ledger, Run } from './ledger.ts';
import type { RunId, RunSource } from './records.ts';
import { walkStates } from './states.ts';
import type { TreeTotals } from './totals.ts';

/** A snapshot as a person sees it: finished, or what a cut-off run left. */
export interface SnapshotSummary {
  readonly id: RunId;
  readonly time: string;
  readonly state: 'complete' | 'with-issues' | 'unfinished';
  readonly sources: readonly RunSource[];
  readonly files: number;
  readonly bytes: number;
}

/** The snapshots that were not forgotten, oldest first. */
export function listSnapshots(ledger: Ledger): SnapshotSummary[] {
  const runs = [...ledger.runs.values()]
    .filter((run) => !ledger.forgotten.has(run.id))
    .sort((a, b) => a.order - b.order);
  const counted = countUnfinished(ledger, runs);
  return runs.map((run) => summaryOf(run, counted.get(run.id) ?? []));
}

/** Files and bytes of runs that were cut off: nobody has counted them yet. */
function countUnfinished(ledger: Ledger, runs: readonly Run[]): Map<RunId, TreeTotals[]> {
  const counted = new Map<RunId, TreeTotals[]>();
  const wanted: [RunId, string][] = [];
  for (const { id, snapshot, sources } of runs) {
    if (snapshot !== null) continue;
    counted.set(id, []);
    for (const { source } of sources) wanted.push([id, source]);
  }
  for (const { run, totals } of walkStates(ledger, wanted)) counted.get(run)?.push(totals);
  return counted;
}

function summaryOf(run: Run, counted: readonly TreeTotals[]): SnapshotSummary {
  const { id, time, sources, snapshot } = run;
  if (snapshot === null) return { id, time, state: 'unfinished', sources, ...sum(counted) };
  const state = snapshot.complete ? 'complete' : 'with-issues';
  return { id, time, state, sources, ...sum(snapshot.sources) };
}

function sum(parts: readonly { readonly files: number; readonly bytes: number }[]): {
  files: number;
  bytes: number;
} {
  let files = 0;
  let bytes = 0;
  for (const part of parts) {
    files += part.files;
    bytes += part.bytes;
  }
  return { files, bytes };
}

/**
 * Finds a snapshot by `latest`, its id or a unique start of its id.
 * @throws FieldVaultError NO_SUCH_SNAPSHOT where none or several fit
 */
export function findSnapshot(ledger: Ledger, name: string): SnapshotSummary {
  const all = listSnapshots(ledger);
  if (name === 'latest') {
    const latest = all.findLast((snapshot) => snapshot.state !== 'unfinished');
    if (latest !== undefined) return latest;
    throw new FieldVaultError('NO_SUCH_SNAPSHOT', 'This vault holds no finished snapshot yet.');
  }
  const fitting = all.filter((snapshot) => snapshot.id.startsWith(name.toLowerCase()));
  if (fitting.length === 1 && fitting[0] !== undefined && name !== '') return fitting[0];
  throw new FieldVaultError(
    'NO_SUCH_SNAPSHOT',
    fitting.length === 0
      ? `No snapshot is called "${name}". "snapshots" lists what there is.`
      : `"${name}" fits ${fitting.length} snapshots; give more digits.`,
    { details: { name, fitting: fitting.length } },
  );
}
