import { systemCodeOf } from '../base/index.ts';
import type {
  Disk,
  FileFacts,
  FileKind,
  FolderEntry,
  ReadableFile,
  SyncStrength,
  WritableFile,
} from '../platform/index.ts';
import { type SeededRandom, seededRandom } from './seeded-random.ts';
import { SimFaults, systemError } from './sim-faults.ts';
import { factsOfNode, type SimFileHost, SimReadable, SimWritable, syncNode } from './sim-file.ts';
import { makeFileNode, makeFolderNode, makeTree } from './sim-make.ts';
import { cloneTree, type SimFile, type SimNode, type SimTree, type SimVolume } from './sim-node.ts';
import { losePower, type PowerLossMode, syncNames } from './sim-power.ts';
import { type DiskProfile, PROFILES, storedMtimeMs } from './sim-profile.ts';
import { SimStage } from './sim-stage.ts';
import {
  changeNames,
  checkName,
  findSpot,
  folderAt,
  type NameChange,
  nextNumber,
  nodeAt,
  resolvePath,
} from './sim-tree.ts';

/** What a simulated disk is made of; an ext4 without end unless told. */
export interface SimDiskOptions {
  readonly seed?: number;
  readonly profile?: DiskProfile;
  /** Bytes of content that fit; null: no end, and the disk does not say how much is free. */
  readonly capacityBytes?: number | null;
  /** One write of more than this is several steps, 1 MiB unless told. */
  readonly writeChunkBytes?: number;
  /** The time that files get. */
  readonly nowMs?: () => number;
}

const CAPACITY_BYTES = 1_000_000_000_000;
const WRITE_CHUNK_BYTES = 1_048_576;
const START_MS = 1_790_000_000_000;

/**
 * A disk in memory that does what real ones were measured to do: what no sync covered is lost with the power, a full
 * disk writes short, and calls fail by script. The same seed and calls give the same disk.
 *
 * `faults` is the script; `stage` sets the scene, which is durable at once and counts no steps.
 */
export class SimDisk implements Disk, SimFileHost {
  readonly faults: SimFaults = new SimFaults();
  readonly stage: SimStage;
  readonly writeChunkBytes: number;
  #tree: SimTree;
  #generation = 0;
  #nowMs: () => number;
  readonly #random: SeededRandom;

  constructor(options: SimDiskOptions = {}, tree?: SimTree) {
    this.writeChunkBytes = options.writeChunkBytes ?? WRITE_CHUNK_BYTES;
    this.#nowMs = options.nowMs ?? (() => START_MS);
    this.#random = seededRandom(options.seed ?? 1);
    const { capacityBytes = CAPACITY_BYTES, profile = PROFILES.ext4 } = options;
    const volume: SimVolume = { profile, capacityBytes, usedBytes: 0 };
    this.#tree = tree ?? makeTree(volume, this.#nowMs());
    this.stage = new SimStage(
      () => this.#tree,
      () => this.nowMs(),
    );
  }

  /** Cuts the power, where it is not off yet, and turns it on again: open files are dead, and what was lost is gone. */
  powerLoss(mode: PowerLossMode): void {
    losePower(this.#tree, mode, this.#random);
    this.#generation += 1;
    this.faults.powerOn();
  }

  /** A disk with the same things on it (durable or not) and an empty script, for the next run of a sweep. */
  clone(options: Omit<SimDiskOptions, 'profile' | 'capacityBytes'> = {}): SimDisk {
    const { writeChunkBytes } = this;
    return new SimDisk({ writeChunkBytes, ...options }, cloneTree(this.#tree));
  }

  /** From now on files get the time of this clock. */
  useClock(nowMs: () => number): void {
    this.#nowMs = nowMs;
  }

  nowMs(): number {
    return this.#nowMs();
  }

  generation(): number {
    return this.#generation;
  }

  async listFolder(path: string): Promise<FolderEntry[]> {
    this.faults.meet('listFolder', path);
    const { entries } = folderAt(this.#tree, path);
    // Last made, first listed: no caller may lean on an order.
    return [...entries.values()]
      .map(({ name, node }) => ({ name, ...factsOfNode(node) }))
      .reverse();
  }

  async stat(path: string): Promise<FileFacts | null> {
    try {
      this.faults.meet('stat', path);
      const node = findSpot(this.#tree, path).entry?.node;
      return node === undefined ? null : factsOfNode(node);
    } catch (error) {
      if (isAbsence(error)) return null;
      throw error;
    }
  }

  async openRead(path: string, options?: { readonly direct?: boolean }): Promise<ReadableFile> {
    this.faults.meet('openRead', path);
    const { file, volume } = this.#fileAt(path, 'openRead');
    const isDirect = options?.direct === true && volume.profile.hasDirectRead;
    return new SimReadable(this, { path, file, volume }, isDirect);
  }

  async createNew(path: string): Promise<WritableFile> {
    this.faults.meet('createNew', path);
    const spot = findSpot(this.#tree, path);
    if (spot.entry !== undefined) throw systemError('EEXIST', 'createNew', path);
    checkName(spot, 'createNew', path);
    const { volume } = spot.folder;
    const file = makeFileNode({ pieces: [], sizeBytes: 0 }, volume.profile, this.nowMs());
    changeNames(this.#tree, [{ spot, node: file }], this.nowMs());
    return new SimWritable(this, { path, file, volume });
  }

  async syncFile(path: string): Promise<SyncStrength> {
    this.faults.meet('syncFile', path);
    const { file, volume } = this.#fileAt(path, 'syncFile');
    return syncNode(file, volume);
  }

  async makeFolder(path: string): Promise<boolean> {
    this.faults.meet('makeFolder', path);
    const spot = findSpot(this.#tree, path);
    if (spot.entry?.node.kind === 'folder') return false;
    if (spot.entry !== undefined) throw systemError('EEXIST', 'makeFolder', path);
    checkName(spot, 'makeFolder', path);
    const node = makeFolderNode(nextNumber(this.#tree), spot.folder.volume, this.nowMs());
    changeNames(this.#tree, [{ spot, node }], this.nowMs());
    return true;
  }

  async rename(source: string, target: string): Promise<void> {
    this.faults.meet('rename', source, { target });
    const from = findSpot(this.#tree, source);
    const to = findSpot(this.#tree, target);
    const node = from.entry?.node;
    if (node === undefined) throw systemError('ENOENT', 'rename', source);
    checkName(to, 'rename', target);
    if (from.folder.volume !== to.folder.volume) throw systemError('EXDEV', 'rename', source);
    if (node.kind === 'folder' && `${target}/`.startsWith(`${source}/`) && source !== target) {
      throw systemError('EINVAL', 'rename', source);
    }
    const replaced = to.entry?.node;
    const isSameName = from.folder === to.folder && from.key === to.key;
    const changes: NameChange[] = [];
    if (replaced !== undefined && !isSameName) {
      checkReplace(node.kind, replaced, target);
      if (replaced.kind === 'file') to.folder.volume.usedBytes -= replaced.content.sizeBytes;
      changes.push({ spot: to, node: null });
    }
    const added = { spot: to, node };
    const removed = { spot: from, node: null };
    // A new spelling of the same name goes through nothing; else the new name stands before the old one goes.
    changes.push(...(isSameName ? [removed, added] : [added, removed]));
    changeNames(this.#tree, changes, this.nowMs());
  }

  async removeFile(path: string): Promise<void> {
    this.faults.meet('removeFile', path);
    const spot = findSpot(this.#tree, path);
    if (spot.entry === undefined) throw systemError('ENOENT', 'removeFile', path);
    const { node } = spot.entry;
    if (node.kind === 'folder') throw systemError('EISDIR', 'removeFile', path);
    if (node.kind === 'file') spot.folder.volume.usedBytes -= node.content.sizeBytes;
    changeNames(this.#tree, [{ spot, node: null }], this.nowMs());
  }

  async removeFolder(path: string): Promise<void> {
    this.faults.meet('removeFolder', path);
    const folder = folderAt(this.#tree, path);
    if (folder.entries.size > 0) throw systemError('ENOTEMPTY', 'removeFolder', path);
    changeNames(this.#tree, [{ spot: findSpot(this.#tree, path), node: null }], this.nowMs());
  }

  async syncFolder(path: string): Promise<SyncStrength> {
    this.faults.meet('syncFolder', path);
    const folder = folderAt(this.#tree, path);
    if (folder.volume.profile.sync === 'weak') return 'weak';
    syncNames(this.#tree, folder);
    return 'durable';
  }

  async setMtime(path: string, mtimeMs: number): Promise<void> {
    this.faults.meet('setMtime', path);
    const { profile } = this.#volumeAt(path);
    nodeAt(this.#tree, path).mtimeMs = storedMtimeMs(profile, mtimeMs);
  }

  async setMode(path: string, mode: number): Promise<void> {
    this.faults.meet('setMode', path);
    const node = nodeAt(this.#tree, path);
    if (this.#volumeAt(path).profile.keepsMode) node.mode = mode & 0o7777;
  }

  async readLink(path: string): Promise<string> {
    this.faults.meet('readLink', path);
    const node = nodeAt(this.#tree, path);
    if (node.kind !== 'link') throw systemError('EINVAL', 'readLink', path);
    return node.target;
  }

  async makeLink(path: string, target: string): Promise<void> {
    this.faults.meet('makeLink', path);
    const spot = findSpot(this.#tree, path);
    const { profile } = spot.folder.volume;
    if (profile.linkCode !== '') throw systemError(profile.linkCode, 'makeLink', path);
    if (spot.entry !== undefined) throw systemError('EEXIST', 'makeLink', path);
    checkName(spot, 'makeLink', path);
    const mtimeMs = storedMtimeMs(profile, this.nowMs());
    const node = { kind: 'link', target, mtimeMs, mode: 0o777 } as const;
    changeNames(this.#tree, [{ spot, node }], this.nowMs());
  }

  async freeBytes(path: string): Promise<number | null> {
    this.faults.meet('freeBytes', path);
    nodeAt(this.#tree, path);
    const { capacityBytes, usedBytes } = this.#volumeAt(path);
    return capacityBytes === null ? null : Math.max(0, capacityBytes - usedBytes);
  }

  async resolve(path: string): Promise<string> {
    this.faults.meet('resolve', path);
    return resolvePath(this.#tree, path);
  }

  localPath(): null {
    return null;
  }

  #fileAt(path: string, call: string): { file: SimFile; volume: SimVolume } {
    const { entry, folder } = findSpot(this.#tree, path);
    if (entry === undefined) throw systemError('ENOENT', call, path);
    if (entry.node.kind === 'link') throw systemError('ELOOP', call, path);
    if (entry.node.kind === 'folder') throw systemError('EISDIR', call, path);
    return { file: entry.node, volume: folder.volume };
  }

  #volumeAt(path: string): SimVolume {
    const { entry, folder } = findSpot(this.#tree, path);
    return entry?.node.kind === 'folder' ? entry.node.volume : folder.volume;
  }
}

function isAbsence(error: unknown): boolean {
  const code = systemCodeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function checkReplace(kind: FileKind, replaced: SimNode, path: string): void {
  if (replaced.kind !== 'folder') {
    if (kind === 'folder') throw systemError('ENOTDIR', 'rename', path);
    return;
  }
  if (kind !== 'folder') throw systemError('EISDIR', 'rename', path);
  if (replaced.entries.size > 0) throw systemError('ENOTEMPTY', 'rename', path);
}
