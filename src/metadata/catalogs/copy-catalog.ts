import { messageOf, systemCodeOf } from '../../base/index.ts';
import type { World } from '../../platform/index.ts';
import { readHealth } from './catalog-health.ts';
import type { CatalogCopy, CatalogUnit } from './catalog-unit.ts';
import { copyCompanions } from './copy-companions.ts';
import { copyDatabase, type DatabaseCopy } from './copy-database.ts';
import { type CopyPair, makeFolders } from './copy-files.ts';

/**
 * A copy, or why there is none. `locked`: an editor holds the catalog; the same call may succeed later. Where there is
 * no copy, nothing was learned of the catalog and its files still want to be protected as they are.
 */
export type CatalogOutcome =
  | { readonly state: 'copied'; readonly copy: CatalogCopy }
  | { readonly state: 'locked' | 'unreadable'; readonly reason: string };

/**
 * Makes a consistent copy of a catalog as one unit in a scratch folder, laid out as the catalog is, and checks it.
 * Never throws for what the catalog or its disk do.
 *
 * Two worlds meet here. All files are read and written through `world.disk`, so faults and odd names are its matter;
 * but SQLite opens files by itself. So the scratch folder must lie on the same `world.disk` and be one that other
 * programs reach (`disk.localPath`; `makeScratchFolder` makes such a one), and a catalog at work must too, while one
 * that is closed may lie on any disk: it is opened only as a copy.
 * @param scratchFolder absolute, exists, empty; the caller removes it with all that is in it
 */
export async function copyCatalog(
  world: Pick<World, 'disk' | 'clock'>,
  unit: CatalogUnit,
  scratchFolder: string,
): Promise<CatalogOutcome> {
  const scratch = world.disk.localPath(scratchFolder);
  if (scratch === null) {
    return { state: 'unreadable', reason: `SQLite cannot reach ${scratchFolder}` };
  }
  try {
    return await copyUnit(world, unit, scratch);
  } catch (error) {
    if (systemCodeOf(error) === '') throw error;
    return { state: 'unreadable', reason: `${unit.main} cannot be copied: ${messageOf(error)}` };
  }
}

async function copyUnit(
  world: Pick<World, 'disk' | 'clock'>,
  unit: CatalogUnit,
  scratch: string,
): Promise<CatalogOutcome> {
  const files: { member: string; copy: string }[] = [];
  const troubles: string[] = [];
  let isOpen = false;
  for (const { source, target } of pairsOf(unit, unit.databases, scratch)) {
    await makeFolders(world.disk, folderOf(target));
    const copied: DatabaseCopy = await copyDatabase(world, source, target);
    if (copied.state === 'copied') {
      isOpen ||= copied.isOpen;
      files.push({ member: source, copy: target });
    } else if (source === unit.main) return copied;
    else troubles.push(copied.reason);
  }
  const companions = await copyCompanions(world, unit, scratch);
  files.push(...companions.files);
  troubles.push(...companions.troubles);
  const main = files[0]?.copy ?? '';
  const health = readHealth(unit.kind, main, isOpen ? 'open' : 'closed');
  return { state: 'copied', copy: { files, health, troubles } };
}

function pairsOf(unit: CatalogUnit, members: readonly string[], scratch: string): CopyPair[] {
  return members.map((source) => ({ source, target: scratch + source.slice(unit.root.length) }));
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
