import type { BlobId } from '../base/index.ts';
import { roleOf } from '../metadata/index.ts';
import { type Ledger, listSnapshots, type RunId, walkStates } from '../vault/index.ts';
import { pathFilter } from './path-filter.ts';

/** A stored file that nothing needs. */
export interface Droppable {
  readonly blob: BlobId;
  readonly at: string;
  readonly sizeBytes: number;
}

/** What prune would remove, as data. */
export interface PrunePlan {
  readonly drop: readonly Droppable[];
  /** Captures no snapshot needs, kept because nobody named them. */
  readonly keptCaptures: readonly Droppable[];
}

/**
 * Finds stored files that no snapshot, unfinished run or suspicion needs. A camera's captures are dropped only where a
 * person named them: forgetting a snapshot must never cost a picture by itself.
 * @param captures globs on `<source>/<path>` of captures that may go
 */
export function planPrune(ledger: Ledger, captures: readonly string[] = []): PrunePlan {
  const needed = neededBlobs(ledger);
  const paths = pathsOf(ledger, needed);
  const filters = captures.map((glob) => pathFilter(glob));
  const drop: Droppable[] = [];
  const keptCaptures: Droppable[] = [];
  for (const [blob, stored] of ledger.blobs) {
    if (needed.has(blob)) continue;
    const known = paths.get(blob) ?? [];
    const isCapture = known.length === 0 || known.some(({ path }) => roleOf(path) === 'capture');
    const isNamed =
      known.length > 0 &&
      known.every(({ source, path }) => filters.some((filter) => filter(source, path)));
    for (const { at } of stored.places) {
      const droppable = { blob, at, sizeBytes: stored.sizeBytes };
      (isCapture && !isNamed ? keptCaptures : drop).push(droppable);
    }
  }
  return { drop, keptCaptures };
}

function neededBlobs(ledger: Ledger): Set<BlobId> {
  const needed = new Set<BlobId>(ledger.suspects.map((suspect) => suspect.blob));
  for (const { fresh } of walkStates(ledger, statesOf(ledger))) {
    for (const { kind, content } of fresh.values()) {
      if (kind === 'file') needed.add(content as BlobId);
    }
  }
  return needed;
}

function* statesOf(ledger: Ledger): Generator<readonly [RunId, string]> {
  for (const { id, sources } of listSnapshots(ledger)) {
    for (const { source } of sources) yield [id, source];
  }
}

/** Every path that a blob nobody needs ever had. */
function pathsOf(
  ledger: Ledger,
  needed: ReadonlySet<BlobId>,
): Map<BlobId, { readonly source: string; readonly path: string }[]> {
  const paths = new Map<BlobId, { readonly source: string; readonly path: string }[]>();
  for (const run of ledger.runs.values()) {
    for (const [source, changes] of run.changes) {
      for (const [path, entry] of changes) {
        if (entry?.kind !== 'file' || needed.has(entry.content as BlobId)) continue;
        const blob = entry.content as BlobId;
        const known = paths.get(blob);
        if (known === undefined) paths.set(blob, [{ source, path }]);
        else known.push({ source, path });
      }
    }
  }
  return paths;
}
