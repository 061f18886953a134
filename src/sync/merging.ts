import { createHash } from 'node:crypto';
import type { World } from '../platform/index.ts';
import {
  type ConflictRecord,
  type ConflictSide,
  type JournalRecord,
  type Ledger,
  type Run,
  type RunId,
  type RunSource,
  type Tree,
  type TreeEntry,
  totalsOf,
  treeOf,
} from '../vault/index.ts';
import { entryLine } from './bring-lines.ts';
import { baseOf, byAge, type Lineage, openLineages } from './lineage.ts';
import { mergeSidecars, type ReadOriginal } from './merge-sidecars.ts';
import {
  type MergeConflict,
  type MergedState,
  type MergeStrategy,
  mergeStates,
} from './merge-states.ts';
import type { Side } from './side.ts';

/** Two states of a source that became one. */
export interface Merge {
  readonly source: string;
  readonly run: RunId;
  readonly base: RunId | null;
  /** The two that were merged: the state of the field's side, then of the studio's. */
  readonly of: readonly [RunId, RunId];
  readonly files: number;
  readonly conflicts: readonly ConflictRecord[];
  /** Paths left out because one side had deleted them. */
  readonly deletions: readonly string[];
}

/** Histories that have more than one end in both vaults. */
export function toMerge(field: Ledger, studio: Ledger): Lineage[] {
  const isKnown = (run: RunId): boolean =>
    studio.runs.get(run)?.snapshot != null && !studio.forgotten.has(run);
  let places: readonly ReadonlyMap<RunId, number>[] | null = null;
  const isBefore = (one: RunId, other: RunId): boolean => {
    // In the order of their lines: what a vault heard of later was not there to be copied.
    places ??= [field, studio].map(
      ({ runs }) => new Map([...runs.keys()].map((id, place) => [id, place])),
    );
    return places.every((place) => (place.get(one) ?? 0) < (place.get(other) ?? 0));
  };
  return openLineages(field, isKnown, isBefore);
}

/** Merges a long history's ends two by two; a history that wants more than this is left for the next sync. */
const MERGES_MAX = 64;

/**
 * Merges states that both vaults know and none goes on from, two by two, the oldest first, and writes each merge into both
 * alike. The same states give the same merge, whoever makes it: made twice it changes nothing.
 */
export async function mergeAll(
  world: World,
  [field, studio]: readonly [Side, Side],
  options: MergeOptions,
): Promise<Merge[]> {
  const merges: Merge[] = [];
  for (let count = 0; count < MERGES_MAX; count += 1) {
    const [lineage] = toMerge(field.vault.ledger, studio.vault.ledger);
    if (lineage === undefined) break;
    const pair = pairOf(field.vault.ledger, lineage, options.wasFields);
    const merged = await mergeStatesOf(world, [field, studio], pair, options);
    const { merge, lines } = linesOf(field.vault.ledger, pair, merged);
    await field.commit(lines);
    await studio.commit(lines);
    merges.push(merge);
  }
  return merges;
}

/** How states are merged. */
export interface MergeOptions {
  readonly strategy: MergeStrategy;
  /** Whether a run was the field's alone before this sync. */
  readonly wasFields: (run: RunId) => boolean;
  readonly read: ReadOriginal;
}

/** Two states that are merged. */
interface MergePair {
  readonly source: string;
  readonly base: RunId | null;
  readonly older: Run;
  readonly later: Run;
  /** The field's side, then the studio's. */
  readonly of: readonly [RunId, RunId];
}

function pairOf(ledger: Ledger, lineage: Lineage, wasFields: MergeOptions['wasFields']): MergePair {
  const [older, later] = lineage.heads
    .map((id) => ledger.runs.get(id))
    .filter((run) => run !== undefined)
    .sort(byAge) as [Run, Run];
  const base = baseOf(ledger, lineage, [older.id, later.id]);
  // Where both were known to both, the older one counts as the field's: any rule will do that is always the same.
  const isSwapped = wasFields(later.id) && !wasFields(older.id);
  const of = isSwapped ? ([later.id, older.id] as const) : ([older.id, later.id] as const);
  return { source: lineage.source, base, older, later, of };
}

/** The states alone first; then again, with the sidecars that could be merged by what they say. */
async function mergeStatesOf(
  world: World,
  sides: readonly [Side, Side],
  { source, base, later, of }: MergePair,
  { strategy, read }: MergeOptions,
): Promise<MergedState> {
  const { ledger } = sides[0].vault;
  const input = {
    base: base === null ? null : treeOf(ledger, base, source),
    field: treeOf(ledger, of[0], source),
    studio: treeOf(ledger, of[1], source),
    strategy,
  };
  const merged = mergeStates(input);
  const day = later.time.slice(0, 10);
  const sidecars = await mergeSidecars(world, sides, merged.conflicts, { read, day });
  return sidecars.size === 0 ? merged : mergeStates({ ...input, sidecars });
}

function linesOf(
  ledger: Ledger,
  { source, base, older, later, of }: MergePair,
  merged: MergedState,
): { readonly merge: Merge; readonly lines: readonly JournalRecord[] } {
  const totals = totalsOf(merged.tree);
  const run = digitsOf('merge', source, older.id, later.id, totals.tree);
  // As old as what it is made of: the same merge made elsewhere has the same lines.
  const time = new Date((Date.parse(later.time) || 0) + 1).toISOString();
  const record: RunSource = {
    source,
    origin: `merge of ${older.id} and ${later.id}`,
    volume: { id: '', label: '', fileSystem: '' },
    parent: later.id,
    merged: [older.id],
  };
  const facts = { run, source, of, time };
  const conflicts = merged.conflicts.map((one) => conflictLine(one, facts));
  const sources = [{ ...record, ...totals }];
  const lines: JournalRecord[] = [
    { type: 'run', run, time, sources: [record] },
    ...changes(treeOf(ledger, later.id, source), merged.tree, { run, source }),
    ...conflicts,
    ...tombstones(merged, facts),
    { type: 'snapshot', run, time, complete: true, issues: 0, sources },
  ];
  const deletions = merged.deletions.map(({ path }) => path);
  return { merge: { source, run, base, of, files: totals.files, conflicts, deletions }, lines };
}

/** The lines that make one state of another. */
export function* changes(
  from: Tree,
  to: Tree,
  at: { readonly run: RunId; readonly source: string },
): Generator<JournalRecord> {
  for (const [path, entry] of to) {
    const before = from.get(path);
    if (before === undefined || JSON.stringify(before) !== JSON.stringify(entry)) {
      yield entryLine({ ...at, path }, entry);
    }
  }
  for (const path of from.keys()) if (!to.has(path)) yield { type: 'gone', ...at, path };
}

interface MergeFacts {
  readonly run: RunId;
  readonly source: string;
  readonly of: readonly [RunId, RunId];
  readonly time: string;
}

function conflictLine(conflict: MergeConflict, facts: MergeFacts): ConflictRecord {
  const { path, what, base, field, studio, fieldPath, studioPath } = conflict;
  const { run, source, of, time } = facts;
  const contents = [field, studio].map((entry) => entry?.content ?? '').sort();
  return {
    type: 'conflict',
    conflict: digitsOf('conflict', source, path, base?.content ?? '', ...contents),
    run,
    source,
    path,
    what,
    message: messageOf(conflict),
    field: sideOf(of[0], field, fieldPath),
    studio: sideOf(of[1], studio, studioPath),
    time,
  };
}

function messageOf(conflict: MergeConflict): string {
  const { what, path, field, fieldPath, studioPath, lost = [] } = conflict;
  switch (what) {
    case 'both-added':
      return `Both sides have a file of this name, with other content. Both stand in the merged state: the field's as ${fieldPath}, the studio's as ${studioPath}.`;
    case 'both-changed':
      return `Both sides changed this file. Both versions stand in the merged state: the field's as ${fieldPath}, the studio's as ${studioPath}.`;
    case 'case-only':
      return `Both sides have a file of this name but for capital letters, which not every disk tells apart. Both stand in the merged state: the field's as ${fieldPath}, the studio's as ${studioPath}.`;
    case 'deleted-and-edited':
      return field === null
        ? `The field deleted ${path}, the studio edited it: it stays.`
        : `The studio deleted ${path}, the field edited it: it stays.`;
    case 'xmp-properties':
      return `Both sides changed ${lost.join(', ')} of this sidecar: the newer value stands, all else of both is in it. The other sidecar is kept in history.`;
    default:
      return what satisfies never;
  }
}

function sideOf(run: RunId, entry: TreeEntry | null, path: string | null): ConflictSide {
  if (entry === null) return { run, entry: null, path };
  const line = entryLine({ run, source: '-', path: '-' }, entry);
  if (line.type !== 'entry') return { run, entry: null, path };
  const { kind, size, mtimeUs, mode, blob, target } = line;
  const told = { kind, size, mtimeUs, mode, ...(blob && { blob }), ...(target && { target }) };
  return { run, entry: told, path };
}

function* tombstones(merged: MergedState, facts: MergeFacts): Generator<JournalRecord> {
  const { run, source, of, time } = facts;
  for (const { path, entry, by } of merged.deletions) {
    const { content } = entry;
    const deleter = by === 'field' ? of[0] : of[1];
    yield { type: 'tombstone', run, source, path, content, by: deleter, time };
  }
}

/** 16 digits that are the same for the same words. */
export function digitsOf(...words: readonly string[]): string {
  return createHash('sha256').update(words.join('\0')).digest('hex').slice(0, 16);
}
