import { LIMITS } from '../base/index.ts';
import type { FileFacts, ReadableFile } from '../platform/index.ts';
import {
  type ObjectFacts,
  type ObjectStore,
  type StoredBytes,
  storeError,
} from './object-store.ts';

/** What a disk says of an object. Stores keep no rights. */
export function factsOfObject({ sizeBytes, modifiedMs }: ObjectFacts): FileFacts {
  return { kind: 'file', sizeBytes, mtimeMs: modifiedMs, mode: 0o644 };
}

/** What a disk says of the start of keys. */
export const FOLDER_FACTS: FileFacts = { kind: 'folder', sizeBytes: 0, mtimeMs: 0, mode: 0o755 };

/** An object that is read in blocks, the next one fetched while the last is used; reads in order cost least. */
export class ObjectFile implements ReadableFile {
  readonly isDirect: boolean = true;
  readonly #store: ObjectStore;
  readonly #facts: ObjectFacts;
  #block: StoredBytes & { readonly fromBytes: number };
  #ahead: { readonly fromBytes: number; readonly block: Promise<StoredBytes | null> } | null = null;

  private constructor(store: ObjectStore, first: StoredBytes) {
    this.#store = store;
    const { bytes: _, ...facts } = first;
    this.#facts = facts;
    this.#block = { ...first, fromBytes: 0 };
  }

  /** Opens by fetching the first block; null where there is no such object. */
  static async open(store: ObjectStore, key: string): Promise<ObjectFile | null> {
    const lengthBytes = LIMITS.storePartBytes;
    const first = await store.get(key, { fromBytes: 0, lengthBytes });
    return first === null ? null : new ObjectFile(store, first);
  }

  async facts(): Promise<FileFacts> {
    return factsOfObject(this.#facts);
  }

  async read(buffer: Uint8Array, positionBytes: number): Promise<number> {
    let count = 0;
    while (count < buffer.length) {
      const at = positionBytes + count;
      if (at >= this.#facts.sizeBytes) break;
      const { bytes, fromBytes } = await this.#blockAt(at);
      const piece = bytes.subarray(at - fromBytes, at - fromBytes + buffer.length - count);
      buffer.set(piece, count);
      count += piece.length;
    }
    return count;
  }

  async close(): Promise<void> {
    this.#ahead = null;
  }

  async #blockAt(at: number): Promise<StoredBytes & { readonly fromBytes: number }> {
    const { fromBytes, bytes } = this.#block;
    if (at >= fromBytes && at < fromBytes + bytes.length) return this.#block;
    const wanted = at - (at % LIMITS.storePartBytes);
    const isInOrder = wanted === fromBytes + LIMITS.storePartBytes;
    const block = await (this.#ahead?.fromBytes === wanted
      ? this.#ahead.block
      : this.#fetch(wanted));
    // Another object under the same key is another file: half of each would be neither.
    if (block === null || block.etag !== this.#facts.etag || block.bytes.length <= at - wanted) {
      throw storeError('EIO', `${this.#facts.key} changed while it was read`);
    }
    this.#block = { ...block, fromBytes: wanted };
    const next = wanted + LIMITS.storePartBytes;
    this.#ahead = null;
    if (isInOrder && next < this.#facts.sizeBytes) {
      const ahead = this.#fetch(next);
      ahead.catch(() => {});
      this.#ahead = { fromBytes: next, block: ahead };
    }
    return this.#block;
  }

  #fetch(fromBytes: number): Promise<StoredBytes | null> {
    const lengthBytes = Math.min(LIMITS.storePartBytes, this.#facts.sizeBytes - fromBytes);
    return this.#store.get(this.#facts.key, { fromBytes, lengthBytes });
  }
}
