import { LIMITS } from '../base/index.ts';
import { grownKeyOf } from './growing-object.ts';
import { listAll, type ObjectStore } from './object-store.ts';

/**
 * Drops what writers left in a bucket that nobody will go on with: uploads begun longer ago than any work takes, which
 * cost money and are in no listing; and pieces of files that stand there whole.
 * @param vault start of the keys of a vault, with '/' at its end
 * @param folder start of the keys of files that grow
 */
export async function clearAbandoned(
  store: ObjectStore,
  {
    vault,
    folder,
    nowMs,
  }: { readonly vault: string; readonly folder: string; readonly nowMs: number },
): Promise<void> {
  for (const upload of await store.listUploads(`${vault}originals/`)) {
    // Some engines do not say when.
    const isOld = upload.begunMs > 0 && nowMs - upload.begunMs > LIMITS.storeUploadKeptMs;
    if (isOld) await store.abortUpload(upload);
  }
  const { objects } = await listAll(store, { prefix: folder });
  const keys = new Set(objects.map(({ key }) => key));
  for (const key of keys) {
    const grown = grownKeyOf(key);
    if (grown !== null && keys.has(grown)) await store.remove(key);
  }
}
