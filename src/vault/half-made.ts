import { equalBytes } from '../base/index.ts';
import { type Disk, type FolderEntry, readPackageFile } from '../platform/index.ts';
import { readSmallFile } from '../store/index.ts';

/** The pages of a vault for people: name in the vault, and where the program keeps them. */
export const PAGES: ReadonlyMap<string, URL> = new Map([
  ['READ ME FIRST.txt', new URL('./recover-page/read-me-first.txt', import.meta.url)],
  ['recover.html', new URL('./recover-page/generated/recover.html', import.meta.url)],
]);

const FOLDERS = new Set(['originals', 'journal', 'incoming', 'leases']);
const BYTES_MAX = 4_194_304;

/**
 * Takes away what making a vault left when it was cut off before its last step, the identity file.
 * @param entries what lies in the folder
 * @returns false, with nothing changed, where anything stands there that making a vault does not leave
 */
export async function clearHalfMade(
  disk: Disk,
  path: string,
  entries: readonly FolderEntry[],
): Promise<boolean> {
  for (const entry of entries) {
    const isOurs = await isLeftByInit(disk, `${path}/${entry.name}`, entry);
    if (!isOurs) return false;
  }
  for (const { name } of entries) await removeAll(disk, `${path}/${name}`);
  return true;
}

async function isLeftByInit(disk: Disk, path: string, entry: FolderEntry): Promise<boolean> {
  const { name, kind, sizeBytes } = entry;
  if (kind === 'folder' && FOLDERS.has(name)) {
    const count = (await disk.listFolder(path)).length;
    return name === 'incoming' || count <= (name === 'journal' ? 1 : 0);
  }
  if (kind !== 'file') return false;
  const page = PAGES.get(name);
  // FAT32 empties a file whose new name was not synced yet.
  if (sizeBytes === 0) return page !== undefined || name === 'fieldvault.json';
  if (page === undefined) return false;
  const bytes = await readSmallFile(disk, path, BYTES_MAX);
  return bytes !== null && equalBytes(bytes, await readPackageFile(page));
}

async function removeAll(disk: Disk, path: string): Promise<void> {
  if ((await disk.stat(path))?.kind !== 'folder') return disk.removeFile(path);
  for (const { name } of await disk.listFolder(path)) await removeAll(disk, `${path}/${name}`);
  return disk.removeFolder(path);
}
