import { messageOf, systemCodeOf } from '../../base/index.ts';
import type { Disk, FileFacts, World } from '../../platform/index.ts';
import { type CatalogCopy, type CatalogUnit, DATABASE_COMPANIONS } from './catalog-unit.ts';
import { copyFile, makeFolders, removeFiles } from './copy-files.ts';

/** How often companions are looked at until none has changed since it was copied. */
const LOOKS_MAX = 4;
/** From one look to the next where something changed, in milliseconds. */
const WAIT_MS = 200;
/** Folders below each other in `.lrcat-data` at most. */
const DEPTH_MAX = 8;

/**
 * Copies what lies beside the databases of a catalog, all of it as it is at one moment as far as can be seen. What
 * cannot be read is left out and told; the rest is copied all the same.
 */
export async function copyCompanions(
  world: Pick<World, 'disk' | 'clock'>,
  unit: CatalogUnit,
  scratch: string,
): Promise<Pick<CatalogCopy, 'files' | 'troubles'>> {
  const { disk, clock } = world;
  const copied = new Map<string, FileFacts>();
  const unread = new Map<string, string>();
  const targetOf = (member: string): string => scratch + member.slice(unit.root.length);
  let isSteady = false;
  for (let looks = 0; looks < LOOKS_MAX && !isSteady; looks += 1) {
    if (looks > 1) await clock.sleep(WAIT_MS);
    const now = await companionsOf(disk, unit);
    const stale = [...copied.keys()].filter(
      (member) => !isSame(copied.get(member), now.get(member)),
    );
    await removeFiles(disk, stale.map(targetOf));
    for (const member of stale) copied.delete(member);
    const wanted = [...now].filter(([member]) => !copied.has(member) && !unread.has(member));
    for (const [member, facts] of wanted) {
      const trouble = await copyOne(disk, member, targetOf(member));
      if (trouble === null) copied.set(member, facts);
      else unread.set(member, trouble);
    }
    isSteady = stale.length === 0 && wanted.length === 0;
  }
  const restless = `files beside ${unit.main} changed whenever they were copied`;
  return {
    files: [...copied.keys()].map((member) => ({ member, copy: targetOf(member) })),
    troubles: [...unread.values(), ...(isSteady ? [] : [restless])],
  };
}

/** The trouble of one file; null where it was copied. */
async function copyOne(disk: Disk, member: string, target: string): Promise<string | null> {
  try {
    await makeFolders(disk, target.slice(0, target.lastIndexOf('/')));
    await copyFile(disk, member, target);
    return null;
  } catch (error) {
    if (systemCodeOf(error) === '') throw error;
    await removeFiles(disk, [target]);
    return `${member} cannot be copied: ${messageOf(error)}`;
  }
}

/**
 * Companions that are there now. Lightroom's `.lrcat-data` is a database in files of its own (RocksDB), which makes new
 * ones as it works: it is listed again, for its parts must fit together.
 */
async function companionsOf(disk: Disk, unit: CatalogUnit): Promise<Map<string, FileFacts>> {
  const { main, members, databases, kind } = unit;
  const own = new Set(
    databases.flatMap((path) => ['', ...DATABASE_COMPANIONS].map((end) => path + end)),
  );
  const data = `${main}-data`;
  const found = new Map<string, FileFacts>();
  for (const path of members) {
    if (own.has(path) || (kind === 'lightroom' && path.startsWith(`${data}/`))) continue;
    const facts = await disk.stat(path);
    if (facts?.kind === 'file') found.set(path, facts);
  }
  if (kind === 'lightroom') await listBelow(disk, data, { found, depth: 0 });
  return found;
}

async function listBelow(
  disk: Disk,
  folder: string,
  { found, depth }: { readonly found: Map<string, FileFacts>; readonly depth: number },
): Promise<void> {
  if ((await disk.stat(folder))?.kind !== 'folder' || depth > DEPTH_MAX) return;
  for (const entry of await disk.listFolder(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.kind === 'file') found.set(path, entry);
    else if (entry.kind === 'folder') await listBelow(disk, path, { found, depth: depth + 1 });
  }
}

function isSame(before: FileFacts | undefined, now: FileFacts | undefined): boolean {
  return before?.sizeBytes === now?.sizeBytes && before?.mtimeMs === now?.mtimeMs;
}
