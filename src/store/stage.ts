import type { BlobId } from '../base/index.ts';
import type { Disk, FileFacts, ReadableFile } from '../platform/index.ts';
import { type FileDigest, RunningDigest, readChunks } from './digest-file.ts';
import { type Failure, failureOf } from './failure.ts';
import {
  abandonPart,
  newPart,
  openPart,
  type Part,
  type PartOutcome,
  partOutcome,
  removeQuietly,
  syncPart,
  verifyPart,
  writePart,
} from './part.ts';
import { isStopped, STOPPED, type StopMemory, stoppedError } from './stop-flag.ts';

/** One file to be read once and copied to unfinished files on several targets. */
export interface StageFile {
  readonly source: string;
  /** Absolute path of the unfinished file on each target; null where the target does not need it. */
  readonly parts: readonly (string | null)[];
}

/** What became of one file. `changed`: it kept changing while it was read. */
export type StageOutcome =
  | {
      readonly state: 'read';
      readonly blob: BlobId;
      readonly sizeBytes: number;
      readonly head: string;
      readonly mtimeMs: number;
      readonly mode: number;
      readonly parts: readonly PartOutcome[];
    }
  /** `stopped`: nothing of it was kept, as it was asked for. */
  | { readonly state: 'changed' | 'stopped' }
  | { readonly state: 'unreadable'; readonly failure: Failure };

/** Who listens while files are read, and may end it. */
export interface StageListener {
  /** Once it is raised, what is not verified yet is given up within one chunk. */
  readonly stop?: StopMemory;
  /** Called with the first bytes of each file (at most 1 MiB) while they are in memory. */
  onHead?(fileIndex: number, bytes: Uint8Array): void;
  /** Called with the number of bytes just read; negative when a file's bytes do not count after all. */
  onBytes?(count: number): void;
}

/**
 * Copies a batch of files: reads each once, digests while it writes; then syncs all; then reads every copy back,
 * past the page cache where the system can, and compares digests. A copy that does not come back right is a failed part.
 * No error of one file or one target touches another; unfinished files of failed parts are removed.
 */
export async function stageFiles(
  disk: Disk,
  files: readonly StageFile[],
  listener: StageListener = {},
): Promise<StageOutcome[]> {
  const copies: Copy[] = [];
  for (const [index, file] of files.entries()) {
    copies.push(await copyOnce(disk, file, index, listener));
  }
  // All writes before all syncs: the system can then make a batch of small files durable together.
  for (const copy of copies) for (const part of copy.parts) await syncPart(part, listener.stop);
  for (const copy of copies) {
    for (const part of copy.parts)
      await verifyPart(disk, part, { blob: copy.digest?.blob, stop: listener.stop });
  }
  for (const copy of copies) {
    if (wasStopped(copy)) for (const part of copy.parts) await abandonPart(part, NOT_READ);
    for (const part of copy.parts) if (part.failure !== null) await removeQuietly(disk, part.path);
  }
  return copies.map(outcomeOf);
}

/** A file on its way: what was read and one part for each target that needs it. */
interface Copy {
  digest: Omit<FileDigest, 'isDirect'> | null;
  facts: FileFacts | null;
  unreadable: Failure | null;
  readonly slots: readonly (Part | null)[];
  readonly parts: readonly Part[];
}

async function copyOnce(
  disk: Disk,
  file: StageFile,
  index: number,
  listener: StageListener,
): Promise<Copy> {
  const slots = file.parts.map((path) => (path === null ? null : newPart(path)));
  const parts = slots.filter((part) => part !== null);
  const copy: Copy = { digest: null, facts: null, unreadable: null, slots, parts };
  let source: ReadableFile | null = null;
  try {
    if (isStopped(listener.stop)) throw stoppedError();
    source = await disk.openRead(file.source);
    for (const part of parts) await openPart(disk, part);
    await copyBytes(readChunks(source, listener.stop), { source, copy }, (bytes, isHead) => {
      if (isHead) listener.onHead?.(index, bytes);
      listener.onBytes?.(bytes.length);
    });
  } catch (error) {
    copy.unreadable = failureOf(error);
  } finally {
    // A card that was pulled out cannot even be closed; what was read is judged by its bytes.
    await source?.close().catch(() => {});
  }
  const isLost = copy.unreadable !== null || copy.digest === null;
  if (isLost) for (const part of parts) await abandonPart(part, NOT_READ);
  return copy;
}

/** Leaves `copy.digest` null where the file changed between its first and its last byte. */
async function copyBytes(
  chunks: AsyncIterable<Uint8Array>,
  { source, copy }: { readonly source: ReadableFile; readonly copy: Copy },
  onChunk: (bytes: Uint8Array, isHead: boolean) => void,
): Promise<void> {
  const before = await source.facts();
  const digest = new RunningDigest();
  let isHead = true;
  for await (const chunk of chunks) {
    onChunk(chunk, isHead);
    isHead = false;
    digest.update(chunk);
    for (const part of copy.parts) await writePart(part, chunk);
  }
  const read = digest.finish();
  const after = await source.facts();
  const isStill =
    read.sizeBytes === before.sizeBytes &&
    after.sizeBytes === before.sizeBytes &&
    after.mtimeMs === before.mtimeMs;
  copy.facts = after;
  copy.digest = isStill ? read : null;
}

const NOT_READ: Failure = { code: 'ECANCELED', message: 'the source could not be read' };

/** Whether a file was given up because somebody asked to stop: then it counts for no target. */
function wasStopped(copy: Copy): boolean {
  const failures = [copy.unreadable, ...copy.parts.map((part) => part.failure)];
  return failures.some((failure) => failure?.code === STOPPED);
}

function outcomeOf(copy: Copy): StageOutcome {
  if (wasStopped(copy)) return { state: 'stopped' };
  if (copy.unreadable !== null) return { state: 'unreadable', failure: copy.unreadable };
  if (copy.digest === null || copy.facts === null) return { state: 'changed' };
  return {
    state: 'read',
    ...copy.digest,
    mtimeMs: copy.facts.mtimeMs,
    mode: copy.facts.mode,
    parts: copy.slots.map(partOutcome),
  };
}
