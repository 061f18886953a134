import type { IssueLog } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import type { Failure, StopFlag } from '../store/index.ts';
import { type RunId, targetError } from '../vault/index.ts';
import type { Progress } from './progress.ts';
import type { Source } from './sources.ts';
import type { Target } from './target.ts';
import { shownPath, type WorkItem } from './work.ts';

/** One backup under way. */
export interface BackupRun {
  readonly id: RunId;
  readonly sources: readonly Source[];
  /** The primary first. */
  readonly targets: readonly Target[];
  readonly issues: IssueLog;
  readonly progress: Progress;
  readonly signal: AbortSignal | undefined;
  /** Raised when the signal aborts: it reaches the threads. */
  readonly stop: StopFlag;
  /** Sources that were pulled out, with the number of files that were still to be protected. */
  readonly vanished: Map<string, number>;
  bytesRead: number;
}

/** Whether anyone still waits for this item; counts what a vanished source leaves undone. */
export function isWanted(run: BackupRun, item: WorkItem): boolean {
  const count = run.vanished.get(item.source.name);
  if (count !== undefined) {
    run.vanished.set(item.source.name, count + 1);
    return false;
  }
  for (const target of item.wants.keys()) if (target.isLost) item.wants.delete(target);
  return item.wants.size > 0;
}

/**
 * Ends work on a vault after an error that is not one file's: a mirror is given up with an issue.
 * @throws FieldVaultError where it is the primary
 */
export async function giveUpTarget(
  run: Pick<BackupRun, 'issues'>,
  target: Target,
  error: unknown,
): Promise<void> {
  const reason = targetError(error, target.vault.root);
  if (target.isPrimary) throw reason;
  if (target.isLost) return;
  target.isLost = true;
  await target.writer.letGo();
  run.issues.add(
    'MIRROR_LOST',
    target.vault.root,
    `The mirror was given up: ${reason.message} The main vault goes on; run the backup again with the mirror later.`,
  );
}

/** Records that a target has no room for a file; smaller files may still fit. */
export function holdBack(run: BackupRun, item: WorkItem, target: Target): void {
  item.wants.delete(target);
  target.isFull = true;
  run.issues.add(
    'TARGET_FULL',
    shownPath(item),
    `${target.vault.root} has no room for this file of ${item.found.sizeBytes} bytes: it is NOT protected there. Free space or use another drive, then run the backup again.`,
  );
}

/** What systems say of a device that is not there any more, while they still remember its top folder. */
const GONE = new Set(['ENOTCONN', 'ENODEV', 'ENXIO', 'ESTALE', 'EHOSTDOWN', 'ESHUTDOWN']);

/** Reports a file that could not be read, or notes that its whole source is not there any more. */
export async function reportUnreadable(
  world: World,
  run: BackupRun,
  item: WorkItem,
  { code, message }: Failure,
): Promise<void> {
  const root = await world.disk.stat(item.source.origin).catch(() => null);
  if (root === null || GONE.has(code)) {
    run.vanished.set(item.source.name, (run.vanished.get(item.source.name) ?? 0) + 1);
    return;
  }
  run.issues.add(
    'UNREADABLE',
    shownPath(item),
    `This file could not be read (${message}) and is NOT protected. Try another reader or cable; "rescue" reads around bad spots.`,
  );
}

/** Names each source that was pulled out, with what is still unprotected. */
export function reportVanished(run: BackupRun): void {
  for (const [name, count] of run.vanished) {
    run.issues.add(
      'SOURCE_VANISHED',
      name,
      `The source went away during the backup; ${count} of its files are NOT protected yet. Connect it again and run the backup again: it goes on where it stopped.`,
    );
  }
}
