import type { BlobId } from '../base/index.ts';
import type { Task, TaskWorld } from '../platform/index.ts';
import { type ContentNeed, digestFile, headOf } from '../store/index.ts';
import { originalOf } from './read-place.ts';

/** A content that is written as it was, from whatever form it can be read. */
export interface OriginalRequest {
  readonly content: ContentNeed;
  /** Absolute path of the unfinished file. */
  readonly unfinished: string;
}

/** The unfinished file, synced and read back right. */
export interface WrittenOriginal {
  readonly blob: BlobId;
  readonly sizeBytes: number;
  readonly head: string;
  readonly isDirect: boolean;
}

/** Runs {@link writeOriginal} in a worker. */
export const ORIGINAL_TASK: Task<OriginalRequest, WrittenOriginal> = {
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
): Promise<WrittenOriginal> {
  const bytes = await originalOf(disk, content);
  const file = await disk.createNew(unfinished);
  try {
    await file.write(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  const { blob, sizeBytes, isDirect } = await digestFile(disk, unfinished, { direct: true });
  if (blob !== content.blob) throw Object.assign(new Error('other bytes'), { code: 'EVERIFY' });
  return { blob, sizeBytes, head: await headOf(disk, unfinished), isDirect };
}
