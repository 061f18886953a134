import type { World } from '../index.ts';

/** A name in a folder with its facts. */
export type FolderEntry = Awaited<ReturnType<World['disk']['listFolder']>>[number];

/** Files and bytes at and below a folder; links are not followed. */
export async function measureFolder(
  { disk }: Pick<World, 'disk'>,
  folder: string,
): Promise<{ readonly files: number; readonly bytes: number }> {
  let files = 0;
  let bytes = 0;
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    // A folder that cannot be listed is for the backup to report.
    for (const entry of await disk.listFolder(next).catch(() => [])) {
      if (entry.kind === 'folder') folders.push(`${next}/${entry.name}`);
      if (entry.kind !== 'file') continue;
      files += 1;
      bytes += entry.sizeBytes;
    }
  }
  return { files, bytes };
}

/** Removes a folder of the demo's own with all it holds. */
export async function removeFolderTree(
  { disk }: Pick<World, 'disk'>,
  folder: string,
): Promise<void> {
  // A folder comes back with the rights it had, and these may forbid to empty it.
  await disk.setMode(folder, 0o700);
  for (const entry of await disk.listFolder(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.kind === 'folder') await removeFolderTree({ disk }, path);
    else await disk.removeFile(path);
  }
  await disk.removeFolder(folder);
}
