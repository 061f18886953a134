import { mapPool } from '../../base/index.ts';
import type { World } from '../../platform/index.ts';
import { HEADS_TASK } from '../stage-task.ts';
import type { TargetView } from '../target-view.ts';
import { readPath, type WorkItem } from '../work.ts';
import type { WorkFrame } from './work-frames.ts';

/** By file and target: how many bytes its copy takes there; 0 where the content is known. */
export type NewBytes<T extends TargetView> = ReadonlyMap<WorkItem<T>, ReadonlyMap<T, number>>;

/** Files that one worker is asked about. */
const FILES_PER_TASK = 64;

/**
 * Says how many bytes each file adds to each target. Of two new files with one content each counts: one of them may have
 * to wait.
 * @param isExact whether the first bytes of files are read where they may tell that the content is known; else each is new
 */
export async function newBytes<T extends TargetView>(
  world: World,
  { frames, isExact }: { readonly frames: readonly WorkFrame<T>[]; readonly isExact: boolean },
): Promise<NewBytes<T>> {
  const items = frames.flatMap((frame) => frame.items);
  const heads = isExact ? await headsOf(world, items) : new Map<WorkItem<T>, string>();
  const lacking = new Map<WorkItem<T>, Map<T, number>>();
  for (const item of items) {
    const bytes = new Map<T, number>();
    for (const [target, reason] of item.wants) {
      const { sizeBytes } = item.found;
      const head = heads.get(item);
      const isKnown = head !== undefined && target.vault.ledger.hasHead(sizeBytes, head);
      bytes.set(target, reason === 'sample' || isKnown ? 0 : sizeBytes);
    }
    lacking.set(item, bytes);
  }
  return lacking;
}

/** The heads of files whose size is that of a content of a vault. */
async function headsOf<T extends TargetView>(
  world: World,
  items: readonly WorkItem<T>[],
): Promise<Map<WorkItem<T>, string>> {
  const asked = items.filter(({ found, wants }) =>
    wants.keys().some(({ vault }) => vault.ledger.hasSize(found.sizeBytes)),
  );
  const batches: WorkItem<T>[][] = [];
  for (let at = 0; at < asked.length; at += FILES_PER_TASK) {
    batches.push(asked.slice(at, at + FILES_PER_TASK));
  }
  const heads = new Map<WorkItem<T>, string>();
  const read = mapPool(world.workers.count, batches, async (batch) => {
    return { batch, heads: await world.workers.run(HEADS_TASK, { paths: batch.map(readPath) }) };
  });
  for await (const { batch, heads: found } of read) {
    for (const [index, item] of batch.entries()) {
      const head = found[index];
      if (typeof head === 'string') heads.set(item, head);
    }
  }
  return heads;
}
