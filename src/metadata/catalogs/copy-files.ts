import { LIMITS, systemCodeOf } from '../../base/index.ts';
import type { Disk, FileFacts } from '../../platform/index.ts';

/** Copies one file byte for byte to a new one. Errors are the disk's own. */
export async function copyFile(disk: Disk, source: string, target: string): Promise<void> {
  const reading = await disk.openRead(source);
  try {
    const writing = await disk.createNew(target);
    try {
      const buffer = new Uint8Array(LIMITS.copyChunkBytes);
      for (let position = 0; ; ) {
        const count = await reading.read(buffer, position);
        if (count === 0) break;
        await writing.write(buffer.subarray(0, count));
        position += count;
      }
    } finally {
      await writing.close();
    }
  } finally {
    await reading.close();
  }
}

/** A file that is copied and the name of its copy. */
export interface CopyPair {
  readonly source: string;
  readonly target: string;
}

/**
 * Copies files that belong together; false where one of them, or one that is only watched, was changed, made or removed
 * meanwhile, and then no copy is left. A file that is missing from the start is left out.
 * @param watched paths that must stay as they are though they are not copied
 */
export async function copySteady(
  disk: Disk,
  pairs: readonly CopyPair[],
  watched: readonly string[] = [],
): Promise<boolean> {
  const looked = [...pairs.map(({ source }) => source), ...watched];
  const look = (): Promise<(FileFacts | null)[]> =>
    Promise.all(looked.map((path) => disk.stat(path)));
  const before = await look();
  let isWhole = true;
  for (const [index, { source, target }] of pairs.entries()) {
    if (before[index] === null) continue;
    try {
      await copyFile(disk, source, target);
    } catch (error) {
      await removeFiles(
        disk,
        pairs.map((pair) => pair.target),
      );
      if (systemCodeOf(error) !== 'ENOENT') throw error;
      // It vanished between the look and the copy.
      isWhole = false;
      break;
    }
  }
  const after = await look();
  if (isWhole && before.every((facts, index) => isSame(facts, after[index] ?? null))) return true;
  await removeFiles(
    disk,
    pairs.map(({ target }) => target),
  );
  return false;
}

function isSame(before: FileFacts | null, after: FileFacts | null): boolean {
  return before?.sizeBytes === after?.sizeBytes && before?.mtimeMs === after?.mtimeMs;
}

/** Removes files; what is not there is no trouble. */
export async function removeFiles(disk: Disk, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    if ((await disk.stat(path)) !== null) await disk.removeFile(path);
  }
}

/** Makes the folder and those above it that are missing. */
export async function makeFolders(disk: Disk, path: string): Promise<void> {
  if ((await disk.stat(path)) !== null) return;
  await makeFolders(disk, path.slice(0, path.lastIndexOf('/')));
  await disk.makeFolder(path);
}

/** The bytes of a file; null where it is larger than allowed. Errors are the disk's own. */
export async function readWhole(
  disk: Disk,
  path: string,
  bytesMax: number,
): Promise<Uint8Array | null> {
  const file = await disk.openRead(path);
  try {
    const { sizeBytes } = await file.facts();
    if (sizeBytes > bytesMax) return null;
    const bytes = new Uint8Array(sizeBytes);
    const count = await file.read(bytes, 0);
    return bytes.subarray(0, count);
  } finally {
    await file.close();
  }
}
