import { createHash } from 'node:crypto';
import { LIMITS, systemCodeOf } from '../base/index.ts';
import type { Disk, World } from '../platform/index.ts';
import {
  type ByteRange,
  type ListPage,
  type ListRequest,
  type ObjectFacts,
  type ObjectStore,
  type PutOptions,
  type PutOutcome,
  type StoredBytes,
  storeError,
  type Upload,
  type UploadedPart,
} from './object-store.ts';
import { compareKeys, pageKeys } from './page-keys.ts';
import { ensureFolder } from './publish.ts';
import { readSmallFile } from './small-file.ts';

/** Holds what is not whole yet, and locks. */
const OWN = '.store';
/** Stands for the key of a folder, which ends with '/'. */
const MARKER = '.folder';

/**
 * Objects as files of a folder on any disk, also one that several machines share. A key is a path: where `a` is an object,
 * nothing can be below `a/`. Objects appear by rename, synced before and after; one that must not be there yet is put
 * under a lock, which is broken once it is older than a lease.
 */
export class FolderStore implements ObjectStore {
  readonly #world: Pick<World, 'disk' | 'clock' | 'random'>;
  readonly #disk: Disk;
  readonly #root: string;

  /** @param root absolute path of a folder that is there */
  constructor(world: Pick<World, 'disk' | 'clock' | 'random'>, root: string) {
    this.#world = world;
    this.#disk = world.disk;
    this.#root = root;
  }

  async get(key: string, range?: ByteRange): Promise<StoredBytes | null> {
    const facts = await this.head(key);
    if (facts === null) return null;
    const { fromBytes, lengthBytes } = range ?? { fromBytes: 0, lengthBytes: facts.sizeBytes };
    const file = await this.#disk.openRead(this.#pathOf(key));
    try {
      const left = Math.max(0, facts.sizeBytes - fromBytes);
      const bytes = new Uint8Array(Math.min(lengthBytes, left));
      const count = await file.read(bytes, fromBytes);
      return { ...facts, bytes: bytes.subarray(0, count) };
    } finally {
      await file.close();
    }
  }

  async head(key: string): Promise<ObjectFacts | null> {
    const facts = await this.#disk.stat(this.#pathOf(key));
    if (facts?.kind !== 'file') return null;
    const { sizeBytes, mtimeMs: modifiedMs } = facts;
    return { key, sizeBytes, modifiedMs, etag: `${sizeBytes}-${modifiedMs}` };
  }

  async put(key: string, bytes: Uint8Array, { ifAbsent }: PutOptions = {}): Promise<PutOutcome> {
    const part = await this.#write(bytes);
    if (!ifAbsent) {
      await this.#publish(part, key);
      return 'put';
    }
    const outcome = await this.#locked(key, async () => {
      if ((await this.head(key)) !== null) return 'taken';
      await this.#publish(part, key);
      return 'put';
    });
    if (outcome === 'taken') await this.#disk.removeFile(part);
    return outcome;
  }

  async list(request: ListRequest): Promise<ListPage> {
    const slash = request.prefix.lastIndexOf('/');
    const start = request.prefix.slice(0, Math.max(slash, 0));
    const found = new Map<string, ObjectFacts>();
    for await (const facts of this.#below(start, request.delimiter !== undefined)) {
      found.set(facts.key, facts);
    }
    const { keys, folders, next } = pageKeys([...found.keys()].sort(compareKeys), request);
    const objects = keys.map((key) => found.get(key)).filter((facts) => facts !== undefined);
    return { objects, folders, next };
  }

  async remove(key: string): Promise<void> {
    try {
      await this.#disk.removeFile(this.#pathOf(key));
    } catch (error) {
      if (!['ENOENT', 'ENOTDIR'].includes(systemCodeOf(error))) throw error;
    }
  }

  async beginUpload(key: string): Promise<Upload> {
    const id = this.#world.random.hex(16);
    const folder = this.#uploadFolder(id);
    await ensureFolder(this.#disk, folder);
    const name = await this.#write(new TextEncoder().encode(key));
    await this.#disk.rename(name, `${folder}/key`);
    return { key, id, begunMs: this.#world.clock.nowMs() };
  }

  async putPart(upload: Upload, number: number, bytes: Uint8Array): Promise<UploadedPart> {
    const older = await this.#partFiles(upload);
    const part = await this.#write(bytes);
    const etag = createHash('md5').update(bytes).digest('hex');
    const folder = this.#uploadFolder(upload.id);
    await this.#disk.rename(part, `${folder}/${number}.${etag}`);
    for (const { name, number: other } of older) {
      const isOlder = other === number && name !== `${number}.${etag}`;
      if (isOlder) await this.#disk.removeFile(`${folder}/${name}`);
    }
    return { number, sizeBytes: bytes.length, etag };
  }

  async listParts(upload: Upload): Promise<readonly UploadedPart[]> {
    const parts = await this.#partFiles(upload);
    return parts.map(({ number, sizeBytes, etag }) => ({ number, sizeBytes, etag }));
  }

  async completeUpload(upload: Upload, parts: readonly UploadedPart[]): Promise<void> {
    const there = await this.#partFiles(upload);
    const folder = this.#uploadFolder(upload.id);
    const whole = `${this.#root}/${OWN}/${this.#world.random.hex(16)}.part`;
    const file = await this.#disk.createNew(whole);
    try {
      for (const { number, etag } of parts) {
        const part = there.find((one) => one.number === number && one.etag === etag);
        if (part === undefined) throw storeError('EINVAL', `part ${number} is not there`);
        const bytes = await readSmallFile(this.#disk, `${folder}/${part.name}`, part.sizeBytes);
        if (bytes !== null) await file.write(bytes);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await this.#publish(whole, upload.key);
    await this.abortUpload(upload);
  }

  async abortUpload(upload: Upload): Promise<void> {
    const folder = this.#uploadFolder(upload.id);
    if ((await this.#disk.stat(folder)) === null) return;
    for (const { name } of await this.#disk.listFolder(folder)) {
      await this.#disk.removeFile(`${folder}/${name}`);
    }
    await this.#disk.removeFolder(folder);
  }

  async listUploads(prefix: string): Promise<readonly Upload[]> {
    const folder = `${this.#root}/${OWN}/uploads`;
    if ((await this.#disk.stat(folder)) === null) return [];
    const uploads: Upload[] = [];
    for (const { name: id } of await this.#disk.listFolder(folder)) {
      const at = `${folder}/${id}/key`;
      const bytes = await readSmallFile(this.#disk, at);
      const key = new TextDecoder().decode(bytes ?? undefined);
      if (bytes === null || !key.startsWith(prefix)) continue;
      uploads.push({ key, id, begunMs: (await this.#disk.stat(at))?.mtimeMs ?? 0 });
    }
    return uploads;
  }

  async close(): Promise<void> {}

  #pathOf(key: string): string {
    return `${this.#root}/${key}${key.endsWith('/') ? MARKER : ''}`;
  }

  #uploadFolder(id: string): string {
    return `${this.#root}/${OWN}/uploads/${id}`;
  }

  /** A new file outside of the keys, synced. */
  async #write(bytes: Uint8Array): Promise<string> {
    await ensureFolder(this.#disk, `${this.#root}/${OWN}`);
    const path = `${this.#root}/${OWN}/${this.#world.random.hex(16)}.part`;
    const file = await this.#disk.createNew(path);
    try {
      await file.write(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    return path;
  }

  async #publish(part: string, key: string): Promise<void> {
    const path = this.#pathOf(key);
    const folder = path.slice(0, path.lastIndexOf('/'));
    await ensureFolder(this.#disk, folder);
    await this.#disk.rename(part, path);
    await this.#disk.syncFile(path);
    await this.#disk.syncFolder(folder);
  }

  async #locked<T>(key: string, work: () => Promise<T>): Promise<T> {
    const { clock } = this.#world;
    const name = createHash('sha256').update(key).digest('hex').slice(0, 32);
    const lock = `${this.#root}/${OWN}/${name}.lock`;
    for (;;) {
      try {
        await (await this.#disk.createNew(lock)).close();
        break;
      } catch (error) {
        if (systemCodeOf(error) !== 'EEXIST') throw error;
      }
      const facts = await this.#disk.stat(lock);
      const isDead = facts !== null && clock.nowMs() - facts.mtimeMs > LIMITS.leaseMs;
      if (isDead) await this.#disk.removeFile(lock).catch(() => {});
      else await clock.sleep(LIMITS.storePauseMs);
    }
    try {
      return await work();
    } finally {
      await this.#disk.removeFile(lock).catch(() => {});
    }
  }

  async *#below(start: string, isShallow: boolean): AsyncGenerator<ObjectFacts> {
    const folders = [start];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      const path = folder === '' ? this.#root : `${this.#root}/${folder}`;
      if ((await this.#disk.stat(path))?.kind !== 'folder') continue;
      for (const entry of await this.#disk.listFolder(path)) {
        const { name, kind, sizeBytes, mtimeMs: modifiedMs } = entry;
        const at = folder === '' ? name : `${folder}/${name}`;
        if (at === OWN) continue;
        if (kind === 'folder') {
          const isTold = isShallow && (await this.#hasObject(`${path}/${name}`));
          // Told as the start of keys; what lies below is not asked for.
          if (isTold) yield { key: `${at}/`, sizeBytes: 0, modifiedMs, etag: '' };
          else if (!isShallow) folders.push(at);
          continue;
        }
        const key = name === MARKER ? `${folder}/` : at;
        yield { key, sizeBytes, modifiedMs, etag: `${sizeBytes}-${modifiedMs}` };
      }
    }
  }

  /** Folders stay when the last object below them goes, and are no keys. */
  async #hasObject(path: string): Promise<boolean> {
    const entries = await this.#disk.listFolder(path);
    if (entries.some(({ kind }) => kind === 'file')) return true;
    for (const { name } of entries) if (await this.#hasObject(`${path}/${name}`)) return true;
    return false;
  }

  async #partFiles(upload: Upload): Promise<readonly (UploadedPart & { readonly name: string })[]> {
    const folder = this.#uploadFolder(upload.id);
    if ((await this.#disk.stat(folder)) === null) {
      throw storeError('ENOENT', `no such upload: ${upload.key}`);
    }
    const parts: (UploadedPart & { readonly name: string })[] = [];
    for (const { name, sizeBytes } of await this.#disk.listFolder(folder)) {
      const [, number, etag] = /^(\d+)\.([0-9a-f]{32})$/.exec(name) ?? [];
      if (number === undefined || etag === undefined) continue;
      parts.push({ name, number: Number(number), sizeBytes, etag });
    }
    return parts.sort((a, b) => a.number - b.number);
  }
}
