import type { FileFacts, ReadableFile, SyncStrength, WritableFile } from '../platform/index.ts';
import { factsOfObject } from './object-file.ts';
import { type ObjectFacts, type ObjectStore, storeError } from './object-store.ts';
import { type ProbedStore, putNew } from './put-new.ts';

/**
 * What stands between the key of a file that grows and the number of a piece of it. No object is ever written twice: a
 * write that is applied late, after the client gave it up, can then undo nothing. When the file is closed its pieces
 * become one object under its own key; whole, that object alone counts.
 */
const TAIL = '.tail-';
const TAILED = /^(.*\.jsonl)\.tail-(\d{6,9})$/;

/** Whether a key is of a file that may stand there in pieces. */
export function mayGrow(key: string): boolean {
  return key.endsWith('.jsonl');
}

/** The key of the growing file that this is a piece of; null for other keys. */
export function grownKeyOf(key: string): string | null {
  return TAILED.exec(key)?.[1] ?? null;
}

/** The pieces of a growing file in order. */
export async function listTails(store: ObjectStore, key: string): Promise<ObjectFacts[]> {
  const tails: ObjectFacts[] = [];
  for (let after: string | undefined; ; ) {
    const prefix = `${key}${TAIL}`;
    const page = await store.list(after === undefined ? { prefix } : { prefix, after });
    tails.push(...page.objects.filter((object) => grownKeyOf(object.key) === key));
    if (page.next === null) return tails;
    after = page.next;
  }
}

/** One file of pieces as a disk tells it. */
export function factsOfTails(tails: readonly ObjectFacts[]): FileFacts {
  return {
    ...factsOfObject({ key: '', etag: '', sizeBytes: 0, modifiedMs: 0 }),
    sizeBytes: tails.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    mtimeMs: Math.max(0, ...tails.map(({ modifiedMs }) => modifiedMs)),
  };
}

/** A file that is appended to: each sync puts what came since as a piece of its own. */
export class GrowingObject implements WritableFile {
  readonly #probed: ProbedStore;
  readonly #key: string;
  readonly #onClose: () => void;
  /** When it was begun, in milliseconds since 1970. */
  readonly beganMs: number;
  readonly #written: Uint8Array[] = [];
  #pending: Uint8Array[] = [];
  #pieces = 0;
  #isFailed = false;
  #isClosed = false;

  constructor(
    probed: ProbedStore,
    key: string,
    { beganMs, onClose }: { readonly beganMs: number; readonly onClose: () => void },
  ) {
    this.#probed = probed;
    this.#key = key;
    this.#onClose = onClose;
    this.beganMs = beganMs;
  }

  get sizeBytes(): number {
    return this.#written.reduce((sum, { length }) => sum + length, 0);
  }

  async write(bytes: Uint8Array): Promise<void> {
    // A Buffer's own `slice` would share its memory.
    const copy = new Uint8Array(bytes);
    this.#written.push(copy);
    this.#pending.push(copy);
  }

  async sync(): Promise<SyncStrength> {
    if (this.#isFailed) throw storeError('EIO', `${this.#key} cannot be written any more`);
    if (this.#pending.length === 0 && this.#pieces > 0) return 'durable';
    const bytes = Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pieces += 1;
    const piece = `${this.#key}${TAIL}${String(this.#pieces).padStart(6, '0')}`;
    try {
      // Somebody else's piece: two writers have one name, and only one of them may go on.
      if ((await putNew(this.#probed, piece, bytes)) === 'taken') {
        throw storeError('EEXIST', `${this.#key} is another writer's`);
      }
    } catch (error) {
      this.#isFailed = true;
      throw error;
    }
    return 'durable';
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#onClose();
    if (this.#isFailed) return;
    const { store } = this.#probed;
    const whole = Buffer.concat(this.#written);
    if ((await putNew(this.#probed, this.#key, whole)) === 'taken') {
      throw storeError('EEXIST', `${this.#key} is another writer's`);
    }
    // From here on the pieces count no more; what stays of them is cleared another time.
    for (const { key } of await listTails(store, this.#key).catch(() => [])) {
      await store.remove(key).catch(() => {});
    }
  }
}

/** Reads pieces as one file. */
export class TailedFile implements ReadableFile {
  readonly isDirect: boolean = true;
  readonly #bytes: Uint8Array;
  readonly #facts: FileFacts;

  private constructor(bytes: Uint8Array, facts: FileFacts) {
    this.#bytes = bytes;
    this.#facts = facts;
  }

  /** Null where there are no pieces. */
  static async open(store: ObjectStore, key: string): Promise<TailedFile | null> {
    const tails = await listTails(store, key);
    if (tails.length === 0) return null;
    const pieces: Uint8Array[] = [];
    for (const [index, tail] of tails.entries()) {
      if (Number(TAILED.exec(tail.key)?.[2]) !== index + 1) {
        throw storeError('EIO', `${key}: piece ${index + 1} is missing`);
      }
      const piece = await store.get(tail.key);
      // Closed meanwhile: the whole file stands under its own key.
      if (piece === null) return null;
      pieces.push(piece.bytes);
    }
    return new TailedFile(Buffer.concat(pieces), factsOfTails(tails));
  }

  async facts(): Promise<FileFacts> {
    return this.#facts;
  }

  async read(buffer: Uint8Array, positionBytes: number): Promise<number> {
    const piece = this.#bytes.subarray(positionBytes, positionBytes + buffer.length);
    buffer.set(piece);
    return piece.length;
  }

  async close(): Promise<void> {}
}
