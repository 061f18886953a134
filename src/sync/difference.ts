import type { BlobId } from '../base/index.ts';
import {
  type Ledger,
  listSnapshots,
  type Place,
  type RunId,
  type StoredBlob,
  walkStates,
} from '../vault/index.ts';

/** A content that one vault holds and the other lacks, in the form it travels in. */
export interface Missing {
  readonly blob: BlobId;
  readonly stored: StoredBlob;
  readonly place: Place;
  /** Bytes of all its files as they lie there. */
  readonly bytes: number;
}

/**
 * What one vault holds and the other does not, told by their journals alone. What the other one dropped comes back only
 * where a state that it remembers needs it.
 * @param isWanted leaves out what a person did not ask for
 */
export function missingBlobs(
  from: Ledger,
  to: Ledger,
  isWanted: (blob: BlobId) => boolean = () => true,
): Missing[] {
  const missing: Missing[] = [];
  const dropped: Missing[] = [];
  for (const [blob, stored] of from.blobs) {
    if (to.holds(blob) || !isWanted(blob)) continue;
    const place = wholePlace(from, stored);
    if (place === null) continue;
    const isDropped = to.blobs.get(blob)?.places.length === 0;
    (isDropped ? dropped : missing).push({ blob, stored, place, bytes: bytesOf(stored, place) });
  }
  const needed = dropped.length === 0 ? null : neededBlobs(to);
  const back = dropped.filter(({ blob }) => needed?.has(blob));
  return withNeeds(from, to, [...missing, ...back]);
}

/** The newest form that can be read, as far as is known; null where there is none. */
function wholePlace(ledger: Ledger, stored: StoredBlob): Place | null {
  return stored.places.findLast((place) => ledger.isReadable(place)) ?? null;
}

/** The same, and what they are decoded with where the other vault has it in no form that stands alone: wanted or not. */
function withNeeds(from: Ledger, to: Ledger, missing: readonly Missing[]): Missing[] {
  const all = new Map(missing.map((one) => [one.blob, one]));
  for (const need of missing.flatMap(({ place }) => place.needs ?? [])) {
    const own = all.get(need);
    if (own === undefined ? to.standsAlone(need) : own.place.needs === undefined) continue;
    const stored = from.blobs.get(need);
    const place = stored?.places.findLast((one) => one.needs === undefined && from.isWhole(one));
    if (stored === undefined || place === undefined) continue;
    all.set(need, { blob: need, stored, place, bytes: bytesOf(stored, place) });
  }
  return [...all.values()];
}

function bytesOf({ sizeBytes }: StoredBlob, { stored, parts = [] }: Place): number {
  return parts.reduce((sum, part) => sum + part.size, stored?.size ?? sizeBytes);
}

/** Contents of every state that is remembered. */
function neededBlobs(ledger: Ledger): Set<string> {
  const needed = new Set<string>(ledger.suspects.map(({ blob }) => blob));
  const wanted: [RunId, string][] = [];
  for (const { id, sources } of listSnapshots(ledger)) {
    for (const { source } of sources) wanted.push([id, source]);
  }
  for (const { fresh } of walkStates(ledger, wanted)) {
    for (const { kind, content } of fresh.values()) if (kind === 'file') needed.add(content);
  }
  return needed;
}

/** Up to here a file is small: it goes before the large ones of its tier, in bytes. */
const SMALL_BYTES = 1_048_576;

/**
 * The order in which contents travel: by tier as the policy says, within a tier the small ones first, else as they were
 * stored. What others are decoded with goes right before them.
 * @param rankOf the tier's place in the order; smaller goes first
 */
export function inOrder(missing: readonly Missing[], rankOf: (blob: BlobId) => number): Missing[] {
  const keyed = missing.map((one) => ({
    one,
    rank: rankOf(one.blob),
    size: one.bytes <= SMALL_BYTES ? 0 : 1,
  }));
  keyed.sort((a, b) => a.rank - b.rank || a.size - b.size);
  const byBlob = new Map(missing.map((one) => [one.blob, one]));
  const ordered = new Set<Missing>();
  for (const { one } of keyed) {
    for (const need of one.place.needs ?? []) {
      const before = byBlob.get(need);
      if (before !== undefined) ordered.add(before);
    }
    ordered.add(one);
  }
  return [...ordered];
}
