import { type BlobId, type IssueCode, type IssueLog, LIMITS } from '../../base/index.ts';
import { placesOf } from '../../forms/index.ts';
import type { World } from '../../platform/index.ts';
import type { Ledger, Vault, VaultWriter } from '../../vault/index.ts';
import { decodeCopy, type PlaceOfBlob, relistReplaced, replacePlace } from '../replace-place.ts';

/** What is done where, and what ends it. */
export interface Returning {
  readonly world: World;
  readonly writer: VaultWriter;
  readonly vault: Vault;
  readonly issues: IssueLog;
  readonly isOver: () => boolean;
}

/**
 * Decodes what stands only in a smaller form and is wanted verbatim, as its tier has changed. The form goes once the
 * verbatim file is durable and named.
 * @returns how many contents stand verbatim again
 */
export async function returnVerbatim(
  { world, writer, vault, issues, isOver }: Returning,
  mustBeVerbatim: (blob: BlobId) => boolean,
): Promise<number> {
  const returned: string[] = [];
  for (const one of onlySmaller(vault.ledger, mustBeVerbatim)) {
    if (isOver()) break;
    const { blob, place, sizeBytes } = one;
    const free = await world.disk.freeBytes(vault.root).catch(() => null);
    const hasRoom = free === null || free >= sizeBytes + LIMITS.reserveBytes;
    const content = { blob, places: placesOf(vault, blob) };
    const copy = hasRoom ? await decodeCopy(world, content, writer.partPath()) : null;
    if (copy === null) issues.add(...troubleOf(place.at, hasRoom));
    else {
      await replacePlace(world, writer, one, copy);
      returned.push(place.at);
    }
  }
  if (returned.length > 0) await relistReplaced(world, writer, returned);
  return returned.length;
}

function troubleOf(at: string, hasRoom: boolean): [IssueCode, string, string] {
  const wanted = 'Its tier wants it verbatim, and';
  return hasRoom
    ? ['BLOB_DAMAGED', at, `${wanted} its form does not decode. "check --repair-from" mends it.`]
    : ['TARGET_FULL', at, `${wanted} the drive has no room for that. It is safe in its form.`];
}

function onlySmaller(
  { blobs }: Ledger,
  mustBeVerbatim: (blob: BlobId) => boolean,
): (PlaceOfBlob & { readonly sizeBytes: number })[] {
  return [...blobs.values()].flatMap(({ id, sizeBytes, places }) => {
    const place = places.at(-1);
    if (place === undefined || places.some(({ form }) => form === 'verbatim')) return [];
    return mustBeVerbatim(id) ? [{ blob: id, place, sizeBytes }] : [];
  });
}
