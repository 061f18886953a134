import type { BlobId } from '../base/index.ts';
import { pictureFolder, roleOf } from '../metadata/index.ts';
import type { Ledger, Run, RunId, SnapshotSummary, TreeEntry, Vault } from '../vault/index.ts';
import { treeOf } from '../vault/index.ts';

/** One file as the vault has it. */
export interface StoredPart {
  /** `<source>/<path>` */
  readonly path: string;
  readonly blob: BlobId;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  /** POSIX permission bits. */
  readonly mode: number;
}

/** Files of one source that stood beside each other at one moment. */
export interface SourceState {
  /** What makes frames. */
  readonly parts: readonly StoredPart[];
  /** Only frames with one of these captures count; null: all do. */
  readonly captures: ReadonlySet<string> | null;
}

/** The state of a snapshot, source by source. */
export function* snapshotStates(vault: Vault, snapshot: SnapshotSummary): Generator<SourceState> {
  for (const { source } of snapshot.sources) {
    yield { parts: partsOf(source, treeOf(vault.ledger, snapshot.id, source)), captures: null };
  }
}

/**
 * Every picture of the snapshots that were not forgotten, each once: what each source holds now, and what stood there
 * before (a card that was formatted and filled again), with the sidecars it had then.
 */
export function* allStates(ledger: Ledger): Generator<SourceState> {
  for (const { source, runs } of lineages(ledger)) yield* lineageStates(ledger, source, runs);
}

/** Runs of one source, each going on from another of them, oldest first. */
interface Lineage {
  readonly source: string;
  readonly runs: readonly Run[];
}

/** Two cards of one name have two lineages: no run of one goes on from a run of the other. */
function lineages(ledger: Ledger): Lineage[] {
  const roots = new Map<string, { readonly source: string; readonly runs: Run[] }>();
  const rootOf = new Map<string, string>();
  // In the order of their lines a parent comes before its children.
  for (const run of ledger.runs.values()) {
    for (const { source, parent } of run.sources) {
      const root = rootOf.get(keyOf(parent ?? '', source)) ?? keyOf(run.id, source);
      rootOf.set(keyOf(run.id, source), root);
      const lineage = roots.get(root) ?? { source, runs: [] };
      roots.set(root, lineage);
      lineage.runs.push(run);
    }
  }
  return [...roots.values()];
}

function keyOf(run: RunId, source: string): string {
  return `${run}/${source}`;
}

/** What stands at a path, and since which run of the lineage. */
interface Standing {
  readonly entry: TreeEntry;
  readonly since: number;
}

function* lineageStates(
  ledger: Ledger,
  source: string,
  runs: readonly Run[],
): Generator<SourceState> {
  const tree = new Map<string, Standing>();
  const beside = new Companions();
  // kept[i]: how many of the first i runs are not forgotten.
  const kept = [0];
  for (const [index, run] of runs.entries()) {
    const changes = run.changes.get(source) ?? new Map<string, TreeEntry | null>();
    const leaving = new Map<string, TreeEntry>();
    for (const [path, entry] of changes) {
      const old = tree.get(path);
      if (old === undefined || old.entry.content === entry?.content) continue;
      const wasKept = (kept[index] ?? 0) > (kept[old.since] ?? 0);
      if (wasKept && isCapture(path, old.entry)) leaving.set(path, old.entry);
    }
    if (leaving.size > 0) yield leftState(source, leaving, tree, beside);
    for (const [path, entry] of changes) {
      const old = tree.get(path);
      if (entry === null) tree.delete(path);
      else if (old?.entry.content !== entry.content) tree.set(path, { entry, since: index });
      if (entry === null) beside.remove(path);
      else if (entry.kind === 'file' && !isCapture(path, entry)) beside.add(path);
    }
    kept.push((kept[index] ?? 0) + (ledger.forgotten.has(run.id) ? 0 : 1));
  }
  const total = kept.at(-1) ?? 0;
  const there = [...tree].filter(([, { since }]) => total > (kept[since] ?? 0));
  yield {
    parts: partsOf(
      source,
      there.map(([path, { entry }]) => [path, entry]),
    ),
    captures: null,
  };
}

/** Captures that are about to go from a source, with what stands beside them. */
function leftState(
  source: string,
  leaving: ReadonlyMap<string, TreeEntry>,
  tree: ReadonlyMap<string, Standing>,
  beside: Companions,
): SourceState {
  const parts = new Map<string, TreeEntry>(leaving);
  const folders = new Set([...leaving.keys()].map(pictureFolder));
  for (const path of [...folders].flatMap((folder) => beside.of(folder))) {
    const entry = tree.get(path)?.entry;
    if (entry !== undefined) parts.set(path, entry);
  }
  const captures = new Set([...leaving.keys()].map((path) => `${source}/${path}`));
  return { parts: partsOf(source, parts), captures };
}

function partsOf(source: string, tree: Iterable<readonly [string, TreeEntry]>): StoredPart[] {
  const parts: StoredPart[] = [];
  for (const [path, { kind, content, sizeBytes, mtimeUs, mode }] of tree) {
    if (kind !== 'file') continue;
    const mtimeMs = mtimeUs / 1000;
    const blob = content as BlobId;
    parts.push({ path: `${source}/${path}`, blob, sizeBytes, mtimeMs, mode });
  }
  return parts;
}

function isCapture(path: string, entry: TreeEntry): boolean {
  return entry.kind === 'file' && roleOf(path) === 'capture';
}

/** Files that are no captures, by the folder of the pictures they may belong to. */
class Companions {
  readonly #folders = new Map<string, Set<string>>();

  add(path: string): void {
    const folder = pictureFolder(path);
    const paths = this.#folders.get(folder) ?? new Set();
    this.#folders.set(folder, paths.add(path));
  }

  remove(path: string): void {
    this.#folders.get(pictureFolder(path))?.delete(path);
  }

  of(folder: string): string[] {
    return [...(this.#folders.get(folder) ?? [])];
  }
}
