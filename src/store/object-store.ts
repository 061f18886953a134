/**
 * The seam to stores of objects: an S3 bucket, a folder, memory. Keys are strings with '/' between names; an object is
 * written whole and seen whole or not at all.
 *
 * What goes wrong is thrown as on a disk, with `code`: `EACCES` (not allowed), `EDQUOT` (quota), `ENOSPC`, `ENOENT`
 * (no such bucket, no such upload), `ENOTSUP` (the engine cannot do that), `ETIMEDOUT`, `ECONNRESET`, `EBUSY` (asked to
 * slow down), `EIO` (the engine failed). After the last four nothing is known: what was asked for may be done, or be
 * done later.
 */
export interface ObjectStore {
  /**
   * Bytes of an object with its facts; null where there is none. Past the end: no bytes.
   * @param range left out: all of it
   */
  get(key: string, range?: ByteRange): Promise<StoredBytes | null>;
  /** Facts of an object; null where there is none. */
  head(key: string): Promise<ObjectFacts | null>;
  /**
   * Writes a small object whole.
   * @param options.ifAbsent asks the engine to refuse where the key is taken; engines exist that answer `ENOTSUP`, and
   * engines that overwrite all the same: see `probeStore`
   */
  put(key: string, bytes: Uint8Array, options?: PutOptions): Promise<PutOutcome>;
  /** One page of keys in order of their UTF-8 bytes. */
  list(wanted: ListRequest): Promise<ListPage>;
  /** Removes an object; nothing happens where there is none. */
  remove(key: string): Promise<void>;
  /** Begins an object that is sent in parts; it is not seen before it is completed. */
  beginUpload(key: string): Promise<Upload>;
  /** Sends one part. Numbers begin at 1; every part but the last has at least 5 MiB; the same number replaces. */
  putPart(upload: Upload, number: number, bytes: Uint8Array): Promise<UploadedPart>;
  /** The parts that are there, by number. */
  listParts(upload: Upload): Promise<readonly UploadedPart[]>;
  /** Makes the object of its parts, replacing what has the key. */
  completeUpload(upload: Upload, parts: readonly UploadedPart[]): Promise<void>;
  /** Drops an unfinished object; nothing happens where there is none. */
  abortUpload(upload: Upload): Promise<void>;
  /** Unfinished objects whose key begins so. */
  listUploads(prefix: string): Promise<readonly Upload[]>;
  /** Ends connections. */
  close(): Promise<void>;
}

/** A piece of an object. */
export interface ByteRange {
  readonly fromBytes: number;
  readonly lengthBytes: number;
}

/** What a store says of an object. */
export interface ObjectFacts {
  readonly key: string;
  readonly sizeBytes: number;
  /** When it was written, by this machine's clock, in milliseconds since 1970. */
  readonly modifiedMs: number;
  /** Changes with the content; without quotes. */
  readonly etag: string;
}

/** Bytes with the facts of the whole object. */
export interface StoredBytes extends ObjectFacts {
  readonly bytes: Uint8Array;
}

/** How an object is put. */
export interface PutOptions {
  readonly ifAbsent?: boolean;
  /** Others may put the same bytes: finding them there does not mean that this call put them. */
  readonly isShared?: boolean;
}

/** `taken`: the key was not free and nothing was done. */
export type PutOutcome = 'put' | 'taken';

/** Which keys are asked for. */
export interface ListRequest {
  readonly prefix: string;
  /** `/`: keys with one behind the prefix are told as one folder. */
  readonly delimiter?: '/';
  /** The `next` of the page before. */
  readonly after?: string;
  /** At most 1000, which is what is given when left out. */
  readonly countMax?: number;
}

/** A page of keys. */
export interface ListPage {
  readonly objects: readonly ObjectFacts[];
  /** Starts of keys, with the `/` at their end. */
  readonly folders: readonly string[];
  /** Asks for the next page; null after the last. */
  readonly next: string | null;
}

/** An unfinished object. */
export interface Upload {
  readonly key: string;
  readonly id: string;
  /** When it was begun, by this machine's clock. */
  readonly begunMs: number;
}

/** A part of an unfinished object. */
export interface UploadedPart {
  readonly number: number;
  readonly sizeBytes: number;
  /** On most engines the MD5 of its bytes in hex digits. */
  readonly etag: string;
}

/** An error as a disk throws it. */
export function storeError(code: string, message: string, cause?: unknown): Error {
  const options = cause === undefined ? undefined : { cause };
  return Object.assign(new Error(`${code}: ${message}`, options), { code });
}

/** Every object and folder of a listing. */
export async function listAll(
  store: Pick<ObjectStore, 'list'>,
  wanted: Omit<ListRequest, 'after'>,
): Promise<Omit<ListPage, 'next'>> {
  const objects: ObjectFacts[] = [];
  const folders: string[] = [];
  let after: string | null = null;
  do {
    const page: ListPage = await store.list(after === null ? wanted : { ...wanted, after });
    objects.push(...page.objects);
    folders.push(...page.folders);
    after = page.next;
  } while (after !== null);
  return { objects, folders };
}
