import type { Clock } from '../platform/index.ts';
import type { ObjectStore } from './object-store.ts';

/** Lets at most so many bytes a second through, both ways together, on average from the first one. */
export function throttledStore(
  store: ObjectStore,
  clock: Pick<Clock, 'monotonicMs' | 'sleep'>,
  bytesPerSecond: number,
): ObjectStore {
  let freeMs = 0;
  /** Waits until what went before has had its time, and takes the time of these bytes. */
  const pass = async (bytes: number): Promise<void> => {
    const nowMs = clock.monotonicMs();
    const startMs = Math.max(nowMs, freeMs);
    freeMs = startMs + (bytes / bytesPerSecond) * 1000;
    if (freeMs > nowMs) await clock.sleep(freeMs - nowMs);
  };
  return {
    get: async (key, range) => {
      const found = await store.get(key, range);
      await pass(found?.bytes.length ?? 0);
      return found;
    },
    head: (key) => store.head(key),
    put: async (key, bytes, options) => {
      await pass(bytes.length);
      return store.put(key, bytes, options);
    },
    list: (wanted) => store.list(wanted),
    remove: (key) => store.remove(key),
    beginUpload: (key) => store.beginUpload(key),
    putPart: async (upload, number, bytes) => {
      await pass(bytes.length);
      return store.putPart(upload, number, bytes);
    },
    listParts: (upload) => store.listParts(upload),
    completeUpload: (upload, parts) => store.completeUpload(upload, parts),
    abortUpload: (upload) => store.abortUpload(upload),
    listUploads: (prefix) => store.listUploads(prefix),
    close: () => store.close(),
  };
}
