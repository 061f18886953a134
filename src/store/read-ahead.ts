import { LIMITS } from '../base/index.ts';
import { ObjectFile } from './object-file.ts';
import type { ObjectFacts, ObjectStore } from './object-store.ts';

/**
 * Opens objects of a folder that are read one after the other: while one is read the next ones are on their way. Over a
 * link that takes 50 ms to answer, a thousand journal files are read in seconds instead of a minute. Only for objects
 * that never change.
 */
export class ReadAhead {
  readonly #store: ObjectStore;
  /** What the last listing told, by key, in the order that they are read. */
  #facts: Map<string, ObjectFacts> = new Map();
  #order: readonly string[] = [];
  #places: ReadonlyMap<string, number> = new Map();
  readonly #started: Map<string, Promise<ObjectFile | null>> = new Map();

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /** Takes note of what lies in the folder now. */
  expect(objects: readonly ObjectFacts[]): void {
    this.#facts = new Map(objects.map((object) => [object.key, object]));
    this.#order = [...this.#facts.keys()].sort();
    this.#places = new Map(this.#order.map((key, place) => [key, place]));
    for (const key of [...this.#started.keys()]) if (!this.#facts.has(key)) this.forget(key);
  }

  /** What the listing said of an object; null where it was not in it. */
  factsOf(key: string): ObjectFacts | null {
    return this.#facts.get(key) ?? null;
  }

  /** An object that goes. */
  forget(key: string): void {
    this.#facts.delete(key);
    this.#started.delete(key);
  }

  /** Opens an object; null where there is none. */
  async open(key: string): Promise<ObjectFile | null> {
    const place = this.#places.get(key);
    if (place === undefined) return ObjectFile.open(this.#store, key);
    for (const next of this.#order.slice(place, place + LIMITS.storeAheadMax)) {
      if (this.#started.has(next)) continue;
      const opened = ObjectFile.open(this.#store, next);
      // Whoever reads it is told.
      opened.catch(() => {});
      this.#started.set(next, opened);
    }
    const opened = this.#started.get(key);
    this.#started.delete(key);
    return opened ?? ObjectFile.open(this.#store, key);
  }
}
