import { equalBytes } from '../base/index.ts';
import type { ObjectStore, PutOutcome } from './object-store.ts';
import { storeError } from './object-store.ts';
import type { StoreAbilities } from './probe-store.ts';

/** A store and what it can do. */
export interface ProbedStore {
  readonly store: ObjectStore;
  abilities(): Promise<StoreAbilities>;
}

/**
 * Writes a small object under a key that must be free, and reads it back: engines were seen that accept and give other
 * bytes without a word. Where the same bytes stand there already, they count as written: that is how a lost reply looks.
 * @throws EIO where other bytes came back
 */
export async function putNew(
  { store, abilities }: ProbedStore,
  key: string,
  bytes: Uint8Array,
): Promise<PutOutcome> {
  const ifAbsent = (await abilities()).hasConditionalPut;
  const isTaken = ifAbsent
    ? (await store.put(key, bytes, { ifAbsent })) === 'taken'
    : (await store.head(key)) !== null;
  if (!ifAbsent && !isTaken) await store.put(key, bytes);
  const found = await store.get(key);
  if (found !== null && equalBytes(found.bytes, bytes)) return 'put';
  if (isTaken) return 'taken';
  // What was never right must not stand under a name that says it is.
  await store.remove(key).catch(() => {});
  throw storeError('EIO', `${key} read back with other bytes`);
}

/**
 * Takes a key that only one can have.
 * @param token what nobody else writes there
 * @returns whether it is ours
 */
export async function claimKey(
  { store, abilities }: ProbedStore,
  key: string,
  token: string,
): Promise<boolean> {
  const bytes = new TextEncoder().encode(token);
  if ((await abilities()).hasConditionalPut) {
    if ((await store.put(key, bytes, { ifAbsent: true })) === 'put') return true;
    // A reply may have been lost, and the second try met our own.
    const found = await store.get(key);
    return found !== null && equalBytes(found.bytes, bytes);
  }
  if ((await store.head(key)) !== null) return false;
  // Without a conditional put: everybody leaves a claim of his own, then looks. Two at the same time see each other, and
  // neither has it; the caller goes on to another name.
  await store.put(`${key}${CLAIM}${token}`, bytes);
  const { objects } = await store.list({ prefix: `${key}${CLAIM}`, countMax: 2 });
  const isAlone = objects.length === 1 && (await store.head(key)) === null;
  await store.put(key, bytes);
  return isAlone;
}

/** What stands between a key and the token of one who claims it. */
export const CLAIM = '.claim-';
