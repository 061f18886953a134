import { FieldVaultError } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import {
  type ConflictRecord,
  type JournalRecord,
  type Ledger,
  type ResolveRecord,
  type Run,
  type RunId,
  type RunSource,
  type Tree,
  type TreeEntry,
  targetError,
  totalsOf,
  treeOf,
  type Vault,
  VaultWriter,
} from '../vault/index.ts';
import { byAge } from './lineage.ts';
import { changes } from './merging.ts';

/** A conflict as a person sees it. */
export interface Conflict extends ConflictRecord {
  /** How it was settled; null where it is open. */
  readonly settled: Pick<ResolveRecord, 'take' | 'who' | 'time'> | null;
}

/** Conflicts of merges, in the order they were found; settled ones only where they are asked for. */
export function listConflicts(
  { ledger }: Vault,
  options: { readonly isAll?: boolean } = {},
): Conflict[] {
  const { conflicts, resolved } = ledger.replicas;
  return [...conflicts.values()]
    .map((conflict) => ({ ...conflict, settled: resolved.get(conflict.conflict) ?? null }))
    .filter(({ settled }) => options.isAll === true || settled === null);
}

/** What settling a conflict did. */
export interface Settlement {
  readonly conflict: Conflict;
  /** The snapshot that has it so; null where nothing had to be changed. */
  readonly snapshot: RunId | null;
}

/** How a conflict is settled. */
export interface ResolveOptions {
  /** Whose version the path holds from now on; with `both` all stays as the merge left it. */
  readonly take: ResolveRecord['take'];
  /** Who says so; the machine's name where it is left out. */
  readonly who?: string;
}

/**
 * Settles a conflict: makes a snapshot in which the path holds the chosen version and the other one stands no more beside
 * it. Both stay in the vault and in earlier snapshots. The next sync tells the other vault.
 * @param name id of the conflict, or a unique start of it
 * @throws FieldVaultError BAD_USAGE (no such conflict, or settled), LEASED, TARGET_READ_ONLY, TARGET_FULL, TARGET_GONE
 */
export async function resolveConflict(
  world: World,
  vault: Vault,
  name: string,
  { take, who = world.host.name }: ResolveOptions,
): Promise<Settlement> {
  findConflict(vault, name);
  const writer = await VaultWriter.open(world, vault);
  try {
    // Looked at again: another process may have settled it since the vault was opened.
    const conflict = findConflict(vault, name);
    const time = new Date(world.clock.nowMs()).toISOString();
    const made =
      take === 'both' ? null : settledState(vault.ledger, conflict, { take, time, world });
    const run = made?.run ?? null;
    const word: ResolveRecord = {
      type: 'resolve',
      conflict: conflict.conflict,
      take,
      run,
      who,
      time,
    };
    await writer.finish([...(made?.lines ?? []), word]);
    return { conflict: { ...conflict, settled: word }, snapshot: run };
  } catch (error) {
    await writer.letGo();
    throw targetError(error, vault.root);
  }
}

function findConflict(vault: Vault, name: string): Conflict {
  const all = listConflicts(vault, { isAll: true });
  const fitting = all.filter(({ conflict }) => conflict.startsWith(name.toLowerCase()));
  const [found] = fitting;
  if (name === '' || found === undefined || fitting.length > 1) {
    const why = fitting.length > 1 ? `fits ${fitting.length} conflicts` : 'is no conflict';
    throw new FieldVaultError(
      'BAD_USAGE',
      `"${name}" ${why} of ${vault.root}. Nothing was changed; "conflicts" lists them.`,
      { details: { name } },
    );
  }
  if (found.settled !== null) {
    throw new FieldVaultError(
      'BAD_USAGE',
      `The conflict ${found.conflict} was settled before (${found.settled.take}, by ${found.settled.who}). Nothing was changed.`,
      { details: { name } },
    );
  }
  return found;
}

/** The newest state that goes on from the merge, with the conflict settled in it. */
function settledState(
  ledger: Ledger,
  conflict: Conflict,
  how: { readonly take: 'field' | 'studio'; readonly time: string; readonly world: World },
): { readonly run: RunId; readonly lines: readonly JournalRecord[] } | null {
  const { source } = conflict;
  const head = newestFrom(ledger, conflict.run, source);
  if (head === null) return null;
  const before = treeOf(ledger, head.id, source);
  const merged = treeOf(ledger, conflict.run, source).get(conflict.path);
  const after = settle(before, conflict, { take: how.take, merged });
  const run = how.world.random.hex(16);
  const lines = [...changes(before, after, { run, source })];
  if (lines.length === 0) return null;
  const record: RunSource = {
    source,
    origin: `settling of conflict ${conflict.conflict}`,
    volume: { id: '', label: '', fileSystem: '' },
    parent: head.id,
  };
  const { time } = how;
  const sources = [{ ...record, ...totalsOf(after) }];
  return {
    run,
    lines: [
      { type: 'run', run, time, sources: [record] },
      ...lines,
      { type: 'snapshot', run, time, complete: true, issues: 0, sources },
    ],
  };
}

function newestFrom(ledger: Ledger, merge: RunId, source: string): Run | null {
  const from = new Set<RunId>([merge]);
  // In the order of their lines a run comes after those it goes on from.
  for (const { id, sources } of ledger.runs.values()) {
    const record = sources.find((one) => one.source === source);
    const above = [record?.parent ?? '', ...(record?.merged ?? [])];
    if (above.some((one) => from.has(one))) from.add(id);
  }
  const runs = [...from].map((id) => ledger.runs.get(id)).filter((run) => run !== undefined);
  const whole = runs.filter(({ id, snapshot }) => snapshot !== null && !ledger.forgotten.has(id));
  return whole.toSorted(byAge).at(-1) ?? null;
}

/** The chosen version under the path itself; the other one's own place goes, unless something else stands there by now. */
function settle(
  before: Tree,
  conflict: Conflict,
  { take, merged }: { readonly take: 'field' | 'studio'; readonly merged: TreeEntry | undefined },
): Tree {
  const after = new Map(before);
  const chosen = conflict[take];
  const other = conflict[take === 'field' ? 'studio' : 'field'];
  for (const side of [chosen, other]) {
    if (side.path !== null && holds(before.get(side.path), side)) after.delete(side.path);
  }
  // Of two sidecars made one, that one gives way, unless somebody has edited it since.
  const isOne = chosen.path === null && other.path === null && merged !== undefined;
  if (isOne && before.get(conflict.path)?.content === merged.content) after.delete(conflict.path);
  const entry = entryOf(chosen);
  if (entry !== null && !after.has(conflict.path)) after.set(conflict.path, entry);
  return after;
}

function holds(there: TreeEntry | undefined, side: Conflict['field']): boolean {
  return there !== undefined && there.content === entryOf(side)?.content;
}

function entryOf({ entry }: Conflict['field']): TreeEntry | null {
  if (entry === null) return null;
  const { kind, size: sizeBytes, mtimeUs, mode, blob, target } = entry;
  return { kind, sizeBytes, mtimeUs, mode, content: blob ?? target ?? '' };
}
