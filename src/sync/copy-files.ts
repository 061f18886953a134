import type { BlobId } from '../base/index.ts';
import type { Disk, ReadableFile, WritableFile } from '../platform/index.ts';
import {
  digestFile,
  type Failure,
  failureOf,
  isStopped,
  RunningDigest,
  readChunks,
  STOPPED,
  type StopMemory,
  stoppedError,
} from '../store/index.ts';

/** A stored file on its way from one vault to another, exactly as it lies there. */
export interface FileCopy {
  readonly source: string;
  /** Absolute path of the unfinished file. */
  readonly part: string;
  /** An unfinished file that an earlier sync left of the same content; null where there is none. */
  readonly earlier: string | null;
  /** What the file must turn out to be. */
  readonly sha256: BlobId;
  readonly sizeBytes: number;
}

/** What became of a copy. What was not copied whole keeps its unfinished file, for the next sync to go on from. */
export type CopyOutcome =
  /** Durable, read back, and right. `resumedBytes` had arrived before. */
  | {
      readonly state: 'copied';
      readonly isDirect: boolean;
      readonly isWeak: boolean;
      readonly resumedBytes: number;
    }
  /** The source has other bytes than its vault says; `found` is their digest. */
  | { readonly state: 'wrong'; readonly found: string }
  | { readonly state: 'unreadable'; readonly failure: Failure }
  | { readonly state: 'unwritten'; readonly failure: Failure }
  | { readonly state: 'stopped' };

/** Who listens while files are copied, and may end it or slow it down. */
export interface CopyListener {
  readonly stop?: StopMemory;
  /** Makes what has arrived durable after so many bytes; a loss of power then costs no more. */
  readonly syncEveryBytes: number;
  /** Called with the number of bytes that came over the link just now. */
  onBytes?(count: number): void;
  /** Awaited after each piece that came over the link. */
  pace?(count: number): Promise<void>;
}

/** Copies a batch: all are written, then all are made durable, then all are read back. No file's trouble touches another. */
export async function copyFiles(
  disk: Disk,
  files: readonly FileCopy[],
  listener: CopyListener,
): Promise<CopyOutcome[]> {
  const copies = files.map((file): Copying => ({ file, open: null, outcome: null, ...NEW }));
  for (const copy of copies) await guarded(copy, () => copyOnce(disk, copy, listener));
  for (const copy of copies) {
    if (copy.outcome === null) await guarded(copy, () => finishPart(copy));
  }
  for (const copy of copies) {
    if (copy.outcome === null) await guarded(copy, () => verifyPart(disk, copy, listener.stop));
  }
  for (const copy of copies) if (copy.outcome?.state === 'wrong') await dropParts(disk, copy);
  return copies.map(({ outcome, isDirect, isWeak, resumedBytes }) => {
    return outcome ?? { state: 'copied', isDirect, isWeak, resumedBytes };
  });
}

const NEW = { isDirect: false, isWeak: false, resumedBytes: 0, side: 'source' } as const;

interface Copying {
  file: FileCopy;
  open: WritableFile | null;
  outcome: CopyOutcome | null;
  isDirect: boolean;
  isWeak: boolean;
  resumedBytes: number;
  /** Which side is touched at the moment: an error is its own. */
  side: 'source' | 'target';
}

async function guarded(copy: Copying, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    const failure = failureOf(error);
    if (failure.code === STOPPED) copy.outcome = { state: 'stopped' };
    else if (copy.side === 'source') copy.outcome = { state: 'unreadable', failure };
    else copy.outcome = { state: 'unwritten', failure };
    // What has arrived is kept as well as it can be: it need not be sent again.
    await copy.open?.sync().catch(() => {});
    await copy.open?.close().catch(() => {});
    copy.open = null;
  }
}

async function copyOnce(disk: Disk, copy: Copying, listener: CopyListener): Promise<void> {
  const { file } = copy;
  if (isStopped(listener.stop)) throw stoppedError();
  const digest = new RunningDigest();
  copy.side = 'target';
  if ((await disk.stat(file.part)) !== null) await disk.removeFile(file.part);
  copy.open = await disk.createNew(file.part);
  await takeEarlier(disk, copy, copy.open, digest);
  copy.side = 'source';
  const source = await disk.openRead(file.source);
  try {
    await copyRest(source, copy, { digest, listener, target: copy.open });
  } finally {
    await source.close().catch(() => {});
  }
  const found = digest.finish();
  if (found.blob === file.sha256) return;
  await copy.open.close();
  copy.open = null;
  if (copy.resumedBytes === 0) {
    copy.outcome = { state: 'wrong', found: found.blob };
    return;
  }
  // What an earlier sync left was not what it seemed: all of it once more, and from the source alone.
  copy.resumedBytes = 0;
  copy.file = { ...file, earlier: null };
  await copyOnce(disk, copy, listener);
}

/** Copies what an earlier sync left, as far as it can be read; where it cannot, nothing of it is taken. */
async function takeEarlier(
  disk: Disk,
  copy: Copying,
  target: WritableFile,
  digest: RunningDigest,
): Promise<void> {
  const { earlier, sizeBytes } = copy.file;
  if (earlier === null) return;
  const left = await disk.openRead(earlier).catch(() => null);
  if (left === null) return;
  try {
    for await (const chunk of readChunks(left)) {
      const usable = chunk.subarray(0, sizeBytes - copy.resumedBytes);
      await target.write(usable);
      digest.update(usable);
      copy.resumedBytes += usable.length;
    }
  } finally {
    await left.close().catch(() => {});
  }
  // All of it stands in the new one: kept too, each cut would leave one more.
  if ((await target.sync()) === 'durable') await disk.removeFile(earlier).catch(() => {});
}

async function copyRest(
  source: ReadableFile,
  copy: Copying,
  going: {
    readonly digest: RunningDigest;
    readonly listener: CopyListener;
    readonly target: WritableFile;
  },
): Promise<void> {
  const { digest, listener, target } = going;
  let unsynced = 0;
  for await (const chunk of readChunks(source, listener.stop, copy.resumedBytes)) {
    copy.side = 'target';
    digest.update(chunk);
    await target.write(chunk);
    listener.onBytes?.(chunk.length);
    unsynced += chunk.length;
    if (unsynced >= listener.syncEveryBytes) {
      await target.sync();
      unsynced = 0;
    }
    await listener.pace?.(chunk.length);
    copy.side = 'source';
  }
}

async function finishPart(copy: Copying): Promise<void> {
  copy.side = 'target';
  copy.isWeak = (await copy.open?.sync()) === 'weak';
  await copy.open?.close();
  copy.open = null;
}

async function verifyPart(disk: Disk, copy: Copying, stop: StopMemory | undefined): Promise<void> {
  const read = await digestFile(disk, copy.file.part, { direct: true, stop });
  copy.isDirect = read.isDirect;
  if (read.blob === copy.file.sha256) return;
  await disk.removeFile(copy.file.part).catch(() => {});
  const failure = { code: 'EVERIFY', message: 'the copy read back with other bytes' };
  copy.outcome = { state: 'unwritten', failure };
}

/** Wrong bytes are no beginning of anything. */
async function dropParts(disk: Disk, { file }: Copying): Promise<void> {
  await disk.removeFile(file.part).catch(() => {});
  if (file.earlier !== null) await disk.removeFile(file.earlier).catch(() => {});
}
