import type { BlobId } from '../base/index.ts';
import type { KnownContent } from '../codec/index.ts';
import type { Disk, Task, TaskWorld } from '../platform/index.ts';
import {
  type ContentNeed,
  type Failure,
  failureOf,
  isStopped,
  STOPPED,
  type StopMemory,
} from '../store/index.ts';
import { type EncodedContent, encodeContent } from './encode-content.ts';
import type { FormName } from './form.ts';
import { digestOf, originalOf } from './read-place.ts';
import { writeUnfinished } from './write-unfinished.ts';

/** A content that is to be stored in fewer bytes. */
export interface EncodeRequest {
  readonly content: ContentNeed;
  /** Another frame of its burst, which it may need from then on. */
  readonly sibling: ContentNeed | null;
  /** An earlier version of the same file, which it may need from then on. */
  readonly base: ContentNeed | null;
  /** Absolute paths for unfinished files: the form's own, then one for each file that belongs to it. */
  readonly unfinished: readonly string[];
  readonly stop: StopMemory;
}

/** A file that was written, synced and read back right, and has no name yet. */
export interface StagedFile {
  /** Absolute path of the unfinished file. */
  readonly path: string;
  readonly size: number;
  readonly sha256: BlobId;
}

/** What became of it. */
export type EncodeOutcome =
  | {
      readonly state: 'encoded';
      readonly form: Exclude<FormName, 'verbatim'>;
      readonly file: StagedFile;
      readonly parts: readonly StagedFile[];
      readonly needs: readonly BlobId[];
      readonly isDirect: boolean;
    }
  /** It stays as it is; nothing was written, or on `weak` storage nothing was left. */
  | { readonly state: 'no-gain' | 'stopped' | 'weak' }
  /** What stands there is not the content: nothing was written. */
  | { readonly state: 'damaged'; readonly message: string }
  /** Its form could not be made, or the vault's drive would not take it. */
  | { readonly state: 'failed'; readonly failure: Failure };

/** Runs {@link encodeToDisk} in a worker. */
export const ENCODE_TASK: Task<EncodeRequest, EncodeOutcome> = {
  moduleUrl: import.meta.url,
  name: 'encodeToDisk',
};

/**
 * Reads a content and compares its digest, finds the smallest form, decodes that and compares every byte, writes it,
 * syncs, and reads it back past the page cache.
 */
export async function encodeToDisk(
  { disk }: TaskWorld,
  request: EncodeRequest,
): Promise<EncodeOutcome> {
  const read = await readAll(disk, request);
  if ('state' in read) return read;
  const removeAll = async (): Promise<void> => {
    for (const path of request.unfinished) await disk.removeFile(path).catch(() => {});
  };
  try {
    const encoded = encodeContent(read.content, read);
    if (isStopped(request.stop)) return { state: 'stopped' };
    if (encoded === null) return { state: 'no-gain' };
    const outcome = await writeAll(disk, encoded, request.unfinished);
    if (outcome.state === 'weak') await removeAll();
    return outcome;
  } catch (error) {
    await removeAll();
    return { state: 'failed', failure: failureOf(error) };
  }
}

interface Contents {
  readonly content: KnownContent;
  readonly sibling: KnownContent | null;
  readonly base: KnownContent | null;
}

async function readAll(disk: Disk, request: EncodeRequest): Promise<Contents | EncodeOutcome> {
  const { content, stop } = request;
  try {
    const bytes = await originalOf(disk, content, stop);
    return {
      content: { id: content.blob, bytes },
      sibling: await readKnown(disk, request.sibling, stop),
      base: await readKnown(disk, request.base, stop),
    };
  } catch (error) {
    const failure = failureOf(error);
    if (failure.code === STOPPED || isStopped(stop)) return { state: 'stopped' };
    return { state: 'damaged', message: failure.message };
  }
}

/** What cannot be read is not built on. */
async function readKnown(
  disk: Disk,
  need: ContentNeed | null,
  stop: StopMemory,
): Promise<KnownContent | null> {
  if (need === null) return null;
  try {
    return { id: need.blob, bytes: await originalOf(disk, need, stop) };
  } catch (error) {
    if (failureOf(error).code === STOPPED) throw error;
    return null;
  }
}

async function writeAll(
  disk: Disk,
  { form, stored, parts, needs }: EncodedContent,
  paths: readonly string[],
): Promise<EncodeOutcome> {
  const files: StagedFile[] = [];
  let isDirect = true;
  for (const [index, bytes] of [stored, ...parts].entries()) {
    const path = paths[index] ?? '';
    const file = { path, size: bytes.length, sha256: digestOf(bytes) };
    const written = await writeUnfinished(disk, file, bytes);
    // The verbatim file is to go: only for what a power cut cannot take.
    if (written.isWeak) return { state: 'weak' };
    isDirect &&= written.isDirect;
    files.push(file);
  }
  const [file, ...others] = files;
  if (file === undefined) return { state: 'no-gain' };
  return { state: 'encoded', form, file, parts: others, needs, isDirect };
}
