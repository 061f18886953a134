import type { BlobId } from '../base/index.ts';
import type { ContentPlace } from '../store/index.ts';
import type { Place, Vault } from '../vault/index.ts';

/**
 * Where a vault has a content and what reading it takes, what is easiest to read first. Empty where it has none; places
 * known to be damaged come last: their bytes may be right after all.
 */
export function placesOf(vault: Vault, blob: BlobId): readonly ContentPlace[] {
  const { ledger } = vault;
  const places = ledger.blobs.get(blob)?.places ?? [];
  const rank = (place: Place): number =>
    (ledger.isWhole(place) ? 0 : 4) + (place.form === 'verbatim' ? 0 : place.needs ? 2 : 1);
  return places
    .toSorted((a, b) => rank(a) - rank(b))
    .map((place) => contentPlace(vault, place, true));
}

/** @param isOuter what is needed stands in forms that need nothing themselves */
function contentPlace(vault: Vault, place: Place, isOuter: boolean): ContentPlace {
  const { at, form, parts, needs } = place;
  const needed = isOuter ? (needs ?? []) : [];
  return {
    path: `${vault.root}/${at}`,
    form,
    ...(parts && { parts: parts.map((part) => `${vault.root}/${part.at}`) }),
    ...(needed.length > 0 && {
      needs: needed.map((blob) => ({
        blob,
        places: (vault.ledger.blobs.get(blob)?.places ?? [])
          .filter((one) => one.needs === undefined)
          .map((one) => contentPlace(vault, one, false)),
      })),
    }),
  };
}
