import type { BlobId } from '../../base/index.ts';
import {
  COMPACT_FACTS,
  COMPACT_VERSION,
  RECODED_BYTES_MAX,
  SMALLEST_BYTES,
} from '../../forms/index.ts';
import { type Ledger, learnedOf, type Place } from '../../vault/index.ts';
import { baseVersions } from './base-versions.ts';

/** A content that may be stored in fewer bytes. */
export interface Candidate {
  readonly blob: BlobId;
  readonly sizeBytes: number;
  readonly head: string;
  readonly storedMs: number;
  /** The verbatim place that goes once a form is proven. */
  readonly place: Place;
  /** Contents that its form may need from then on; null for none. */
  readonly sibling: BlobId | null;
  readonly base: BlobId | null;
}

/** What may be compacted, as the caller knows the pictures. */
export interface Choice {
  /** Whether a content may be stored in another form; left out: each may. */
  readonly mayCompact?: ((blob: BlobId) => boolean) | undefined;
  /**
   * Another frame of the burst that a content's form may need from then on; null for none. What others need is never
   * made to need another itself.
   */
  readonly siblingOf?: ((blob: BlobId) => BlobId | null) | undefined;
  /** Whether a content must never need another one; left out: none must. */
  readonly mustStandAlone?: ((blob: BlobId) => boolean) | undefined;
  /** Whether a content is to be verbatim again where it is not; left out: none is. */
  readonly mustBeVerbatim?: ((blob: BlobId) => boolean) | undefined;
}

/** The contents that stand verbatim alone and may be compacted, what was stored first first. */
export function candidatesOf(ledger: Ledger, choice: Choice): Candidate[] {
  const hopeless = learnedOf(ledger, COMPACT_FACTS, COMPACT_VERSION);
  const bases = baseVersions(ledger);
  const found: Candidate[] = [];
  const siblings = new Map<BlobId, BlobId>();
  for (const { id, sizeBytes, head, places, storedMs } of ledger.blobs.values()) {
    const [place] = places;
    const isAlone = places.length === 1 && place?.form === 'verbatim' && ledger.isWhole(place);
    const isOfSize = sizeBytes >= SMALLEST_BYTES && sizeBytes <= RECODED_BYTES_MAX;
    if (!isAlone || !isOfSize || hopeless.has(id.slice(0, 16))) continue;
    if (choice.mayCompact?.(id) === false) continue;
    const sibling = choice.siblingOf?.(id) ?? null;
    if (sibling !== null && sibling !== id) siblings.set(id, sibling);
    found.push({ blob: id, sizeBytes, head, place, sibling: null, base: null, storedMs });
  }
  const needed = neededByOthers(ledger, [...siblings.values(), ...bases.values()]);
  // What is needed stands in a form that needs nothing: depth 1 only.
  const helperOf = (blob: BlobId, helper: BlobId | undefined): BlobId | null => {
    if (helper === undefined || needed.has(blob)) return null;
    return choice.mustStandAlone?.(blob) !== true && ledger.standsAlone(helper) ? helper : null;
  };
  return found
    .sort((a, b) => a.storedMs - b.storedMs)
    .map((one) => ({
      ...one,
      sibling: helperOf(one.blob, siblings.get(one.blob)),
      base: helperOf(one.blob, bases.get(one.blob)),
    }));
}

/** A content that stands verbatim and in a smaller form too. */
export interface Doubled {
  readonly blob: BlobId;
  readonly sizeBytes: number;
  readonly verbatim: Place;
  readonly form: Place;
}

/** Contents at which a run was cut off after their form was named and before the verbatim file was dropped. */
export function doubledOf(ledger: Ledger, { mayCompact }: Choice): Doubled[] {
  const needed = neededByOthers(ledger, []);
  const found: Doubled[] = [];
  for (const { id, sizeBytes, places } of ledger.blobs.values()) {
    const verbatim = places.find((place) => place.form === 'verbatim');
    const form = places.findLast((place) => place.form !== 'verbatim' && ledger.isReadable(place));
    if (verbatim === undefined || form === undefined || mayCompact?.(id) === false) continue;
    if (form.needs === undefined || !needed.has(id)) {
      found.push({ blob: id, sizeBytes, verbatim, form });
    }
  }
  return found;
}

/** Contents that some form needs, or may need soon. */
function neededByOthers(ledger: Ledger, soon: readonly BlobId[]): Set<BlobId> {
  const needed = new Set<BlobId>(soon);
  for (const { places } of ledger.blobs.values()) {
    for (const { needs } of places) for (const blob of needs ?? []) needed.add(blob);
  }
  return needed;
}
