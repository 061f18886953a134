import { LIMITS } from '../base/index.ts';
import type { Disk } from '../platform/index.ts';
import { digestFile, RunningDigest, readChunks } from './digest-file.ts';
import { publishFiles } from './publish.ts';

/**
 * Makes bytes durable under a new name: unfinished file, sync, read back, rename, sync file and folder.
 * @param part absolute path of the unfinished file, in a folder that exists
 * @param target absolute path of the final name
 * @returns false, with nothing left behind, where the name is taken
 * @throws the disk's own error; EIO where other bytes came back
 */
export async function writeSmallFile(
  disk: Disk,
  part: string,
  target: string,
  bytes: Uint8Array,
): Promise<boolean> {
  const file = await disk.createNew(part);
  try {
    await file.write(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  const written = new RunningDigest();
  written.update(bytes);
  if ((await digestFile(disk, part, { direct: true })).blob !== written.finish().blob) {
    await disk.removeFile(part);
    throw Object.assign(new Error(`EIO: ${part} read back with other bytes`), { code: 'EIO' });
  }
  const folder = target.slice(0, target.lastIndexOf('/'));
  const { states } = await publishFiles(disk, [{ part, target }], [folder]);
  if (states[0] === 'published') return true;
  await disk.removeFile(part);
  return false;
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
