import { LIMITS } from '../base/index.ts';
import type {
  Disk,
  FileFacts,
  FolderEntry,
  SyncStrength,
  WritableFile,
} from '../platform/index.ts';
import { digestFile, RunningDigest } from './digest-file.ts';
import { storeError } from './object-store.ts';
import { ensureFolder } from './publish.ts';
import type { ProbedStore } from './put-new.ts';
import { uploadFile } from './upload-file.ts';
import { UploadQueue } from './upload-queue.ts';

type Digest = ReturnType<RunningDigest['finish']>;

/** A file on its way to the store. */
interface Pending {
  readonly path: string;
  readonly facts: FileFacts;
  readonly sent: Promise<void>;
}

/**
 * Files that are written on the local disk before they go to a store. They need not outlive the machine: what was not
 * uploaded and read back was never acknowledged. They do outlive the process, so that work goes on where it was cut off.
 */
export class Staging {
  readonly #probed: ProbedStore;
  readonly #local: Disk;
  readonly #folder: string;
  readonly #queue: UploadQueue = new UploadQueue(LIMITS.storeUploadsMax);
  /** Digests of staged files by local path, taken from the bytes as they were given. */
  readonly #digests: Map<string, Digest> = new Map();
  /** Files that have their new name and are not settled yet, by key. */
  readonly #pending: Map<string, Pending> = new Map();

  constructor(probed: ProbedStore, local: Disk, folder: string) {
    this.#probed = probed;
    this.#local = local;
    this.#folder = folder;
  }

  localPath(key: string): string {
    return `${this.#folder}/${key}`;
  }

  stat(key: string): Promise<FileFacts | null> {
    return this.#local.stat(this.localPath(key));
  }

  async list(key: string): Promise<FolderEntry[]> {
    const isThere = (await this.stat(key)) !== null;
    // The folder itself is of the vault and always there; what it holds is this machine's.
    if (!isThere && key.endsWith('incoming')) return [];
    return this.#local.listFolder(this.localPath(key));
  }

  async makeFolder(key: string): Promise<boolean> {
    const path = this.localPath(key);
    await ensureFolder(this.#local, path.slice(0, path.lastIndexOf('/')));
    return this.#local.makeFolder(path);
  }

  async removeFolder(key: string): Promise<void> {
    await this.#local.removeFolder(this.localPath(key));
  }

  async removeFile(key: string): Promise<void> {
    this.#digests.delete(this.localPath(key));
    await this.#local.removeFile(this.localPath(key));
  }

  async create(key: string): Promise<WritableFile> {
    const path = this.localPath(key);
    const file = await this.#local.createNew(path);
    const digest = new RunningDigest();
    return {
      write: async (bytes) => {
        digest.update(bytes);
        await file.write(bytes);
      },
      sync: async (): Promise<SyncStrength> => 'durable',
      close: async () => {
        if (!this.#digests.has(path)) this.#digests.set(path, digest.finish());
        await file.close();
      },
    };
  }

  async rename(from: string, to: string): Promise<void> {
    const [source, target] = [this.localPath(from), this.localPath(to)];
    await this.#local.rename(source, target);
    const digest = this.#digests.get(source);
    this.#digests.delete(source);
    this.#digests.delete(target);
    if (digest !== undefined) this.#digests.set(target, digest);
  }

  /** Gives a staged file its name in the store: the upload begins, {@link settle} waits for it. */
  async publish(from: string, key: string): Promise<void> {
    const path = this.localPath(from);
    const facts = await this.#local.stat(path);
    if (facts === null) throw storeError('ENOENT', `no such file: ${path}`);
    await this.#pending.get(key)?.sent.catch(() => {});
    const sent = this.#queue.run(() => this.#send(path, key));
    // Whoever settles it is told; until then nobody listens.
    sent.catch(() => {});
    this.#pending.set(key, { path, facts, sent });
  }

  async #send(path: string, key: string): Promise<void> {
    const { blob: sha256, sizeBytes } =
      this.#digests.get(path) ?? (await digestFile(this.#local, path));
    this.#digests.delete(path);
    const upload = { path, key, sizeBytes, sha256 };
    if ((await uploadFile(this.#probed, this.#local, upload)) === 'put') return;
    throw storeError('EEXIST', `other bytes stand at ${key}`);
  }

  /** Waits until the file is in the store for good; false where none was on its way. */
  async settle(key: string): Promise<boolean> {
    const pending = this.#pending.get(key);
    if (pending === undefined) return false;
    try {
      await pending.sent;
    } finally {
      if (this.#pending.get(key) === pending) {
        this.#pending.delete(key);
        await this.#local.removeFile(pending.path).catch(() => {});
      }
    }
    return true;
  }

  /**
   * Waits for every file on its way whose key begins so. One that failed fails this too, and whoever settles it by its key
   * is told as well: it may be another's.
   */
  async settleBelow(prefix: string): Promise<void> {
    for (const [key, { sent }] of [...this.#pending]) {
      if (!key.startsWith(prefix)) continue;
      await sent;
      await this.settle(key);
    }
  }

  pendingFacts(key: string): FileFacts | null {
    return this.#pending.get(key)?.facts ?? null;
  }

  pendingPath(key: string): string | null {
    return this.#pending.get(key)?.path ?? null;
  }

  /** Files on their way that lie directly below. */
  *pendingBelow(prefix: string): Generator<readonly [string, FileFacts]> {
    for (const [key, { facts }] of this.#pending) {
      if (key.startsWith(prefix) && !key.slice(prefix.length).includes('/')) yield [key, facts];
    }
  }
}
