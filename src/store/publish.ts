import type { Disk } from '../platform/index.ts';

/** An unfinished file that is whole and verified, and the final name it gets. */
export interface Publication {
  readonly part: string;
  readonly target: string;
}

/** What became of a batch of publications. */
export interface PublishOutcome {
  /** One for each file, in order; `taken`: the name was not free and nothing was done. */
  readonly states: readonly ('published' | 'taken')[];
  /** Whether the system promised durability for all of it. */
  readonly strength: 'durable' | 'weak';
}

/**
 * Gives verified files their final names and makes the names durable: rename, sync the file again under its name
 * (FAT32 empties it otherwise), sync each folder once. The folders of the targets must be durable.
 */
export async function publishFiles(
  disk: Disk,
  files: readonly Publication[],
  folders: readonly string[],
): Promise<PublishOutcome> {
  const states: ('published' | 'taken')[] = [];
  for (const file of files) {
    const isFree = (await disk.stat(file.target)) === null;
    if (isFree) await disk.rename(file.part, file.target);
    states.push(isFree ? 'published' : 'taken');
  }
  let strength: 'durable' | 'weak' = 'durable';
  for (const [index, file] of files.entries()) {
    if (states[index] !== 'published') continue;
    if ((await disk.syncFile(file.target)) === 'weak') strength = 'weak';
  }
  for (const folder of folders) {
    if ((await disk.syncFolder(folder)) === 'weak') strength = 'weak';
  }
  return { states, strength };
}

/** Makes a folder and all above it, each new one durable in its parent before the call returns. */
export async function ensureFolder(disk: Disk, path: string): Promise<void> {
  const there = await disk.stat(path);
  if (there?.kind === 'folder') return;
  // A link to a folder serves as one; any other thing is in the way, and making the folder says so.
  if (there?.kind === 'link') {
    const target = await disk.stat(await disk.resolve(path)).catch(() => null);
    if (target?.kind === 'folder') return;
  }
  const slash = path.lastIndexOf('/');
  const parent = path.slice(0, Math.max(slash, 0));
  if (parent !== '' && !/^[A-Za-z]:$/.test(parent)) await ensureFolder(disk, parent);
  await disk.makeFolder(path);
  // Also when another writer made it a moment ago: its sync may still be under way.
  await disk.syncFolder(slash < 0 ? '.' : parent === '' ? '/' : parent);
}

/** Folders below a root that must be there for good. */
export interface DurableFolder {
  /** Absolute path of a folder that is durable itself. */
  readonly root: string;
  /** Path below it. */
  readonly folder: string;
  /** Paths below the root already known to be durable; grows. */
  readonly durable: Set<string>;
}

/**
 * Makes a folder below a root, and its name and those above it durable, also where it was there: whoever made it may
 * have been killed before the sync, and a power loss would take it with all that stands in it.
 * @returns true where the folder was made now
 */
export async function ensureDurable(disk: Disk, wanted: DurableFolder): Promise<boolean> {
  let parent = wanted.root;
  let below = '';
  let isMade = false;
  for (const name of wanted.folder.split('/')) {
    below = below === '' ? name : `${below}/${name}`;
    const path = `${parent}/${name}`;
    isMade = false;
    if (!wanted.durable.has(below)) {
      isMade = await disk.makeFolder(path);
      await disk.syncFolder(parent);
      wanted.durable.add(below);
    }
    parent = path;
  }
  return isMade;
}
