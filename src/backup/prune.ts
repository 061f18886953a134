import { FieldVaultError } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import {
  type AcceptedLoss,
  type AcceptedRecord,
  findGaps,
  findLeftOver,
  type Gap,
  JOURNAL_NUMBER_MAX,
  type LeftOver,
  listOriginals,
  listStrayFacts,
  openVault,
  splitPlace,
  takeLease,
  type Vault,
  type VaultWriter,
} from '../vault/index.ts';
import { type Droppable, type PrunePlan, planPrune } from './prune-plan.ts';
import { relistFolders } from './relist.ts';
import { writing } from './writing.ts';

/** What prune may do. */
export interface PruneOptions {
  /** Only say what would go. */
  readonly dryRun?: boolean;
  /** Globs on `<source>/<path>` of captures that may go; others stay whatever was forgotten. */
  readonly captures?: readonly string[];
  /**
   * Losses of the journal, as check names them, that a person accepts: what was said there alone is given up for good,
   * and prune goes on without it. Recorded in the journal.
   */
  readonly acceptLoss?: readonly string[];
  /** Ends the work between two files; the next prune goes on there. */
  readonly signal?: AbortSignal;
}

/** What prune removed, or would remove. */
export interface PruneReport {
  readonly dropped: readonly Droppable[];
  readonly bytes: number;
  /** Captures that no snapshot needs and nobody named: they stay. */
  readonly keptCaptures: readonly Droppable[];
  /** Files that interrupted work left and whose content stands elsewhere, removed too. */
  readonly leftOver: number;
  /** Files in `originals/` that no line names and whose content the vault does not have elsewhere: they stay. */
  readonly unknown: readonly string[];
  /** Losses of the journal that are accepted now; they hold nothing up any more. */
  readonly accepted: readonly string[];
  /** Whether it was ended early; only what was removed until then is told. */
  readonly isInterrupted: boolean;
}

/**
 * Removes stored files that nothing needs, and what interrupted work left. Takes the lease of the vault.
 * The journal says first what will go; a cut in the middle leaves files that the next prune removes.
 * @throws FieldVaultError LEASED, DAMAGED (the journal does not tell all), BAD_USAGE (nothing of a name to be accepted is
 * lost), TARGET_READ_ONLY, TARGET_FULL, TARGET_GONE
 */
export async function prune(
  world: World,
  vault: Vault,
  options: PruneOptions = {},
): Promise<PruneReport> {
  const names = options.acceptLoss ?? [];
  if (names.length > 0) await refuseOtherNames(world, vault, names);
  if (options.dryRun === true) {
    const found = await findUnnamed(world, vault, names);
    return reportOf(planPrune(vault.ledger, options.captures, found.isWhole), found, false);
  }
  return writing(world, vault, { isExclusive: true }, async (writer) => {
    const lease = await takeLease(world, vault, { act: 'prune', writer: writer.id });
    try {
      return await pruneLeased(world, writer, options);
    } finally {
      await lease.release();
    }
  });
}

async function pruneLeased(
  world: World,
  writer: VaultWriter,
  options: PruneOptions,
): Promise<PruneReport> {
  // Others may have written between opening the vault and holding the lease: look again.
  const vault = await openVault(world, writer.vault.root);
  if (writer.isOvertaken(vault)) throw overtaken();
  const { ledger } = vault;
  const found = await findUnnamed(world, vault, options.acceptLoss ?? []);
  const plan = planPrune(ledger, options.captures, found.isWhole);
  const isOver = (): boolean => options.signal?.aborted === true;
  if (isOver()) {
    await writer.finish([]);
    return reportOf({ ...plan, drop: [] }, { ...found, leftOver: [], accepted: [] }, true);
  }
  const time = new Date(world.clock.nowMs()).toISOString();
  await writer.commit(acceptanceOf(vault, found.accepted, time));
  await writer.commit(plan.drop.map(({ blob, at }) => ({ type: 'drop', blob, at, time })));
  const gone = [...plan.drop.map((file) => file.at), ...found.leftOver];
  const folders = new Set(gone.map((at) => splitPlace(at).folder));
  const listed = await relistFolders({ writer, ledger, folders, gone: new Set(gone), time });
  const removed = new Set<string>();
  for (const at of gone) {
    // What the journal has dropped and is still there, the next prune removes.
    if (isOver()) break;
    await world.disk.removeFile(`${writer.vault.root}/${at}`).catch(() => {});
    removed.add(at);
  }
  // Always, and they are few: a list that names removed files would make the system's own check complain.
  for (const at of listed) {
    await world.disk.removeFile(`${writer.vault.root}/${at}`).catch(() => {});
  }
  for (const folder of folders) {
    const path = `${writer.vault.root}/${folder}`;
    if ((await world.disk.stat(path)) !== null) await world.disk.syncFolder(path);
  }
  const strayFacts = isOver() ? [] : await listStrayFacts(world, writer.vault);
  for (const at of strayFacts) {
    await world.disk.removeFile(`${writer.vault.root}/${at}`).catch(() => {});
  }
  await writer.finish([]);
  const drop = plan.drop.filter(({ at }) => removed.has(at));
  const leftOver = [...found.leftOver.filter((at) => removed.has(at)), ...strayFacts];
  const isInterrupted = removed.size < gone.length;
  return reportOf({ ...plan, drop }, { ...found, leftOver }, isInterrupted);
}

/** Somebody came and went between this prune's journal file and its lease: its lines would be read before theirs. */
function overtaken(): FieldVaultError {
  return new FieldVaultError(
    'LEASED',
    'Another FieldVault worked on this vault just now. Nothing was removed; run the same command again.',
    { retry: 'now' },
  );
}

/** What no line names, and what is known of the journals. */
interface Survey extends LeftOver {
  /** Losses that are accepted now. */
  readonly accepted: readonly Gap[];
  /** Whether the journals tell all that was ever acknowledged: also a loss that was accepted is one. */
  readonly isWhole: boolean;
}

/**
 * @param names losses that a person accepts
 * @throws FieldVaultError DAMAGED where another line may be lost: what it alone needed would look worthless
 */
async function findUnnamed(world: World, vault: Vault, names: readonly string[]): Promise<Survey> {
  const inventory = await listOriginals(world.disk, vault.root, () => {});
  const { gaps, accepted } = await findGaps(world.disk, vault, inventory);
  const open = gaps.filter((gap) => !names.some((name) => isNamed(gap, name)));
  const first = open[0];
  if (first !== undefined) {
    throw new FieldVaultError(
      'DAMAGED',
      `Prune must know all that was ever protected, and the journal has ${gaps.length} gaps. Nothing was removed; "check" says more. (${first.path}: ${first.message}) Back up the sources again while they are there; then "prune --accept-loss ${first.path}" gives up what was said there alone.`,
      { details: { gaps: open.length, path: first.path }, retry: 'after-user-acts' },
    );
  }
  const losses = [...gaps, ...accepted];
  const isWhole = losses.length === 0 && vault.ledger.accepted.length === 0;
  return { ...findLeftOver(vault.ledger, inventory, losses), accepted: gaps, isWhole };
}

/** Whether a person's word means this gap: its path, or the name of its file. */
function isNamed({ path }: Gap, name: string): boolean {
  return path === name || path === `journal/${name}`;
}

/** @throws FieldVaultError BAD_USAGE where nothing of such a name is lost: it is a mistake, and others may follow from it */
async function refuseOtherNames(
  world: World,
  vault: Vault,
  names: readonly string[],
): Promise<void> {
  const inventory = await listOriginals(world.disk, vault.root, () => {});
  const { gaps, accepted } = await findGaps(world.disk, vault, inventory);
  const known = [...gaps, ...accepted];
  const wrong = names.find((name) => !known.some((gap) => isNamed(gap, name)));
  if (wrong === undefined) return;
  throw new FieldVaultError(
    'BAD_USAGE',
    `Nothing of the journal that is called "${wrong}" is lost. Nothing was changed; "check" names what is.`,
    { details: { name: wrong } },
  );
}

/** The line that says what was accepted; none where nothing is. */
function acceptanceOf(vault: Vault, accepted: readonly Gap[], time: string): AcceptedRecord[] {
  const numbers = vault.journals.map(({ number }) => number);
  const highest = numbers
    .filter((number) => number < JOURNAL_NUMBER_MAX)
    .reduce((most, number) => Math.max(most, number), 0);
  // Numbers that later writers may still take are not given up: the lists that tell of them are, or go now.
  const lasting = accepted.filter(({ last }) => last === undefined || last < highest);
  const losses = new Map<string, AcceptedLoss>();
  for (const { path, sha256, last } of lasting) {
    const loss = { path, ...(sha256 && { sha256 }), ...(last !== undefined && { last }) };
    losses.set(JSON.stringify(loss), loss);
  }
  return losses.size === 0 ? [] : [{ type: 'accepted', losses: [...losses.values()], time }];
}

function reportOf(plan: PrunePlan, found: Survey, isInterrupted: boolean): PruneReport {
  return {
    dropped: plan.drop,
    bytes: plan.drop.reduce((sum, file) => sum + file.sizeBytes, 0),
    keptCaptures: plan.keptCaptures,
    leftOver: found.leftOver.length,
    unknown: found.unknown,
    accepted: [...new Set(found.accepted.map(({ path }) => path))],
    isInterrupted,
  };
}
