import { createHash } from 'node:crypto';
import {
  type ByteRange,
  compareKeys,
  type ListPage,
  type ListRequest,
  type ObjectFacts,
  type ObjectStore,
  type PutOptions,
  type PutOutcome,
  pageKeys,
  type StoredBytes,
  storeError,
  type Upload,
  type UploadedPart,
} from '../store/index.ts';

/** What engines differ in. */
export interface MemoryStoreOptions {
  /** What `ifAbsent` does: what S3 says, an error, or nothing at all. */
  readonly conditionalPut?: 'honoured' | 'refused' | 'ignored';
  readonly nowMs?: () => number;
  /** Parts but the last must have so many bytes. */
  readonly partBytesMin?: number;
}

/** Objects in memory. */
export class MemoryStore implements ObjectStore {
  /** What was asked for and what it moved, by name of the call. */
  readonly counts: Map<string, { calls: number; bytes: number }> = new Map();
  /** Keys that got other bytes than they had, in order. */
  readonly overwritten: string[] = [];
  readonly #objects: Map<string, Stored> = new Map();
  readonly #uploads: Map<string, Upload & { readonly parts: Map<number, Uint8Array> }> = new Map();
  readonly #options: Required<MemoryStoreOptions>;
  #uploadCount = 0;

  constructor(options: MemoryStoreOptions = {}) {
    this.#options = {
      conditionalPut: 'honoured',
      nowMs: () => 0,
      partBytesMin: 5 * 1_048_576,
      ...options,
    };
  }

  /** Every key, in order. */
  keys(): string[] {
    return [...this.#objects.keys()].sort(compareKeys);
  }

  /** Another store with the same objects and unfinished uploads. */
  copy(): MemoryStore {
    const copy = new MemoryStore(this.#options);
    for (const [key, stored] of this.#objects) copy.#objects.set(key, stored);
    for (const [id, upload] of this.#uploads) {
      copy.#uploads.set(id, { ...upload, parts: new Map(upload.parts) });
    }
    copy.#uploadCount = this.#uploadCount;
    return copy;
  }

  /** Spoils one byte of what is stored. */
  damage(key: string, offset: number): void {
    const stored = this.#objects.get(key);
    if (stored === undefined) throw new TypeError(`key: nothing stands at ${key}`);
    const bytes = stored.bytes.slice();
    bytes[offset] = (bytes[offset] ?? 0) ^ 1;
    this.#objects.set(key, { ...stored, bytes });
  }

  async get(key: string, range?: ByteRange): Promise<StoredBytes | null> {
    const stored = this.#objects.get(key);
    const end = range === undefined ? undefined : range.fromBytes + range.lengthBytes;
    const bytes = stored?.bytes.slice(range?.fromBytes ?? 0, end);
    this.#count('get', bytes?.length ?? 0);
    if (stored === undefined || bytes === undefined) return null;
    return { ...factsOf(key, stored), bytes };
  }

  async head(key: string): Promise<ObjectFacts | null> {
    this.#count('head', 0);
    const stored = this.#objects.get(key);
    return stored === undefined ? null : factsOf(key, stored);
  }

  async put(key: string, bytes: Uint8Array, { ifAbsent }: PutOptions = {}): Promise<PutOutcome> {
    this.#count('put', bytes.length);
    const { conditionalPut } = this.#options;
    if (ifAbsent && conditionalPut === 'refused') throw storeError('ENOTSUP', 'If-None-Match');
    if (ifAbsent && conditionalPut === 'honoured' && this.#objects.has(key)) return 'taken';
    this.#store(key, new Uint8Array(bytes));
    return 'put';
  }

  async list(request: ListRequest): Promise<ListPage> {
    this.#count('list', 0);
    const { keys, folders, next } = pageKeys(this.keys(), request);
    const objects = keys.flatMap((key) => {
      const stored = this.#objects.get(key);
      return stored === undefined ? [] : [factsOf(key, stored)];
    });
    return { objects, folders, next };
  }

  async remove(key: string): Promise<void> {
    this.#count('remove', 0);
    this.#objects.delete(key);
  }

  async beginUpload(key: string): Promise<Upload> {
    this.#count('beginUpload', 0);
    this.#uploadCount += 1;
    const upload = { key, id: `upload-${this.#uploadCount}`, begunMs: this.#options.nowMs() };
    this.#uploads.set(upload.id, { ...upload, parts: new Map() });
    return upload;
  }

  async putPart(upload: Upload, number: number, bytes: Uint8Array): Promise<UploadedPart> {
    this.#count('putPart', bytes.length);
    this.#unfinished(upload).parts.set(number, new Uint8Array(bytes));
    return partOf(number, bytes);
  }

  async listParts(upload: Upload): Promise<readonly UploadedPart[]> {
    this.#count('listParts', 0);
    const parts = [...this.#unfinished(upload).parts].sort(([a], [b]) => a - b);
    return parts.map(([number, bytes]) => partOf(number, bytes));
  }

  async completeUpload(upload: Upload, parts: readonly UploadedPart[]): Promise<void> {
    this.#count('completeUpload', 0);
    const sent = this.#unfinished(upload).parts;
    const pieces = parts.map(({ number, etag }) => {
      const bytes = sent.get(number);
      if (bytes !== undefined && partOf(number, bytes).etag === etag) return bytes;
      throw storeError('EINVAL', `part ${number} is not there`);
    });
    if (pieces.slice(0, -1).some(({ length }) => length < this.#options.partBytesMin)) {
      throw storeError('EINVAL', 'a part is too small');
    }
    this.#uploads.delete(upload.id);
    this.#store(upload.key, Buffer.concat(pieces));
  }

  async abortUpload(upload: Upload): Promise<void> {
    this.#count('abortUpload', 0);
    this.#uploads.delete(upload.id);
  }

  async listUploads(prefix: string): Promise<readonly Upload[]> {
    this.#count('listUploads', 0);
    return [...this.#uploads.values()]
      .filter(({ key }) => key.startsWith(prefix))
      .map(({ key, id, begunMs }) => ({ key, id, begunMs }));
  }

  async close(): Promise<void> {}

  #unfinished(upload: Upload): { readonly parts: Map<number, Uint8Array> } {
    const found = this.#uploads.get(upload.id);
    if (found?.key === upload.key) return found;
    throw storeError('ENOENT', `no such upload: ${upload.key}`);
  }

  #store(key: string, bytes: Uint8Array): void {
    const etag = md5Of(bytes);
    const before = this.#objects.get(key);
    if (before !== undefined && before.etag !== etag) this.overwritten.push(key);
    this.#objects.set(key, { bytes, etag, modifiedMs: this.#options.nowMs() });
  }

  #count(call: string, bytes: number): void {
    const { calls, bytes: before } = this.counts.get(call) ?? { calls: 0, bytes: 0 };
    this.counts.set(call, { calls: calls + 1, bytes: before + bytes });
  }
}

interface Stored {
  readonly bytes: Uint8Array;
  readonly etag: string;
  readonly modifiedMs: number;
}

function factsOf(key: string, { bytes, etag, modifiedMs }: Stored): ObjectFacts {
  return { key, sizeBytes: bytes.length, etag, modifiedMs };
}

function partOf(number: number, bytes: Uint8Array): UploadedPart {
  return { number, sizeBytes: bytes.length, etag: md5Of(bytes) };
}

function md5Of(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}
