import { type BlobId, FieldVaultError, systemCodeOf } from '../base/index.ts';
import { ORIGINAL_TASK, originalName } from '../forms/index.ts';
import type { World } from '../platform/index.ts';
import type { ContentNeed } from '../store/index.ts';
import {
  type BlobRecord,
  dayOfPlace,
  type Place,
  splitPlace,
  type VaultWriter,
} from '../vault/index.ts';
import { relistFolders } from './relist.ts';
import { PUBLISH_TASK } from './stage-task.ts';

/** A stored place of a content that is to give way to a verbatim file. */
export interface PlaceOfBlob {
  readonly blob: BlobId;
  readonly place: Place;
}

/** An unfinished file with the content, verified. */
export type VerbatimCopy = { readonly part: string } & Pick<
  BlobRecord,
  'size' | 'head' | 'verified'
>;

/**
 * Decodes a content into an unfinished file; null where no place gives it.
 * @throws the system's error where the vault's own drive takes no more
 */
export async function decodeCopy(
  world: World,
  content: ContentNeed,
  part: string,
): Promise<VerbatimCopy | null> {
  try {
    const written = await world.workers.run(ORIGINAL_TASK, { content, unfinished: part });
    const verified = written.isDirect ? 'direct' : 'cached';
    return { part, size: written.sizeBytes, head: written.head, verified };
  } catch (error) {
    // The vault's own drive is the act's trouble; what cannot be decoded is this place's.
    if (/^(ENOSPC|EDQUOT|EROFS)$/.test(systemCodeOf(error))) throw error;
    return null;
  }
}

/** Names the verbatim file, tells the journal, and only then drops and removes what stood there. */
export async function replacePlace(
  world: World,
  writer: VaultWriter,
  { blob, place: broken }: PlaceOfBlob,
  { part, size, head, verified }: VerbatimCopy,
): Promise<void> {
  const { root } = writer.vault;
  const { at, form, parts = [] } = broken;
  const { folder, name } = splitPlace(at);
  const place = await writer.claimPlace(originalName(name, form), blob, dayOfPlace(at));
  const { states } = await world.workers.run(PUBLISH_TASK, {
    files: [{ part, target: `${root}/${place}` }],
    folders: writer.foldersToSync(splitPlace(place).folder),
  });
  if (states.some((state) => state !== 'published')) throw takenError();
  const time = new Date(world.clock.nowMs()).toISOString();
  const mended: BlobRecord = {
    type: 'blob',
    blob,
    size,
    form: 'verbatim',
    at: place,
    head,
    verified,
    time,
  };
  // A file that was missing gets its own name again: then there is nothing to drop.
  if (place === at) return writer.commit([mended]);
  await writer.commit([mended, { type: 'drop', blob, at, time }]);
  for (const gone of [at, ...parts.map((one) => one.at)]) {
    await world.disk.removeFile(`${root}/${gone}`).catch(() => {});
  }
  await world.disk.syncFolder(`${root}/${folder}`).catch(() => {});
}

/** Names were free a moment ago: whoever took one is no FieldVault. */
export function takenError(): FieldVaultError {
  const message =
    'Another program put a file into the vault under a name that was just chosen. Nothing was lost; run the same command again.';
  return new FieldVaultError('LEASED', message, { retry: 'now' });
}

/** The lists of digests must not name files any more that gave way: the system's own check would complain for ever. */
export async function relistReplaced(
  world: World,
  writer: VaultWriter,
  replaced: readonly string[],
): Promise<void> {
  const { root, ledger } = writer.vault;
  const folders = new Set(replaced.map((at) => splitPlace(at).folder));
  const time = new Date(world.clock.nowMs()).toISOString();
  const old = await relistFolders({ writer, ledger, folders, gone: new Set(), time });
  for (const at of old) await world.disk.removeFile(`${root}/${at}`).catch(() => {});
  for (const folder of folders) await world.disk.syncFolder(`${root}/${folder}`).catch(() => {});
}
