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
 * Takes a key that only one can have, with an empty object: the sign of a folder that every tool knows.
 * @param token what nobody else has
 * @returns whether it is ours for sure; where a reply was lost, nobody has it
 */
export async function claimKey(
  { store, abilities }: ProbedStore,
  key: string,
  token: string,
): Promise<boolean> {
  const bytes = new Uint8Array(0);
  if ((await abilities()).hasConditionalPut) {
    return (await store.put(key, bytes, { ifAbsent: true, isShared: true })) === 'put';
  }
  if ((await store.head(key)) !== null) return false;
  // Without a conditional put: everybody leaves a claim of his own, then looks. Two at the same time see each other, and
  // neither has it; the caller goes on to another name. The claim goes once the key itself can be seen.
  const claim = `${key}${CLAIM}${token}`;
  await store.put(claim, new TextEncoder().encode(token));
  const { objects } = await store.list({ prefix: `${key}${CLAIM}`, countMax: 2 });
  const isAlone = objects.length === 1 && (await store.head(key)) === null;
  await store.put(key, bytes);
  await store.remove(claim);
  return isAlone;
}

/** What stands between a key and the token of one who claims it. */
export const CLAIM = '.claim-';
