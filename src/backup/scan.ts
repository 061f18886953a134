import { type IssueLog, LIMITS, messageOf } from '../base/index.ts';
import type { Disk, FolderEntry } from '../platform/index.ts';
import { isLitter } from './litter.ts';

/** A file, folder or link of a source, by its path below the source's root. */
export interface Found extends FolderEntry {
  readonly path: string;
}

/** What a scan passes over and why. */
export interface ScanNotes {
  readonly issues: IssueLog;
  /** How many names were left out as litter, and the first few of them. */
  readonly leftOut: { count: number; readonly names: Set<string> };
  /** Folders that could not be listed: what they hold is unknown, not gone. */
  readonly unlisted: Set<string>;
}

/** What to scan. */
export interface ScanPlan {
  /** Absolute path of the source. */
  readonly root: string;
  /** Only this name at the top; null for all: a source may be a single file. */
  readonly only: string | null;
  /** Absolute folders never entered: vaults. */
  readonly except: readonly string[];
  /** Name of the source, for messages. */
  readonly name: string;
}

const LITTER_NAMES_MAX = 20;

/** Walks a source depth first, names in order; yields folders before what they hold. Links are not followed. */
export async function* scanSource(
  disk: Disk,
  plan: ScanPlan,
  notes: ScanNotes,
): AsyncGenerator<Found> {
  const stack: string[] = [''];
  for (;;) {
    const folder = stack.pop();
    if (folder === undefined) return;
    const entries = await listFolder(disk, plan, folder, notes);
    const folders: string[] = [];
    for (const found of entries) {
      yield found;
      if (found.kind === 'folder') folders.push(found.path);
    }
    // One by one: a call takes no more than some ten thousand arguments.
    for (const path of folders.reverse()) stack.push(path);
  }
}

async function listFolder(
  disk: Disk,
  plan: ScanPlan,
  folder: string,
  notes: ScanNotes,
): Promise<Found[]> {
  const absolute = joinPath(plan.root, folder);
  if (folder.split('/').length > LIMITS.folderDepthMax) {
    return unlistable(plan, folder, notes, `deeper than ${LIMITS.folderDepthMax} folders`);
  }
  let entries: FolderEntry[];
  try {
    entries = await disk.listFolder(absolute);
  } catch (error) {
    return unlistable(plan, folder, notes, messageOf(error));
  }
  const found: Found[] = [];
  for (const entry of entries) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (folder === '' && plan.only !== null && entry.name !== plan.only) continue;
    if (plan.except.includes(joinPath(plan.root, path))) continue;
    if (isLitter(entry.name)) noteLitter(notes, entry.name);
    else if (entry.kind === 'special') noteSpecial(plan, path, notes);
    else found.push({ ...entry, path });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function unlistable(plan: ScanPlan, folder: string, notes: ScanNotes, why: string): Found[] {
  notes.unlisted.add(folder);
  notes.issues.add(
    'FOLDER_UNREADABLE',
    folder === '' ? plan.name : `${plan.name}/${folder}`,
    `This folder could not be listed (${why}). What it held before stays protected; what is new in it is not.`,
  );
  return [];
}

function noteLitter(notes: ScanNotes, name: string): void {
  notes.leftOut.count += 1;
  if (notes.leftOut.names.size < LITTER_NAMES_MAX) notes.leftOut.names.add(name);
}

function noteSpecial(plan: ScanPlan, path: string, notes: ScanNotes): void {
  notes.issues.add(
    'SPECIAL_FILE',
    `${plan.name}/${path}`,
    'A device, socket or pipe has no content to protect; it was left out.',
  );
}

/** Joins a root and a path below it; the empty path is the root itself. */
export function joinPath(root: string, path: string): string {
  if (path === '') return root;
  return root.endsWith('/') ? `${root}${path}` : `${root}/${path}`;
}
