import { mapPool } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import type { ReceiptRecord } from '../vault/index.ts';
import { endInOneSync } from './receipts.ts';
import type { SyncDirection, SyncReport } from './sync-report.ts';

/**
 * The report of a sync of two vaults that were synced whole and not written into since: told by the last lines of their
 * journals, however much they hold. Null where there may be something to do.
 * @param roots their folders
 */
export async function nothingNew(
  world: Pick<World, 'disk' | 'clock'>,
  roots: readonly [string, string],
): Promise<SyncReport | null> {
  const startMs = world.clock.monotonicMs();
  const words = await endInOneSync(world, roots);
  if (words === null) return null;
  for (const [index, root] of roots.entries()) {
    const word = words[index];
    if (word === undefined || !(await isThere(world.disk, root, word))) return null;
  }
  return {
    blobsCopied: 0,
    bytesCopied: 0,
    bytesResumed: 0,
    bytesSent: 0,
    directions: [directionOf(words[0], roots[0]), directionOf(words[1], roots[1])],
    merges: [],
    conflicts: 0,
    heldBack: 0,
    isInterrupted: false,
    isOutOfTime: false,
    isDryRun: false,
    issues: [],
    issueCount: 0,
    durationMs: world.clock.monotonicMs() - startMs,
  };
}

/** Whether the files are there that the last sync told of: where some are lost, or copied halfway, there is something to do. */
async function isThere(
  disk: World['disk'],
  root: string,
  { sample, journals = 0 }: ReceiptRecord,
): Promise<boolean> {
  const names = await disk.listFolder(`${root}/journal`).catch(() => []);
  if (names.length < journals) return false;
  const facts = await disk.stat(`${root}/originals`).catch(() => null);
  if (facts?.kind !== 'folder' || sample === undefined) return false;
  const looks = mapPool(8, sample, async ({ at, size }) => {
    return (await disk.stat(`${root}/${at}`).catch(() => null))?.sizeBytes === size;
  });
  for await (const isRight of looks) if (!isRight) return false;
  return true;
}

function directionOf({ vault, label }: ReceiptRecord, root: string): SyncDirection {
  return { vault, root, label, blobs: 0, bytes: 0, snapshots: 0, awaited: 0, healed: [] };
}
