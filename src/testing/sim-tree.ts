import { systemError } from './sim-faults.ts';
import type { SimEntry, SimFolder, SimLink, SimNode, SimTree } from './sim-node.ts';
import { codeOfName, keyOfName, storedMtimeMs, storedName } from './sim-profile.ts';

/** Links followed on the way to one thing; more is a loop. */
const LINKS_MAX = 40;

/** Where a path leads: the folder that holds the name, and what is there now. */
export interface Spot {
  readonly folder: SimFolder;
  readonly name: string;
  readonly key: string;
  readonly entry: SimEntry | undefined;
}

/** Finds where a path leads, through links of folders but not through a link at its end. */
export function findSpot(tree: SimTree, path: string, links = 0): Spot {
  const names = path.split('/').filter((name) => name !== '');
  const last = names.pop();
  let folder = tree.root;
  let walked = '';
  for (const name of names) {
    const node = lookUp(folder, name)?.node;
    if (node === undefined) throw systemError('ENOENT', 'find', path);
    if (node.kind === 'file') throw systemError('ENOTDIR', 'find', path);
    folder =
      node.kind === 'folder'
        ? node
        : folderBehind(tree, node, { path, folderPath: walked, links: links + 1 });
    walked += `/${name}`;
  }
  if (last === undefined) {
    return { folder: tree.root, name: '', key: '', entry: { name: '', node: tree.root } };
  }
  const key = keyOfName(folder.volume.profile, last);
  return { folder, name: last, key, entry: folder.entries.get(key) };
}

/** What is at the path; ENOENT where nothing is. */
export function nodeAt(tree: SimTree, path: string): SimNode {
  const node = findSpot(tree, path).entry?.node;
  if (node === undefined) throw systemError('ENOENT', 'find', path);
  return node;
}

/** The folder at the path; ENOTDIR where something else is. */
export function folderAt(tree: SimTree, path: string): SimFolder {
  const node = nodeAt(tree, path);
  if (node.kind !== 'folder') throw systemError('ENOTDIR', 'find', path);
  return node;
}

/** A name that gets another meaning; null for none. */
export interface NameChange {
  readonly spot: Spot;
  readonly node: SimNode | null;
}

/** Changes names as one call does, in memory only until their folders are synced. */
export function changeNames(tree: SimTree, changes: readonly NameChange[], nowMs: number): void {
  let group = nextNumber(tree);
  for (const { spot, node } of changes) {
    const { folder, key } = spot;
    const { profile } = folder.volume;
    const entry = node === null ? null : { name: storedName(profile, spot.name), node };
    if (entry === null) folder.entries.delete(key);
    else folder.entries.set(key, entry);
    if (node?.kind === 'file') node.place = `${folder.id}/${key}`;
    folder.mtimeMs = storedMtimeMs(profile, nowMs);
    tree.pending.push({ folder, key, entry, group });
    if (!profile.isJournalled) group = nextNumber(tree);
  }
}

/** Fails where the file system does not take the name. */
export function checkName(spot: Spot, call: string, path: string): void {
  const code = codeOfName(spot.folder.volume.profile, spot.name);
  if (code !== '') throw systemError(code, call, path);
}

/** A new number for a folder or for the changes of one call. */
export function nextNumber(tree: SimTree): number {
  tree.lastNumber += 1;
  return tree.lastNumber;
}

/** The absolute path of what is there, with every link followed and every name as it is kept. */
export function resolvePath(tree: SimTree, path: string, links = 0): string {
  if (links > LINKS_MAX) throw systemError('ELOOP', 'resolve', path);
  let resolved = '';
  for (const name of path.split('/').filter((part) => part !== '' && part !== '.')) {
    if (name === '..') {
      resolved = resolved.slice(0, Math.max(0, resolved.lastIndexOf('/')));
      continue;
    }
    const entry = findSpot(tree, `${resolved}/${name}`, links).entry;
    if (entry === undefined) throw systemError('ENOENT', 'resolve', path);
    if (entry.node.kind === 'link') {
      resolved = resolvePath(tree, targetPath(entry.node, resolved), links + 1);
    } else {
      resolved += `/${entry.name}`;
    }
  }
  return resolved === '' ? '/' : resolved;
}

function lookUp(folder: SimFolder, name: string): SimEntry | undefined {
  return folder.entries.get(keyOfName(folder.volume.profile, name));
}

function targetPath(link: SimLink, folderPath: string): string {
  return link.target.startsWith('/') ? link.target : `${folderPath}/${link.target}`;
}

function folderBehind(
  tree: SimTree,
  link: SimLink,
  way: { readonly path: string; readonly folderPath: string; readonly links: number },
): SimFolder {
  if (way.links > LINKS_MAX) throw systemError('ELOOP', 'find', way.path);
  return folderAt(tree, resolvePath(tree, targetPath(link, way.folderPath), way.links));
}
