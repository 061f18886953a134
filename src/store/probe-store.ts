import { systemCodeOf } from '../base/index.ts';
import type { ObjectStore } from './object-store.ts';

/** What a store can do, found out by doing it. */
export interface StoreAbilities {
  /**
   * Whether `put` with `ifAbsent` refuses a key that is taken. Some engines answer that they cannot, some say yes and
   * overwrite: then names that nobody else can choose, and claims that are looked at, take its place.
   */
  readonly hasConditionalPut: boolean;
}

/**
 * Puts an object twice under a key that must refuse the second, and looks which one stands there.
 * @param key one that nobody else uses; nothing stands there afterwards
 */
export async function probeStore(store: ObjectStore, key: string): Promise<StoreAbilities> {
  const [first, second] = [Uint8Array.of(1), Uint8Array.of(2)];
  try {
    await store.put(key, first, { ifAbsent: true });
    const outcome = await store.put(key, second, { ifAbsent: true });
    const found = await store.get(key);
    return { hasConditionalPut: outcome === 'taken' && found?.bytes[0] === 1 };
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOTSUP') throw error;
    return { hasConditionalPut: false };
  } finally {
    await store.remove(key).catch(() => {});
  }
}
