import { LIMITS } from '../base/index.ts';
import type {
  Disk,
  FileFacts,
  FolderEntry,
  ReadableFile,
  SyncStrength,
  WritableFile,
} from '../platform/index.ts';
import { clearAbandoned } from './clear-abandoned.ts';
import {
  factsOfTails,
  GrowingObject,
  grownKeyOf,
  listTails,
  mayGrow,
  TailedFile,
} from './growing-object.ts';
import { parseObjectPath } from './object-address.ts';
import { FOLDER_FACTS, factsOfObject, ObjectFile } from './object-file.ts';
import { listAll, type ObjectStore, storeError } from './object-store.ts';
import { probeStore, type StoreAbilities } from './probe-store.ts';
import { CLAIM, claimKey, type ProbedStore } from './put-new.ts';
import { ReadAhead } from './read-ahead.ts';
import { Staging } from './staging.ts';

/** What a disk over a bucket needs. */
export interface ObjectDiskOptions {
  readonly bucket: string;
  readonly store: ObjectStore;
  /** Holds files while they are written. */
  readonly local: Disk;
  /** Absolute folder on the local disk, made when first needed. */
  readonly stagingFolder: string;
  /** Random hex digits. */
  readonly hex: (digits: number) => string;
  readonly nowMs: () => number;
}

/**
 * A bucket as a disk: paths are `s3://bucket/key`, the same names as on any disk.
 *
 * What lies in a folder `incoming` stands on the local disk until it is renamed out of it; the upload begins then, and
 * `syncFile` and `syncFolder` resolve once it is read back right, as with names on any disk. A `.jsonl` file that is
 * created in place grows by an object for each sync. No object is ever overwritten. A folder is an object of its name
 * with '/' at the end, so that one of two writers makes it.
 */
export class ObjectDisk implements Disk {
  readonly #store: ObjectStore;
  readonly #bucket: string;
  readonly #options: ObjectDiskOptions;
  readonly #probed: ProbedStore;
  readonly #staging: Staging;
  /** Files that grow, by key. */
  readonly #growing: Map<string, GrowingObject> = new Map();
  readonly #ahead: ReadAhead;
  /** Names of folders in each folder that was listed or made here, by key: spares asking whether a file is one. */
  readonly #foldersIn: Map<string, Set<string>> = new Map();
  /** Folders in which what was abandoned was looked for. */
  readonly #cleared: Set<string> = new Set();
  #abilities: Promise<StoreAbilities> | null = null;

  constructor(options: ObjectDiskOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#bucket = options.bucket;
    this.#probed = { store: options.store, abilities: () => this.abilities() };
    this.#ahead = new ReadAhead(options.store);
    this.#staging = new Staging(this.#probed, options.local, options.stagingFolder);
  }

  /** What the store can do, asked once. */
  abilities(): Promise<StoreAbilities> {
    const key = `.fieldvault-probe-${this.#options.hex(16)}`;
    this.#abilities ??= probeStore(this.#store, key).catch((error: unknown) => {
      this.#abilities = null;
      throw error;
    });
    return this.#abilities;
  }

  async listFolder(path: string): Promise<FolderEntry[]> {
    const key = keyOf(path);
    if (isStaged(key)) return this.#staging.list(key);
    const prefix = key === '' ? '' : `${key}/`;
    const { objects, folders } = await listAll(this.#store, { prefix, delimiter: '/' });
    const entries = new Map<string, FolderEntry>();
    const add = (whole: string, facts: FileFacts): void => {
      const name = whole.slice(prefix.length);
      if (name !== '' && !name.includes(CLAIM)) entries.set(name, { name, ...facts });
    };
    for (const folder of folders) add(folder.slice(0, -1), FOLDER_FACTS);
    this.#foldersIn.set(key, new Set(folders.map((folder) => lastName(folder.slice(0, -1)))));
    if (lastName(key) === 'journal') {
      this.#ahead.expect(objects.filter((object) => mayGrow(object.key)));
    }
    const tails = Map.groupBy(objects, (object) => grownKeyOf(object.key));
    for (const [grown, pieces] of tails) if (grown !== null) add(grown, factsOfTails(pieces));
    // A whole object counts, not what is left of its pieces.
    for (const object of tails.get(null) ?? []) add(object.key, factsOfObject(object));
    for (const [pending, facts] of this.#staging.pendingBelow(prefix)) add(pending, facts);
    for (const [grown, file] of this.#growing) {
      const name = grown.slice(prefix.length);
      const isHere = grown.startsWith(prefix) && !name.includes('/') && !entries.has(name);
      if (isHere) add(grown, growingFacts(file));
    }
    const isThere = objects.length + folders.length > 0 || entries.size > 0 || key === '';
    if (!isThere) throw await this.#noFolder(path, key);
    return [...entries.values()];
  }

  async #noFolder(path: string, key: string): Promise<Error> {
    const isFile = (await this.#store.head(key)) !== null;
    return isFile ? storeError('ENOTDIR', `${path} is a file`) : missing(path);
  }

  async stat(path: string): Promise<FileFacts | null> {
    const key = keyOf(path);
    if (key === '') return this.#statBucket();
    if (isStaged(key)) return this.#staging.stat(key);
    const pending = this.#staging.pendingFacts(key);
    if (pending !== null) return pending;
    const growing = this.#growing.get(key);
    if (growing !== undefined) return growingFacts(growing);
    const object = this.#ahead.factsOf(key) ?? (await this.#store.head(key));
    if (object !== null) return factsOfObject(object);
    if (this.#isNoFolder(key)) return null;
    if (mayGrow(key)) {
      const tails = await listTails(this.#store, key);
      if (tails.length > 0) return factsOfTails(tails);
    }
    const { objects, folders } = await this.#store.list({ prefix: `${key}/`, countMax: 1 });
    return objects.length + folders.length > 0 ? FOLDER_FACTS : null;
  }

  /** Folders of a vault have no dot in their names; asking once more would cost as much as writing a file. */
  #isNoFolder(key: string): boolean {
    const name = lastName(key);
    const beside = this.#foldersIn.get(key.slice(0, -name.length - 1));
    return name.includes('.') && !mayGrow(key) && beside?.has(name) === false;
  }

  async #statBucket(): Promise<FileFacts | null> {
    // Where there is no bucket, listing it fails.
    await this.#store.list({ prefix: '', countMax: 1 });
    return FOLDER_FACTS;
  }

  async openRead(path: string, options: { readonly direct?: boolean } = {}): Promise<ReadableFile> {
    const key = keyOf(path);
    const local = isStaged(key) ? this.#staging.localPath(key) : this.#staging.pendingPath(key);
    if (local !== null) return this.#options.local.openRead(local, options);
    const file = (await this.#ahead.open(key)) ?? (await this.#openTailed(key));
    if (file !== null) return file;
    const isFolder = (await this.stat(path))?.kind === 'folder';
    throw isFolder ? storeError('EISDIR', `${path} is a folder`) : missing(path);
  }

  async #openTailed(key: string): Promise<ReadableFile | null> {
    if (!mayGrow(key)) return null;
    // Where its writer closes it at this moment, its pieces go and the whole file is there.
    return (await TailedFile.open(this.#store, key)) ?? (await ObjectFile.open(this.#store, key));
  }

  async createNew(path: string): Promise<WritableFile> {
    const key = keyOf(path);
    if (isStaged(key)) return this.#staging.create(key);
    if (!mayGrow(key)) {
      throw storeError('ENOTSUP', `${path}: files of a bucket are made in "incoming"`);
    }
    if ((await this.stat(path)) !== null) throw storeError('EEXIST', `${path} is there`);
    const file = new GrowingObject(this.#probed, key, {
      beganMs: this.#options.nowMs(),
      onClose: () => this.#growing.delete(key),
    });
    this.#growing.set(key, file);
    await this.#clearAbandoned(key.slice(0, -lastName(key).length));
    return file;
  }

  /** Once for each folder, when a writer comes. */
  async #clearAbandoned(folder: string): Promise<void> {
    if (this.#cleared.has(folder)) return;
    this.#cleared.add(folder);
    const vault = folder.slice(0, -lastName(folder.slice(0, -1)).length - 1);
    const nowMs = this.#options.nowMs();
    // What cannot be cleared now is cleared another time.
    await clearAbandoned(this.#store, { vault, folder, nowMs }).catch(() => {});
  }

  async syncFile(path: string): Promise<SyncStrength> {
    const key = keyOf(path);
    if (await this.#staging.settle(key)) return 'durable';
    const facts = await this.stat(path);
    if (facts === null) throw missing(path);
    return 'durable';
  }

  async makeFolder(path: string): Promise<boolean> {
    const key = keyOf(path);
    if (isBelowIncoming(key)) return this.#staging.makeFolder(key);
    const there = await this.stat(path);
    if (there?.kind === 'folder') return false;
    if (there !== null) throw storeError('EEXIST', `${path} is a file`);
    const isMade = await claimKey(this.#probed, `${key}/`, this.#options.hex(16));
    if (isMade) this.#foldersIn.set(key, new Set());
    this.#foldersIn.get(key.slice(0, -lastName(key).length - 1))?.add(lastName(key));
    return isMade;
  }

  async rename(source: string, target: string): Promise<void> {
    const [from, to] = [keyOf(source), keyOf(target)];
    if (!isStaged(from)) {
      throw storeError('ENOTSUP', `${source}: what has its name in a bucket keeps it`);
    }
    if (isStaged(to)) await this.#staging.rename(from, to);
    else await this.#staging.publish(from, to);
  }

  async removeFile(path: string): Promise<void> {
    const key = keyOf(path);
    if (isStaged(key)) return this.#staging.removeFile(key);
    await this.#staging.settle(key);
    const facts = await this.stat(path);
    if (facts === null) throw missing(path);
    if (facts.kind === 'folder') throw storeError('EISDIR', `${path} is a folder`);
    if (mayGrow(key)) {
      for (const tail of await listTails(this.#store, key)) await this.#store.remove(tail.key);
    }
    this.#ahead.forget(key);
    await this.#store.remove(key);
  }

  async removeFolder(path: string): Promise<void> {
    const key = keyOf(path);
    if (isBelowIncoming(key)) return this.#staging.removeFolder(key);
    const { objects } = await this.#store.list({ prefix: `${key}/`, countMax: 2 });
    if (objects.length === 0) throw await this.#noFolder(path, key);
    if (objects.some((object) => object.key !== `${key}/`)) {
      throw storeError('ENOTEMPTY', `${path} is not empty`);
    }
    const claims = await this.#store.list({ prefix: `${key}/${CLAIM}` });
    for (const claim of claims.objects) await this.#store.remove(claim.key);
    this.#foldersIn.delete(key);
    await this.#store.remove(`${key}/`);
  }

  async syncFolder(path: string): Promise<SyncStrength> {
    const key = keyOf(path);
    if (!isStaged(key)) await this.#staging.settleBelow(key === '' ? '' : `${key}/`);
    return 'durable';
  }

  async setMtime(path: string, mtimeMs: number): Promise<void> {
    const key = keyOf(path);
    // The time of an object is the store's to say.
    if (isStaged(key)) await this.#options.local.setMtime(this.#staging.localPath(key), mtimeMs);
  }

  async setMode(): Promise<void> {}

  async readLink(path: string): Promise<string> {
    throw (await this.stat(path)) === null
      ? missing(path)
      : storeError('EINVAL', `${path} is no link`);
  }

  async makeLink(path: string): Promise<void> {
    throw storeError('ENOTSUP', `${path}: a bucket has no links`);
  }

  async freeBytes(): Promise<number | null> {
    return null;
  }

  async resolve(path: string): Promise<string> {
    if ((await this.stat(path)) === null) throw missing(path);
    const key = keyOf(path);
    return key === '' ? `s3://${this.#bucket}` : `s3://${this.#bucket}/${key}`;
  }

  localPath(): string | null {
    return null;
  }

  /** Ends the connections of the store. */
  async close(): Promise<void> {
    await this.#store.close();
  }
}

function keyOf(path: string): string {
  const { key } = parseObjectPath(path);
  if (new TextEncoder().encode(key).length <= LIMITS.storeKeyBytesMax) return key;
  throw storeError('ENAMETOOLONG', `${path} is too long for a bucket`);
}

/** What stands behind the last '/'. */
function lastName(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/** Whether a key is of an `incoming` folder, or below one. */
function isStaged(key: string): boolean {
  return /(^|\/)incoming(\/|$)/.test(key);
}

function isBelowIncoming(key: string): boolean {
  return /(^|\/)incoming\//.test(key);
}

function growingFacts(file: GrowingObject): FileFacts {
  return { kind: 'file', sizeBytes: file.sizeBytes, mtimeMs: file.beganMs, mode: 0o644 };
}

function missing(path: string): Error {
  return storeError('ENOENT', `no such file or folder: ${path}`);
}
