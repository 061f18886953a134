import type { BlobId } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import type { StageOutcome } from '../store/index.ts';
import {
  type BlobRecord,
  type EntryRecord,
  type SuspectRecord,
  splitPlace,
} from '../vault/index.ts';
import { type BackupRun, giveUpTarget } from './run.ts';
import { PUBLISH_TASK } from './stage-task.ts';
import type { Target } from './target.ts';
import type { WorkItem } from './work.ts';

/** A verified unfinished file that gets its final name. */
export interface Copied {
  readonly item: WorkItem;
  readonly outcome: Extract<StageOutcome, { state: 'read' }>;
  /** Absolute path of the unfinished file. */
  readonly part: string;
  /** Local day from the picture itself; null where it does not say. */
  readonly day: string | null;
  readonly isDirect: boolean;
}

/** A line that may be written once the vault holds its blob. */
interface Line {
  readonly item: WorkItem;
  readonly blob: BlobId;
  readonly record: EntryRecord | SuspectRecord;
}

/** What one batch does to one target. */
export class TargetBatch {
  readonly target: Target;
  readonly publications: Copied[] = [];
  readonly lines: Line[] = [];
  /** Resolves when this batch has published, or failed to: claims of others wait for it. */
  readonly published: Promise<void>;
  readonly settle: () => void;

  constructor(target: Target) {
    this.target = target;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.published = promise;
    this.settle = resolve;
  }
}

/** Publishes a batch on its target and writes its lines; what others failed to publish is to be tried again. */
export async function publishBatchTo(
  world: World,
  run: Pick<BackupRun, 'issues'>,
  batch: TargetBatch,
  again: Set<WorkItem>,
): Promise<void> {
  const { target } = batch;
  try {
    if (target.isLost) return;
    const blobs = await publishAll(world, batch);
    const own = batch.lines.filter((line) => target.isHeldOrOurs(line.blob, blobs));
    await target.commit([...blobs, ...own.map((line) => line.record)]);
    countBlobs(target, blobs);
    batch.settle();
    await writeWaitingLines(batch, own, again);
  } catch (error) {
    await giveUpTarget(run, target, error);
  } finally {
    for (const { outcome } of batch.publications) target.unclaim(outcome.blob);
    batch.settle();
  }
}

/** Lines whose content another batch was publishing at the same moment. */
async function writeWaitingLines(
  batch: TargetBatch,
  done: readonly Line[],
  again: Set<WorkItem>,
): Promise<void> {
  const { target } = batch;
  for (const line of batch.lines) {
    if (done.includes(line)) continue;
    if (await target.settled(line.blob)) await target.commit([line.record]);
    else {
      line.item.mustCopy = true;
      again.add(line.item);
    }
  }
}

/** Gives every copy a name; a name that someone else took meanwhile is replaced by a longer one. */
async function publishAll(world: World, batch: TargetBatch): Promise<BlobRecord[]> {
  const records: BlobRecord[] = [];
  let left: readonly Copied[] = batch.publications;
  while (left.length > 0) {
    const named = await nameAll(world, batch.target, left);
    const { root } = batch.target.vault;
    const folders = new Set(
      named.flatMap(({ at }) => batch.target.writer.foldersToSync(splitPlace(at).folder)),
    );
    const outcome = await world.workers.run(PUBLISH_TASK, {
      files: named.map(({ copied, at }) => ({ part: copied.part, target: `${root}/${at}` })),
      folders: [...folders],
    });
    if (outcome.strength === 'weak') batch.target.isWeak = true;
    const published = named.filter((_, index) => outcome.states[index] === 'published');
    const time = new Date(world.clock.nowMs()).toISOString();
    records.push(...published.map(({ copied, at }) => blobRecord(copied, at, time)));
    left = named.filter((name) => !published.includes(name)).map(({ copied }) => copied);
  }
  return records;
}

interface Named {
  readonly copied: Copied;
  readonly at: string;
}

async function nameAll(world: World, target: Target, copies: readonly Copied[]): Promise<Named[]> {
  const named: Named[] = [];
  for (const copied of copies) {
    const { item, outcome } = copied;
    const day = copied.day ?? localDay(world, outcome.mtimeMs);
    const at = await target.writer.claimPlace(item.found.name, outcome.blob, day);
    named.push({ copied, at });
  }
  return named;
}

/** The day of a moment in local time, `YYYY-MM-DD`. */
function localDay(world: World, timeMs: number): string {
  const localMs = timeMs + world.clock.offsetMinutes(timeMs) * 60_000;
  const day = new Date(Number.isFinite(localMs) ? localMs : 0).toISOString().slice(0, 10);
  return /^\d{4}-/.test(day) ? day : '1970-01-01';
}

function blobRecord({ outcome, isDirect }: Copied, at: string, time: string): BlobRecord {
  return {
    type: 'blob',
    blob: outcome.blob,
    size: outcome.sizeBytes,
    form: 'verbatim',
    at,
    head: outcome.head,
    verified: isDirect ? 'direct' : 'cached',
    time,
  };
}

function countBlobs(target: Target, blobs: readonly BlobRecord[]): void {
  target.newBlobs += blobs.length;
  for (const blob of blobs) {
    target.bytesStored += blob.size;
    target.verified[blob.verified] += 1;
  }
}
