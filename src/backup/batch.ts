import type { World } from '../platform/index.ts';
import { headOf } from '../store/index.ts';
import { type BackupRun, holdBack, isWanted } from './run.ts';
import { joinPath } from './scan.ts';
import { settleBatch } from './settle.ts';
import { STAGE_TASK } from './stage-task.ts';
import type { Target } from './target.ts';
import type { Plan, WorkItem } from './work.ts';

/**
 * Takes a batch through the whole order of writes and returns the items that have to be tried again.
 *
 *     copy + digest -> sync -> read back -> rename -> sync -> journal
 *
 * An error of one file or one mirror is an issue; an error of the primary vault ends the run.
 */
export async function runBatch(
  world: World,
  run: BackupRun,
  batch: readonly WorkItem[],
): Promise<WorkItem[]> {
  const plans: Plan[] = [];
  try {
    for (const item of batch) {
      const plan = isWanted(run, item) ? await planItem(world, run, item) : null;
      if (plan !== null) plans.push(plan);
    }
    if (plans.length === 0) return [];
    const reply = await world.workers.run(STAGE_TASK, {
      files: plans.map(({ item, parts }) => ({
        source: joinPath(item.source.root, item.found.path),
        parts: run.targets.map((target) => parts.get(target) ?? null),
      })),
      counter: run.progress.bytesCounter,
    });
    return await settleBatch(world, run, plans, reply);
  } finally {
    for (const { item, parts } of plans) {
      for (const target of parts.keys()) target.release(item.found.sizeBytes);
    }
  }
}

/** Decides who gets a copy; null where nobody can take one. */
async function planItem(world: World, run: BackupRun, item: WorkItem): Promise<Plan | null> {
  if (!item.mustCopy && (await isProbablyKnown(world, item))) return { item, parts: new Map() };
  const parts = new Map<Target, string>();
  for (const target of [...item.wants.keys()]) {
    if (await target.reserve(world, item.found.sizeBytes))
      parts.set(target, target.writer.partPath());
    else holdBack(run, item, target);
  }
  return parts.size === 0 ? null : { item, parts };
}

/** Reading the first 64 KiB tells nearly always whether a file has to be copied or only read. */
async function isProbablyKnown(world: World, item: WorkItem): Promise<boolean> {
  const { sizeBytes, path } = item.found;
  const ledgers = [...item.wants]
    .filter(([, reason]) => reason !== 'sample')
    .map(([target]) => target.vault.ledger);
  if (!ledgers.every((ledger) => ledger.hasSize(sizeBytes))) return false;
  if (ledgers.length === 0) return true;
  try {
    const head = await headOf(world.disk, joinPath(item.source.root, path));
    return ledgers.every((ledger) => ledger.hasHead(sizeBytes, head));
  } catch {
    // The copy will meet the same trouble and report it.
    return false;
  }
}
