import type {
  ObjectStore,
  PutOptions,
  PutOutcome,
  StoredBytes,
  UploadedPart,
} from '../store/index.ts';
import { storeError } from '../store/index.ts';

/** A call of a store, counted from 1. */
export interface StoreCall {
  readonly name: Exclude<keyof ObjectStore, 'close'>;
  readonly key: string;
  readonly number: number;
}

/**
 * What goes wrong with one call. `refuse`: nothing is done. `lose-reply`: it is done and the caller is not told.
 * `late`: the caller is not told, and it is done after so many more calls. `flip`: a bit of what is sent or got is
 * another. `cut`: the process ends here; nothing is done any more.
 */
export type StoreFault =
  | { readonly kind: 'refuse'; readonly code: string }
  | { readonly kind: 'lose-reply'; readonly code: string }
  | { readonly kind: 'late'; readonly code: string; readonly calls: number }
  | { readonly kind: 'flip' }
  | { readonly kind: 'cut' };

/** A store that fails as it is told. */
export class FaultyStore implements ObjectStore {
  /** Resolves once a `cut` came; what was asked for then or later never ends. */
  readonly whenCut: Promise<void>;
  readonly #store: ObjectStore;
  readonly #faultOf: (call: StoreCall) => StoreFault | null;
  readonly #late: { left: number; readonly work: () => Promise<unknown> }[] = [];
  #calls = 0;
  #isCut = false;
  #tellCut: () => void = () => {};

  /** @param faultOf what goes wrong with a call; null: nothing */
  constructor(store: ObjectStore, faultOf: (call: StoreCall) => StoreFault | null) {
    this.#store = store;
    this.#faultOf = faultOf;
    this.whenCut = new Promise((resolve) => {
      this.#tellCut = resolve;
    });
  }

  /** How many calls there were. */
  get calls(): number {
    return this.#calls;
  }

  /** Does now what is still to be done late. */
  async applyLate(): Promise<void> {
    for (const { work } of this.#late.splice(0)) await work().catch(() => {});
  }

  get: ObjectStore['get'] = async (key, range) => {
    const flip = (found: StoredBytes | null): StoredBytes | null =>
      found === null ? null : { ...found, bytes: flipped(found.bytes) };
    return this.#run('get', key, { work: () => this.#store.get(key, range), flip });
  };

  head: ObjectStore['head'] = (key) =>
    this.#run('head', key, { work: () => this.#store.head(key) });

  async put(key: string, bytes: Uint8Array, options?: PutOptions): Promise<PutOutcome> {
    const put = (sent: Uint8Array): Promise<PutOutcome> => this.#store.put(key, sent, options);
    const work = (): Promise<PutOutcome> => put(bytes);
    return this.#run('put', key, { work, flipWork: () => put(flipped(bytes)) });
  }

  list: ObjectStore['list'] = (wanted) =>
    this.#run('list', wanted.prefix, { work: () => this.#store.list(wanted) });

  remove: ObjectStore['remove'] = (key) =>
    this.#run('remove', key, { work: () => this.#store.remove(key) });

  beginUpload: ObjectStore['beginUpload'] = (key) =>
    this.#run('beginUpload', key, { work: () => this.#store.beginUpload(key) });

  putPart: ObjectStore['putPart'] = async (upload, number, bytes) => {
    const put = (sent: Uint8Array): Promise<UploadedPart> =>
      this.#store.putPart(upload, number, sent);
    const work = (): Promise<UploadedPart> => put(bytes);
    return this.#run('putPart', upload.key, { work, flipWork: () => put(flipped(bytes)) });
  };

  listParts: ObjectStore['listParts'] = (upload) =>
    this.#run('listParts', upload.key, { work: () => this.#store.listParts(upload) });

  completeUpload: ObjectStore['completeUpload'] = (upload, parts) =>
    this.#run('completeUpload', upload.key, {
      work: () => this.#store.completeUpload(upload, parts),
    });

  abortUpload: ObjectStore['abortUpload'] = (upload) =>
    this.#run('abortUpload', upload.key, { work: () => this.#store.abortUpload(upload) });

  listUploads: ObjectStore['listUploads'] = (prefix) =>
    this.#run('listUploads', prefix, { work: () => this.#store.listUploads(prefix) });

  close: ObjectStore['close'] = () => this.#store.close();

  async #run<T>(
    name: StoreCall['name'],
    key: string,
    { work, flip, flipWork }: Work<T>,
  ): Promise<T> {
    if (this.#isCut) return new Promise(() => {});
    this.#calls += 1;
    const fault = this.#faultOf({ name, key, number: this.#calls });
    for (const late of [...this.#late]) {
      late.left -= 1;
      if (late.left > 0) continue;
      this.#late.splice(this.#late.indexOf(late), 1);
      await late.work().catch(() => {});
    }
    if (fault === null) return work();
    if (fault.kind === 'cut') {
      this.#isCut = true;
      this.#tellCut();
      return new Promise(() => {});
    }
    if (fault.kind === 'flip') {
      const got = await (flipWork ?? work)();
      return flip === undefined ? got : flip(got);
    }
    if (fault.kind === 'late') this.#late.push({ left: fault.calls, work });
    if (fault.kind === 'lose-reply') await work();
    throw storeError(fault.code, `${name} ${key}: ${fault.kind}`);
  }
}

interface Work<T> {
  readonly work: () => Promise<T>;
  /** Spoils what was got. */
  readonly flip?: (got: T) => T;
  /** The same with spoiled bytes. */
  readonly flipWork?: () => Promise<T>;
}

function flipped(bytes: Uint8Array): Uint8Array {
  // A Buffer's own `slice` would share its memory.
  const copy = new Uint8Array(bytes);
  const at = copy.length >> 1;
  if (copy.length > 0) copy[at] = (copy[at] ?? 0) ^ 4;
  return copy;
}
