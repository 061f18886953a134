import { LIMITS } from '../base/index.ts';
import { isImmutable } from '../metadata/index.ts';
import type { World } from '../platform/index.ts';
import type { Failure, PartOutcome, StageOutcome } from '../store/index.ts';
import type { EntryRecord, SuspectRecord } from '../vault/index.ts';
import { addBytes } from './progress.ts';
import { type BackupRun, giveUpTarget, holdBack, reportUnreadable } from './run.ts';
import type { StageReply } from './stage-task.ts';
import { entryOf } from './survey.ts';
import type { Target } from './target.ts';
import { publishBatchTo, TargetBatch } from './target-batch.ts';
import { type Plan, type Reason, shownPath, type WorkItem } from './work.ts';

type ReadOutcome = Extract<StageOutcome, { state: 'read' }>;

/** Decides what each file of a staged batch becomes, publishes, writes the journals; returns what to try again. */
export async function settleBatch(
  world: World,
  run: BackupRun,
  plans: readonly Plan[],
  reply: StageReply,
): Promise<WorkItem[]> {
  const again = new Set<WorkItem>();
  let stopped = 0;
  const batches = new Map(run.targets.map((target) => [target, new TargetBatch(target)] as const));
  for (const [index, plan] of plans.entries()) {
    const outcome = reply.outcomes[index];
    if (outcome?.state === 'read') {
      run.bytesRead += outcome.sizeBytes;
      const day = reply.days[index] ?? null;
      await settleRead(world, run, { plan, outcome, day, batches, again });
    } else if (outcome?.state === 'changed') settleChanged(run, plan.item, again);
    else if (outcome?.state === 'stopped') stopped += 1;
    else if (outcome?.state === 'unreadable') {
      await reportUnreadable(world, run, plan.item, outcome.failure);
    }
  }
  for (const batch of batches.values()) await publishBatchTo(world, run, batch, again);
  for (const item of again) addBytes(run.progress.bytesCounter, -item.found.sizeBytes);
  run.progress.filesDone += plans.length - again.size - stopped;
  return [...again];
}

/** A file that was read whole, on its way to every target that wants it. */
interface Settling {
  readonly plan: Plan;
  readonly outcome: ReadOutcome;
  readonly day: string | null;
  readonly batches: ReadonlyMap<Target, TargetBatch>;
  readonly again: Set<WorkItem>;
}

async function settleRead(world: World, run: BackupRun, settling: Settling): Promise<void> {
  const { plan, outcome } = settling;
  const path = shownPath(plan.item);
  for (const [target, reason] of [...plan.item.wants]) {
    const known = target.known(plan.item.source.name, plan.item.found.path);
    const isOther = known !== undefined && known.kind === 'file' && known.content !== outcome.blob;
    if (reason === 'sample' && !isOther) continue;
    const isCopied = await settleFor(world, run, settling, target);
    if (!isCopied || !isOther || !target.isPrimary || !isImmutable(path)) continue;
    if (reason === 'sample') run.issues.add('SUSPECTED_ROT', path, ROT);
    else run.issues.add('CAPTURE_CHANGED', path, CHANGED);
  }
}

const ROT =
  'This picture has the size and time it had, but other bytes: the card or drive may be failing. The good content stays in the snapshot; what was read now is kept beside it.';
const CHANGED =
  'This picture was changed since it was first protected. Both contents are kept; the new one is in this snapshot.';

/** True where the target will hold the content and its line is waiting to be written. */
async function settleFor(
  world: World,
  run: BackupRun,
  { plan, outcome, day, batches, again }: Settling,
  target: Target,
): Promise<boolean> {
  const { item } = plan;
  const part = outcome.parts[run.targets.indexOf(target)] ?? { state: 'none' };
  const path = plan.parts.get(target);
  if (part.state === 'failed') return partFailed(world, run, { item, target, part, again });
  const batch = batches.get(target);
  if (batch === undefined) return false;
  if (part.state === 'none' && !target.holdsOrWillHold(outcome.blob)) {
    item.mustCopy = true;
    again.add(item);
    return false;
  }
  if (path !== undefined) {
    const isOurs = target.claim(outcome.blob, batch.published);
    if (isOurs)
      batch.publications.push({ item, outcome, part: path, day, isDirect: isDirect(part) });
    else await world.disk.removeFile(path).catch(() => {});
    if (part.state === 'verified' && part.isWeak) target.isWeak = true;
  }
  const reason = item.wants.get(target) ?? 'new';
  batch.lines.push({ item, blob: outcome.blob, record: lineOf(run, item, outcome, reason) });
  return true;
}

function isDirect(part: PartOutcome): boolean {
  return part.state === 'verified' && part.isDirect;
}

function lineOf(
  run: BackupRun,
  item: WorkItem,
  outcome: ReadOutcome,
  reason: Reason,
): EntryRecord | SuspectRecord {
  const found = { ...item.found, sizeBytes: outcome.sizeBytes, mtimeMs: outcome.mtimeMs };
  const entry: EntryRecord = { ...entryOf(run.id, item.source, found), blob: outcome.blob };
  if (reason !== 'sample' || !isImmutable(shownPath(item))) return entry;
  const { source, path, size, mtimeUs } = entry;
  return { type: 'suspect', run: run.id, source, path, blob: outcome.blob, size, mtimeUs };
}

function settleChanged(run: BackupRun, item: WorkItem, again: Set<WorkItem>): void {
  item.tries += 1;
  if (item.tries < LIMITS.changedWhileReadTriesMax) {
    again.add(item);
    return;
  }
  run.issues.add(
    'CHANGED_WHILE_READ',
    shownPath(item),
    'This file kept changing while it was read and is NOT protected in its newest form. Close the program that writes it and run the backup again.',
  );
}

/** What systems say where a drive has no room left. */
export const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
/** What they say where nothing may be written. */
export const READ_ONLY: ReadonlySet<string> = new Set(['EROFS', 'EACCES', 'EPERM']);

/** A copy that failed: the drive is full, gone, write-protected, or only this copy went wrong. Never true. */
async function partFailed(
  world: World,
  run: BackupRun,
  trouble: {
    readonly item: WorkItem;
    readonly target: Target;
    readonly part: { readonly failure: Failure };
    readonly again: Set<WorkItem>;
  },
): Promise<false> {
  const { item, target, part, again } = trouble;
  const { code, message } = part.failure;
  if (FULL.has(code)) {
    holdBack(run, item, target);
    return false;
  }
  const root = await world.disk.stat(target.vault.root).catch(() => null);
  if (root === null || READ_ONLY.has(code)) {
    await giveUpTarget(run, target, Object.assign(new Error(message), { code }));
    return false;
  }
  item.tries += 1;
  if (item.tries < LIMITS.writeTriesMax) {
    again.add(item);
    return false;
  }
  run.issues.add(
    'WRITE_FAILED',
    shownPath(item),
    `The copy in ${target.vault.root} did not come back right ${item.tries} times (${message}): this file is NOT protected there. Check the drive and its cable.`,
  );
  return false;
}
