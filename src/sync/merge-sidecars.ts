import type { BlobId } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import { digestFile, RunningDigest, readSmallFile, writeSmallFile } from '../store/index.ts';
import type { BlobRecord, TreeEntry, Vault } from '../vault/index.ts';
import type { MergeConflict, MergedSidecar } from './merge-states.ts';
import { mergeXmp } from './merge-xmp.ts';
import type { Side } from './side.ts';

/** Reads a content whole, whatever its form; null where the vault does not have it. */
export type ReadOriginal = (vault: Vault, blob: BlobId) => Promise<Uint8Array | null>;

/** A larger sidecar is kept beside the other one, in bytes. */
const SIDECAR_BYTES_MAX = 16_777_216;

/** Reads a content that is stored as it is; the reader of a sync that was given none. */
export function readVerbatim(world: Pick<World, 'disk'>): ReadOriginal {
  return async ({ root, ledger }, blob) => {
    for (const { at, form } of ledger.blobs.get(blob)?.places ?? []) {
      if (form !== 'verbatim' || ledger.damaged.has(at)) continue;
      const path = `${root}/${at}`;
      const bytes = await readSmallFile(world.disk, path, SIDECAR_BYTES_MAX).catch(() => null);
      if (bytes !== null && (await digestFile(world.disk, path)).blob === blob) return bytes;
    }
    return null;
  };
}

/**
 * Merges the sidecars that both sides changed by what they say, and stores each in both vaults. One that is no XMP, or that
 * cannot be read, is left out: then both versions stay.
 * @param conflicts what a merge of the states alone could not decide
 */
export async function mergeSidecars(
  world: World,
  sides: readonly [Side, Side],
  conflicts: readonly MergeConflict[],
  options: { readonly read: ReadOriginal; readonly day: string },
): Promise<ReadonlyMap<string, MergedSidecar>> {
  const merged = new Map<string, MergedSidecar>();
  const contentOf = async (entry: TreeEntry | null): Promise<Uint8Array | null> => {
    if (entry === null || entry.kind !== 'file' || entry.sizeBytes > SIDECAR_BYTES_MAX) return null;
    for (const { vault } of sides) {
      const bytes = await options.read(vault, entry.content as BlobId).catch(() => null);
      if (bytes !== null) return bytes;
    }
    return null;
  };
  for (const { path, what, base, field, studio } of conflicts) {
    const isChanged = what === 'both-changed' || what === 'both-added';
    if (!isChanged || !/\.xmp$/i.test(path) || field === null || studio === null) continue;
    const [ours, theirs] = [await contentOf(field), await contentOf(studio)];
    if (ours === null || theirs === null) continue;
    const result = mergeXmp(await contentOf(base), ours, theirs);
    if (result === null) continue;
    const content = await storeBoth(world, sides, { path, bytes: result.bytes, day: options.day });
    const newer = field.mtimeUs >= studio.mtimeUs ? field : studio;
    const mode = field.mode | studio.mode;
    const entry = { ...newer, mode, content, sizeBytes: result.bytes.length };
    merged.set(path, { entry, lost: result.lost });
  }
  return merged;
}

async function storeBoth(
  world: World,
  sides: readonly [Side, Side],
  file: { readonly path: string; readonly bytes: Uint8Array; readonly day: string },
): Promise<BlobId> {
  let content = '' as BlobId;
  for (const side of sides) content = await storeBytes(world, side, file);
  return content;
}

/** Makes bytes an original of a vault, unless it holds them. */
async function storeBytes(
  world: World,
  { writer, vault }: Side,
  { path, bytes, day }: { readonly path: string; readonly bytes: Uint8Array; readonly day: string },
): Promise<BlobId> {
  const running = new RunningDigest();
  running.update(bytes);
  const digest = running.finish();
  if (vault.ledger.holds(digest.blob)) return digest.blob;
  const name = path.slice(path.lastIndexOf('/') + 1);
  for (;;) {
    const at = await writer.claimPlace(name, digest.blob, day);
    const part = writer.partPath();
    if (!(await writeSmallFile(world.disk, part, `${vault.root}/${at}`, bytes))) continue;
    const record: BlobRecord = {
      type: 'blob',
      blob: digest.blob,
      size: bytes.length,
      form: 'verbatim',
      at,
      head: digest.head,
      verified: 'cached',
      time: new Date(world.clock.nowMs()).toISOString(),
    };
    await writer.commit([record]);
    return digest.blob;
  }
}
