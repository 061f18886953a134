import { FieldVaultError } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import {
  findGaps,
  findLeftOver,
  type LeftOver,
  listOriginals,
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
  /** Whether it was ended early; only what was removed until then is told. */
  readonly isInterrupted: boolean;
}

/**
 * Removes stored files that nothing needs, and what interrupted work left. Takes the lease of the vault.
 * The journal says first what will go; a cut in the middle leaves files that the next prune removes.
 * @throws FieldVaultError LEASED, DAMAGED (the journal does not tell all), TARGET_READ_ONLY, TARGET_FULL, TARGET_GONE
 */
export async function prune(
  world: World,
  vault: Vault,
  options: PruneOptions = {},
): Promise<PruneReport> {
  if (options.dryRun === true) {
    const found = await findUnnamed(world, vault);
    return reportOf(planPrune(vault.ledger, options.captures), found, false);
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
  const { ledger } = vault;
  const found = await findUnnamed(world, vault);
  const plan = planPrune(ledger, options.captures);
  const isOver = (): boolean => options.signal?.aborted === true;
  if (isOver()) {
    await writer.finish([]);
    return reportOf({ ...plan, drop: [] }, { ...found, leftOver: [] }, true);
  }
  const time = new Date(world.clock.nowMs()).toISOString();
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
  await writer.finish([]);
  const drop = plan.drop.filter(({ at }) => removed.has(at));
  const leftOver = found.leftOver.filter((at) => removed.has(at));
  const isInterrupted = removed.size < gone.length;
  return reportOf({ ...plan, drop }, { ...found, leftOver }, isInterrupted);
}

/** @throws FieldVaultError DAMAGED where a line may be lost: what it alone needed would look worthless */
async function findUnnamed(world: World, vault: Vault): Promise<LeftOver> {
  const inventory = await listOriginals(world.disk, vault.root, () => {});
  const gaps = await findGaps(world.disk, vault, inventory);
  const first = gaps[0];
  if (first !== undefined) {
    throw new FieldVaultError(
      'DAMAGED',
      `Prune must know all that was ever protected, and the journal has ${gaps.length} gaps. Nothing was removed; "check" says more. (${first.path}: ${first.message})`,
      { details: { gaps: gaps.length, path: first.path }, retry: 'after-user-acts' },
    );
  }
  return findLeftOver(vault.ledger, inventory);
}

function reportOf(plan: PrunePlan, found: LeftOver, isInterrupted: boolean): PruneReport {
  return {
    dropped: plan.drop,
    bytes: plan.drop.reduce((sum, file) => sum + file.sizeBytes, 0),
    keptCaptures: plan.keptCaptures,
    leftOver: found.leftOver.length,
    unknown: found.unknown,
    isInterrupted,
  };
}
