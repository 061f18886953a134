import { equalBytes, LIMITS, systemCodeOf } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import type { ObjectStore, PutOutcome } from './object-store.ts';

/** After these nothing is known of what was asked; the same may go well another time. */
const PASSING = new Set([
  'EAGAIN',
  'EAI',
  'EBUSY',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'EIO',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/** How often, and how long between. */
export interface Patience {
  readonly triesMax?: number;
  readonly pauseMs?: number;
  readonly pauseMsMax?: number;
}

/**
 * Tries again what failed for a reason that may pass, after pauses that grow. What was asked twice may be done twice, or
 * done while its reply was lost: each call below says what then counts.
 */
export function retryingStore(
  store: ObjectStore,
  world: Pick<World, 'clock' | 'random'>,
  patience: Patience = {},
): ObjectStore {
  const again = <T>(work: (isAgain: boolean) => Promise<T>): Promise<T> =>
    tryAgain(work, world, patience);
  return {
    get: (key, range) => again(() => store.get(key, range)),
    head: (key) => again(() => store.head(key)),
    put: (key, bytes, options) =>
      again(async (isAgain): Promise<PutOutcome> => {
        const outcome = await store.put(key, bytes, options);
        if (outcome === 'put' || !isAgain || options?.isShared === true) return outcome;
        // Who took the key may have been the first try, whose reply was lost.
        const found = await store.get(key);
        return found !== null && equalBytes(found.bytes, bytes) ? 'put' : 'taken';
      }),
    list: (wanted) => again(() => store.list(wanted)),
    remove: (key) => again(() => store.remove(key)),
    // One whose reply was lost stays behind; whoever sends this key next drops it.
    beginUpload: (key) => again(() => store.beginUpload(key)),
    putPart: (upload, number, bytes) => again(() => store.putPart(upload, number, bytes)),
    listParts: (upload) => again(() => store.listParts(upload)),
    completeUpload: (upload, parts) =>
      again(async (isAgain) => {
        try {
          await store.completeUpload(upload, parts);
        } catch (error) {
          // Gone because it is complete; what stands there is read back by whoever sent it.
          const isGone = isAgain && systemCodeOf(error) === 'ENOENT';
          if (!isGone || (await store.head(upload.key)) === null) throw error;
        }
      }),
    abortUpload: (upload) => again(() => store.abortUpload(upload)),
    listUploads: (prefix) => again(() => store.listUploads(prefix)),
    close: () => store.close(),
  };
}

async function tryAgain<T>(
  work: (isAgain: boolean) => Promise<T>,
  { clock, random }: Pick<World, 'clock' | 'random'>,
  patience: Patience,
): Promise<T> {
  const { triesMax = LIMITS.storeTriesMax, pauseMsMax = LIMITS.storePauseMsMax } = patience;
  let pauseMs = patience.pauseMs ?? LIMITS.storePauseMs;
  for (let tries = 1; ; tries += 1) {
    try {
      return await work(tries > 1);
    } catch (error) {
      if (tries >= triesMax || !PASSING.has(systemCodeOf(error))) throw error;
    }
    // Many that were turned away together must not come back together.
    const share = 0.5 + Number.parseInt(random.hex(4), 16) / 0x20000;
    await clock.sleep(pauseMs * share);
    pauseMs = Math.min(pauseMs * 2, pauseMsMax);
  }
}
