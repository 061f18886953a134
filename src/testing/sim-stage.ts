import { appendContent, type Content, flippedContent, wholeContent } from './sim-content.ts';
import { systemError } from './sim-faults.ts';
import { makeFileNode, makeFolderNode } from './sim-make.ts';
import type { SimFile, SimFolder, SimNode, SimTree } from './sim-node.ts';
import { type DiskProfile, keyOfName, storedMtimeMs } from './sim-profile.ts';
import { checkName, findSpot, nextNumber } from './sim-tree.ts';

/** A file system that is mounted in a simulated disk. */
export interface MountOptions {
  readonly profile: DiskProfile;
  /** Bytes of content that fit; null: no end, and the disk does not say how much is free. */
  readonly capacityBytes?: number | null;
}

/**
 * Sets the scene of a simulated disk, or changes it behind the back of the program under test: everything is durable
 * at once, no step is counted and no fault is met. Missing folders are made.
 */
export class SimStage {
  readonly #tree: () => SimTree;
  readonly #nowMs: () => number;

  constructor(tree: () => SimTree, nowMs: () => number) {
    this.#tree = tree;
    this.#nowMs = nowMs;
  }

  /** Mounts an empty file system at the path. */
  mount(path: string, options: MountOptions): void {
    const { profile, capacityBytes = null } = options;
    const volume = { profile, capacityBytes, usedBytes: 0 };
    this.#place(path, makeFolderNode(nextNumber(this.#tree()), volume, this.#nowMs()));
  }

  /** How much fits on the volume of the path from now on. */
  setCapacity(path: string, capacityBytes: number | null): void {
    this.#folder(path).volume.capacityBytes = capacityBytes;
  }

  /** Bytes of content on the volume of the path. */
  usedBytes(path: string): number {
    return this.#folder(path).volume.usedBytes;
  }

  /** Makes the folder and those above it. */
  makeFolders(path: string): void {
    this.#folder(path);
  }

  /** Puts a file there; one that is there gets this content, and whoever has it open sees that. */
  plant(path: string, bytes: Uint8Array | string, mtimeMs: number = this.#nowMs()): void {
    const content: Content = { pieces: [], sizeBytes: 0 };
    appendContent(content, typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes);
    const folder = this.#folder(path.slice(0, path.lastIndexOf('/')));
    const { profile } = folder.volume;
    const known = findSpot(this.#tree(), path).entry?.node;
    const file = known?.kind === 'file' ? known : makeFileNode(content, profile, this.#nowMs());
    const before = known?.kind === 'file' ? known.content.sizeBytes : 0;
    this.#replace(file, content);
    file.mtimeMs = storedMtimeMs(profile, mtimeMs);
    this.#place(path, file);
    folder.volume.usedBytes += content.sizeBytes - before;
  }

  /** Puts a link there. */
  plantLink(path: string, target: string): void {
    this.#place(path, { kind: 'link', target, mtimeMs: this.#nowMs(), mode: 0o777 });
  }

  /** The bytes of a file; null where none is. They must not be changed. */
  peek(path: string): Uint8Array | null {
    const file = this.#fileAt(path);
    return file === null ? null : wholeContent(file.content);
  }

  /** Paths of all files and links at and below the folder, sorted. */
  paths(folder = '/'): string[] {
    const found: string[] = [];
    const walk = (node: SimNode | undefined, path: string): void => {
      if (node?.kind !== 'folder') {
        if (node !== undefined) found.push(path);
        return;
      }
      for (const entry of node.entries.values()) walk(entry.node, `${path}/${entry.name}`);
    };
    walk(findSpot(this.#tree(), folder).entry?.node, folder === '/' ? '' : folder);
    return found.sort();
  }

  /** Takes a file, link or folder away. */
  erase(path: string): void {
    const { folder, key, entry } = findSpot(this.#tree(), path);
    if (entry?.node.kind === 'file') folder.volume.usedBytes -= entry.node.content.sizeBytes;
    folder.entries.delete(key);
    folder.durable.delete(key);
    this.#forgetPending(folder, key);
  }

  /** Turns one bit of a file, counted from the lowest bit of its first byte: rot, which changes no time. */
  flipBit(path: string, bitIndex: number): void {
    const file = this.#fileAt(path);
    if (file === null) throw systemError('ENOENT', 'flipBit', path);
    this.#replace(file, flippedContent(file.content, bitIndex));
  }

  /** Cuts a file to its first bytes. */
  truncate(path: string, sizeBytes: number): void {
    const bytes = this.peek(path);
    if (bytes === null) throw systemError('ENOENT', 'truncate', path);
    this.plant(path, bytes.subarray(0, sizeBytes));
  }

  #replace(file: SimFile, content: Content): void {
    file.content = content;
    file.durableBytes = content.sizeBytes;
    file.syncedAs = file.place;
  }

  #place(path: string, node: SimNode): void {
    const parent = this.#folder(path.slice(0, path.lastIndexOf('/')));
    const name = path.slice(path.lastIndexOf('/') + 1);
    const key = keyOfName(parent.volume.profile, name);
    checkName({ folder: parent, name, key, entry: undefined }, 'plant', path);
    parent.entries.set(key, { name, node });
    parent.durable.set(key, { name, node });
    this.#forgetPending(parent, key);
    if (node.kind === 'file') {
      node.place = `${parent.id}/${key}`;
      node.syncedAs = node.place;
    }
  }

  #forgetPending(folder: SimFolder, key: string): void {
    const tree = this.#tree();
    tree.pending = tree.pending.filter((change) => change.folder !== folder || change.key !== key);
  }

  #folder(path: string): SimFolder {
    if (path === '' || path === '/') return this.#tree().root;
    const { entry, folder } = findSpot(this.#tree(), this.#withParents(path));
    if (entry?.node.kind === 'folder') return entry.node;
    if (entry !== undefined) return folder;
    const made = makeFolderNode(nextNumber(this.#tree()), folder.volume, this.#nowMs());
    this.#place(path, made);
    return made;
  }

  #withParents(path: string): string {
    this.#folder(path.slice(0, path.lastIndexOf('/')));
    return path;
  }

  #fileAt(path: string): SimFile | null {
    const node = findSpot(this.#tree(), path).entry?.node;
    return node?.kind === 'file' ? node : null;
  }
}
