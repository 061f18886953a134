import type { BlobId } from '../base/index.ts';
import type { Disk, WritableFile } from '../platform/index.ts';
import { digestFile } from './digest-file.ts';
import { type Failure, failureOf } from './failure.ts';
import { isStopped, type StopMemory, stoppedError } from './stop-flag.ts';

/** What became of one target's copy: durable and read back right, or not there. */
export type PartOutcome =
  | { readonly state: 'verified'; readonly isDirect: boolean; readonly isWeak: boolean }
  | { readonly state: 'failed'; readonly failure: Failure }
  | { readonly state: 'none' };

/** One unfinished file while it is written: an error spoils this part only. */
export interface Part {
  readonly path: string;
  file: WritableFile | null;
  failure: Failure | null;
  isWeak: boolean;
  isDirect: boolean;
}

/** An unfinished file that is not opened yet. */
export function newPart(path: string): Part {
  return { path, file: null, failure: null, isWeak: false, isDirect: false };
}

/** Creates the file. */
export async function openPart(disk: Disk, part: Part): Promise<void> {
  await guardPart(part, async () => {
    part.file = await disk.createNew(part.path);
  });
}

/** Appends bytes, unless the part failed before. */
export async function writePart(part: Part, bytes: Uint8Array): Promise<void> {
  if (part.failure === null) await guardPart(part, async () => part.file?.write(bytes));
}

/** Makes what was written durable and closes the file. */
export async function syncPart(part: Part, stop: StopMemory | undefined): Promise<void> {
  if (part.failure !== null) return;
  await guardPart(part, async () => {
    if (isStopped(stop)) throw stoppedError();
    part.isWeak = (await part.file?.sync()) !== 'durable';
    await part.file?.close();
    part.file = null;
  });
}

/** Reads the copy back, past the page cache where the system can; other bytes than those of `blob` fail the part. */
export async function verifyPart(
  disk: Disk,
  part: Part,
  { blob, stop }: { readonly blob: BlobId | undefined; readonly stop: StopMemory | undefined },
): Promise<void> {
  if (part.failure !== null) return;
  await guardPart(part, async () => {
    const read = await digestFile(disk, part.path, { direct: true, stop });
    part.isDirect = read.isDirect;
    if (read.blob !== blob) {
      part.failure = { code: 'EVERIFY', message: 'the copy read back with other bytes' };
    }
  });
}

/** Runs one step of a part; an error spoils this part only. */
async function guardPart(part: Part, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    await abandonPart(part, failureOf(error));
  }
}

/** Closes a part for the reason given first. */
export async function abandonPart(part: Part, failure: Failure): Promise<void> {
  part.failure ??= failure;
  const file = part.file;
  part.file = null;
  await file?.close().catch(() => {});
}

/** Removes an unfinished file that nobody needs; never fails. */
export async function removeQuietly(disk: Disk, path: string): Promise<void> {
  // What cannot be removed now is only an unfinished file, which the next run clears away.
  await disk.removeFile(path).catch(() => {});
}

/** What became of a part; null: none was wanted. */
export function partOutcome(part: Part | null): PartOutcome {
  if (part === null) return { state: 'none' };
  if (part.failure !== null) return { state: 'failed', failure: part.failure };
  return { state: 'verified', isDirect: part.isDirect, isWeak: part.isWeak };
}
