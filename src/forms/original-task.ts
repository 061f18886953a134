import type { Task, TaskWorld } from '../platform/index.ts';
import type { ContentNeed, FileDigest } from '../store/index.ts';
import { originalOf } from './read-place.ts';
import { writeUnfinished } from './write-unfinished.ts';

/** A content that is written as it was, from whatever form it can be read. */
export interface OriginalRequest {
  readonly content: ContentNeed;
  /** Absolute path of the unfinished file. */
  readonly unfinished: string;
}

/** Runs {@link writeOriginal} in a worker. */
export const ORIGINAL_TASK: Task<OriginalRequest, FileDigest> = {
  moduleUrl: import.meta.url,
  name: 'writeOriginal',
};

/**
 * Writes a content verbatim, syncs it and reads it back.
 * @throws FieldVaultError DAMAGED where no place gives it, or the system's error
 */
export async function writeOriginal(
  { disk }: TaskWorld,
  { content, unfinished }: OriginalRequest,
): Promise<FileDigest> {
  const bytes = await originalOf(disk, content);
  return writeUnfinished(disk, { path: unfinished, sha256: content.blob }, bytes);
}
