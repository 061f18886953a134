import { LIMITS } from '../base/index.ts';
import type { Disk } from '../platform/index.ts';
import { readChunks } from './digest-file.ts';

/**
 * Writes a small file under its final, new name: create, write, sync, read back, sync the folder.
 * No rename is needed: a reader knows whole files by their own check. EEXIST where the name is taken.
 */
export async function writeNewFile(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  const file = await disk.createNew(path);
  try {
    await file.write(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await disk.syncFolder(path.slice(0, path.lastIndexOf('/')));
}

/** All bytes of a file that must not be larger than `bytesMax`; null where it is not there or larger. */
export async function readSmallFile(
  disk: Disk,
  path: string,
  bytesMax: number = LIMITS.journalLineBytesMax,
): Promise<Uint8Array | null> {
  const facts = await disk.stat(path);
  if (facts === null || facts.kind !== 'file' || facts.sizeBytes > bytesMax) return null;
  const file = await disk.openRead(path);
  try {
    const parts: Uint8Array[] = [];
    for await (const chunk of readChunks(file)) parts.push(chunk.slice());
    return Buffer.concat(parts);
  } finally {
    await file.close();
  }
}
