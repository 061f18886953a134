import { hash } from 'node:crypto';
import { FieldVaultError, formatHex } from '../base/index.ts';
import type { Ledger, Run, TreeEntry } from './ledger.ts';
import type { RunId, RunSource } from './records.ts';

/** All paths of one source at one moment. */
export type Tree = Map<string, TreeEntry>;

/** Counts of a tree and the digest that proves it was rebuilt right (docs/vault-format.md section 3). */
export interface TreeTotals {
  readonly files: number;
  readonly folders: number;
  readonly links: number;
  readonly bytes: number;
  readonly tree: string;
}

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
  let files = 0;
  let folders = 0;
  let links = 0;
  let bytes = 0;
  const digest = new Uint8Array(32);
  for (const [path, entry] of tree) {
    if (entry.kind === 'file') files += 1;
    else if (entry.kind === 'folder') folders += 1;
    else links += 1;
    bytes += entry.sizeBytes;
    const one = entryDigest(path, entry);
    for (let index = 0; index < 32; index += 1)
      digest[index] = (digest[index] ?? 0) ^ (one[index] ?? 0);
  }
  return { files, folders, links, bytes, tree: formatHex(digest) };
}

function entryDigest(path: string, entry: TreeEntry): Uint8Array {
  const members = [entry.kind, path, entry.content, entry.sizeBytes, entry.mtimeUs, entry.mode];
  // In one call: a hash object for each path of a large tree is memory that comes back late.
  return hash('sha256', Buffer.from(members.join('\0'), 'utf16le'), 'buffer');
}

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
  return [...ledger.runs.values()]
    .filter((run) => !ledger.forgotten.has(run.id))
    .sort((a, b) => a.order - b.order)
    .map((run) => summaryOf(ledger, run));
}

function summaryOf(ledger: Ledger, run: Run): SnapshotSummary {
  const { id, time, sources, snapshot } = run;
  if (snapshot === null) {
    const totals = sources.map((source) => totalsOf(treeOf(ledger, id, source.source)));
    return { id, time, state: 'unfinished', sources, ...sum(totals) };
  }
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
