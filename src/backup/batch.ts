import type { World } from '../platform/index.ts';
import type { Ledger } from '../vault/index.ts';
import { type BackupRun, holdBack, isWanted } from './run.ts';
import { settleBatch } from './settle.ts';
import { HEADS_TASK, STAGE_TASK } from './stage-task.ts';
import type { Target } from './target.ts';
import { type Plan, readPath, type WorkItem } from './work.ts';

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
  const later: WorkItem[] = [];
  try {
    const wanted = batch.filter((item) => isWanted(run, item));
    const known = await findProbablyKnown(world, wanted);
    for (const target of run.targets) await target.measure(world);
    for (const item of wanted) {
      const plan = known.has(item) ? { item, parts: new Map() } : planCopy(run, item);
      if (plan === 'later') later.push(item);
      else if (plan !== null) plans.push(plan);
    }
    if (plans.length === 0) return later;
    const reply = await world.workers.run(STAGE_TASK, {
      files: plans.map(({ item, parts }) => ({
        source: readPath(item),
        parts: run.targets.map((target) => parts.get(target) ?? null),
      })),
      counter: run.progress.bytesCounter,
      stop: run.stop.memory,
    });
    return [...later, ...(await settleBatch(world, run, plans, reply))];
  } finally {
    for (const { item, parts } of plans) {
      for (const target of parts.keys()) target.release(item.found.sizeBytes);
    }
  }
}

/** Decides who gets a copy; null where nobody can take one, `later` where that cannot be told yet. */
function planCopy(run: BackupRun, item: WorkItem): Plan | 'later' | null {
  const { sizeBytes } = item.found;
  const parts = new Map<Target, string>();
  for (const target of [...item.wants.keys()]) {
    const room = target.reserve(sizeBytes, item.floors?.get(target));
    if (room === 'yes') parts.set(target, target.writer.partPath());
    else if (room === 'no') holdBack(run, item, target);
    else {
      // All targets or none: a file is read once for all of them.
      for (const reserved of parts.keys()) reserved.release(sizeBytes);
      return 'later';
    }
  }
  return parts.size === 0 ? null : { item, parts };
}

/**
 * The items that need no copy, only to be read: samples, and files whose first 64 KiB are known. Those bytes tell
 * nearly always; they are asked for only where the size is known.
 */
async function findProbablyKnown(
  world: World,
  items: readonly WorkItem[],
): Promise<ReadonlySet<WorkItem>> {
  const known = new Set<WorkItem>();
  const asked: WorkItem[] = [];
  for (const item of items) {
    if (item.mustCopy) continue;
    const ledgers = copyLedgers(item);
    if (ledgers.length === 0) known.add(item);
    else if (ledgers.every((ledger) => ledger.hasSize(item.found.sizeBytes))) asked.push(item);
  }
  if (asked.length === 0) return known;
  const paths = asked.map(readPath);
  const heads = await world.workers.run(HEADS_TASK, { paths });
  for (const [index, item] of asked.entries()) {
    const head = heads[index];
    // The copy of a file that cannot be read will meet the same trouble and report it.
    if (head === undefined || head === null) continue;
    const { sizeBytes } = item.found;
    if (copyLedgers(item).every((ledger) => ledger.hasHead(sizeBytes, head))) known.add(item);
  }
  return known;
}

/** The ledgers of vaults that want a copy, not only a sample read. */
function copyLedgers(item: WorkItem): Ledger[] {
  return [...item.wants]
    .filter(([, reason]) => reason !== 'sample')
    .map(([target]) => target.vault.ledger);
}
