import type { BlobId } from '../base/index.ts';
import { roleOf } from '../metadata/index.ts';
import {
  filesOfPlace,
  type Ledger,
  listSnapshots,
  type RunId,
  type TreeEntry,
  walkStates,
} from '../vault/index.ts';
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
 * @param isWhole whether the journals tell all that was ever acknowledged
 */
export function planPrune(
  ledger: Ledger,
  captures: readonly string[] = [],
  isWhole = true,
): PrunePlan {
  const needed = neededBlobs(ledger, isWhole);
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
    for (const file of stored.places.flatMap((place) => [...filesOfPlace(stored, place)])) {
      const droppable = { blob, at: file.at, sizeBytes: file.sizeBytes };
      (isCapture && !isNamed ? keptCaptures : drop).push(droppable);
    }
  }
  return withoutNeeded(ledger, { drop, keptCaptures });
}

/** What a kept capture needs to be decoded stays too, whatever it is. */
function withoutNeeded(ledger: Ledger, { drop, keptCaptures }: PrunePlan): PrunePlan {
  const needed = new Set<BlobId>();
  for (const { blob } of keptCaptures) addNeeds(ledger, needed, blob);
  const stays = ({ blob }: Droppable): boolean => needed.has(blob);
  return {
    drop: drop.filter((file) => !stays(file)),
    keptCaptures: [...keptCaptures, ...drop.filter(stays)],
  };
}

function addNeeds(ledger: Ledger, needed: Set<BlobId>, blob: BlobId): void {
  for (const { needs } of ledger.blobs.get(blob)?.places ?? []) {
    for (const one of needs ?? []) needed.add(one);
  }
}

function neededBlobs(ledger: Ledger, isWhole: boolean): Set<BlobId> {
  const needed = new Set<BlobId>(ledger.suspects.map((suspect) => suspect.blob));
  const expected = new Map<string, string>();
  const wanted: [RunId, string][] = [];
  for (const { id, sources } of listSnapshots(ledger)) {
    for (const source of sources) {
      wanted.push([id, source.source]);
      if ('tree' in source) expected.set(`${id}/${source.source}`, String(source.tree));
    }
  }
  const uncertain = new Set<string>();
  for (const { run, source, totals, fresh } of walkStates(ledger, wanted)) {
    for (const entry of fresh.values()) addContent(needed, entry);
    const tree = expected.get(`${run}/${source}`);
    if (tree === undefined ? !isWhole : tree !== totals.tree) uncertain.add(source);
  }
  // A list that is not whole may have named whatever its source ever held.
  for (const run of ledger.runs.values()) {
    for (const source of uncertain) {
      for (const entry of run.changes.get(source)?.values() ?? []) addContent(needed, entry);
    }
  }
  // Depth 1: what is needed to decode needs nothing itself.
  for (const blob of [...needed]) addNeeds(ledger, needed, blob);
  return needed;
}

function addContent(needed: Set<BlobId>, entry: TreeEntry | null): void {
  if (entry?.kind === 'file') needed.add(entry.content as BlobId);
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
