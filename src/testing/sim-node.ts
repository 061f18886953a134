import { type Content, copyContent } from './sim-content.ts';
import type { DiskProfile } from './sim-profile.ts';

/** One simulated file system, mounted at a folder. */
export interface SimVolume {
  readonly profile: DiskProfile;
  /** Null: the system does not say how much is free, and it never ends. */
  capacityBytes: number | null;
  usedBytes: number;
}

/** What an entry of a folder stands for. */
export type SimNode = SimFile | SimFolder | SimLink;

interface NodeFacts {
  mtimeMs: number;
  mode: number;
}

/** A file: its content, and how much of it the last sync covered. */
export interface SimFile extends NodeFacts {
  readonly kind: 'file';
  content: Content;
  durableBytes: number;
  /** Under which folder and key it is found now, and was at its last sync; '' for never. */
  place: string;
  syncedAs: string;
}

/** A folder: what a program sees of it, and what the medium holds. */
export interface SimFolder extends NodeFacts {
  readonly kind: 'folder';
  readonly id: number;
  readonly volume: SimVolume;
  entries: Map<string, SimEntry>;
  durable: Map<string, SimEntry>;
}

/** A symbolic link. */
export interface SimLink extends NodeFacts {
  readonly kind: 'link';
  readonly target: string;
}

/** A name as it is kept, and what it stands for. */
export interface SimEntry {
  readonly name: string;
  readonly node: SimNode;
}

/** One change of one name that the medium does not hold yet; null removes the name. */
export interface PendingChange {
  readonly folder: SimFolder;
  readonly key: string;
  readonly entry: SimEntry | null;
  /** Changes with the same number were made by one call. */
  readonly group: number;
}

/** All that a simulated disk holds. */
export interface SimTree {
  root: SimFolder;
  pending: PendingChange[];
  /** The last number given to a folder or group. */
  lastNumber: number;
}

/** A tree that shares bytes with this one and lives apart. */
export function cloneTree(tree: SimTree): SimTree {
  const cloned = new Map<object, object>();
  const once = <T extends object>(thing: T, make: () => T): T => {
    const known = cloned.get(thing);
    if (known !== undefined) return known as T;
    const made = make();
    cloned.set(thing, made);
    return made;
  };
  const entry = ({ name, node }: SimEntry): SimEntry => ({ name, node: cloneNode(node) });
  const entriesOf = (entries: Map<string, SimEntry>): Map<string, SimEntry> =>
    new Map([...entries].map(([key, value]) => [key, entry(value)]));
  const cloneNode = (node: SimNode): SimNode => {
    if (node.kind === 'folder') return cloneFolder(node);
    if (node.kind === 'link') return once(node, () => ({ ...node }));
    return once(node, () => ({ ...node, content: copyContent(node.content) }));
  };
  const cloneFolder = (folder: SimFolder): SimFolder =>
    once(folder, () => ({
      ...folder,
      volume: once(folder.volume, () => ({ ...folder.volume })),
      entries: entriesOf(folder.entries),
      durable: entriesOf(folder.durable),
    }));
  return {
    root: cloneFolder(tree.root),
    pending: tree.pending.map((change) => ({
      ...change,
      folder: cloneFolder(change.folder),
      entry: change.entry === null ? null : entry(change.entry),
    })),
    lastNumber: tree.lastNumber,
  };
}
