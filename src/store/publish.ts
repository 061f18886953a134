import type { Disk } from '../platform/index.ts';

/** An unfinished file that is whole and verified, and the final name it gets. */
export interface Publication {
  readonly part: string;
  readonly target: string;
}

/**
 * Gives verified files their final names and makes the names durable: rename, sync the file again under its name
 * (FAT32 empties it otherwise), sync each folder once. The targets must be free and their folders durable.
 * Returns whether the system promised durability for all of it.
 */
export async function publishFiles(
  disk: Disk,
  files: readonly Publication[],
  folders: readonly string[],
): Promise<'durable' | 'weak'> {
  let strength: 'durable' | 'weak' = 'durable';
  for (const file of files) await disk.rename(file.part, file.target);
  for (const file of files) {
    if ((await disk.syncFile(file.target)) === 'weak') strength = 'weak';
  }
  for (const folder of folders) {
    if ((await disk.syncFolder(folder)) === 'weak') strength = 'weak';
  }
  return strength;
}

/** Makes a folder and all above it, each new one durable in its parent before the call returns. */
export async function ensureFolder(disk: Disk, path: string): Promise<void> {
  const isThere = (await disk.stat(path))?.kind === 'folder';
  if (isThere) return;
  const parent = path.slice(0, path.lastIndexOf('/'));
  if (parent !== '' && !/^[A-Za-z]:$/.test(parent)) await ensureFolder(disk, parent);
  await disk.makeFolder(path);
  // Also when another writer made it a moment ago: its sync may still be under way.
  await disk.syncFolder(parent === '' ? '/' : parent);
}
