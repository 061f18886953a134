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
 * Says how many bytes each file adds to each target.
 * @param isExact whether the first bytes of files are read where they may tell that the content is known; else each is new
 */
export async function newBytes<T extends TargetView>(
  world: World,
  { frames, isExact }: { readonly frames: readonly WorkFrame<T>[]; readonly isExact: boolean },
): Promise<NewBytes<T>> {
  const items = frames.flatMap((frame) => frame.items);
  const heads = isExact ? await headsOf(world, items) : new Map<WorkItem<T>, string>();
  const seen = new Map<T, Set<string>>();
  const lacking = new Map<WorkItem<T>, Map<T, number>>();
  for (const item of items) {
    const bytes = new Map<T, number>();
    for (const [target, reason] of item.wants) {
      const isKnown = reason === 'sample' || isSeen(seen, target, { item, head: heads.get(item) });
      bytes.set(target, isKnown ? 0 : item.found.sizeBytes);
    }
    lacking.set(item, bytes);
  }
  return lacking;
}

/** Whether the vault has this content, or a file before this one brings it; takes note of it. */
function isSeen<T extends TargetView>(
  seen: Map<T, Set<string>>,
  target: T,
  { item, head }: { readonly item: WorkItem<T>; readonly head: string | undefined },
): boolean {
  if (head === undefined) return false;
  const { sizeBytes } = item.found;
  if (target.vault.ledger.hasHead(sizeBytes, head)) return true;
  const key = `${sizeBytes} ${head}`;
  const keys = seen.get(target) ?? new Set();
  seen.set(target, keys);
  return keys.has(key) || !keys.add(key);
}

/** The heads of files whose size is that of another one, here or in a vault. */
async function headsOf<T extends TargetView>(
  world: World,
  items: readonly WorkItem<T>[],
): Promise<Map<WorkItem<T>, string>> {
  const counts = new Map<number, number>();
  for (const { found } of items) {
    counts.set(found.sizeBytes, (counts.get(found.sizeBytes) ?? 0) + 1);
  }
  const asked = items.filter(({ found, wants }) => {
    const isTwice = (counts.get(found.sizeBytes) ?? 0) > 1;
    return isTwice || wants.keys().some(({ vault }) => vault.ledger.hasSize(found.sizeBytes));
  });
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
