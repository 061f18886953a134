import type { BlobId } from '../base/index.ts';
import type { Disk } from '../platform/index.ts';
import { digestFile, type FileDigest } from '../store/index.ts';

/** An unfinished file that was read back right. */
export interface WrittenFile extends FileDigest {
  /** The system would not promise that it is durable. */
  readonly isWeak: boolean;
}

/**
 * Writes bytes to an unfinished file, syncs it and reads it back past the page cache where the system can.
 * @throws the system's error; EVERIFY where other bytes came back
 */
export async function writeUnfinished(
  disk: Disk,
  { path, sha256 }: { readonly path: string; readonly sha256: BlobId },
  bytes: Uint8Array,
): Promise<WrittenFile> {
  let isWeak = false;
  const file = await disk.createNew(path);
  try {
    await file.write(bytes);
    isWeak = (await file.sync()) === 'weak';
  } finally {
    await file.close();
  }
  const read = await digestFile(disk, path, { direct: true });
  if (read.blob === sha256) return { ...read, isWeak };
  throw Object.assign(new Error('the file read back with other bytes'), { code: 'EVERIFY' });
}
