import type { BlobId } from '../base/index.ts';
import type { Disk } from '../platform/index.ts';
import { RunningDigest, readSmallFile } from '../store/index.ts';
import { filesOfPlace, type Inventory, placeKey, unnamed } from './inventory.ts';
import type { Ledger, Place } from './ledger.ts';
import type { AcceptedLoss } from './records.ts';
import { digitsIn } from './stored-name.ts';

const SUMS = /\/SHA256SUMS-(\d{6,12})(?:-\d+)?\.txt$/i;
const SUMS_BYTES_MAX = 4_194_304;

/** The journal number that a `SHA256SUMS` carries; null for other files. */
export function numberOfSums(at: string): number | null {
  const number = SUMS.exec(at)?.[1];
  return number === undefined ? null : Number(number);
}

/** What lies in `originals/` that no line names. */
export interface LeftOver {
  /** Places that can go: their content stands elsewhere or was dropped. */
  readonly leftOver: readonly string[];
  /** Places that stay: the vault does not know their content, and they may be the only copy there is. */
  readonly unknown: readonly string[];
}

/**
 * Sorts what no line names into what can go and what must stay.
 * @param losses what the journals do not say any more, accepted or not: then less is known to be worthless
 */
export function findLeftOver(
  ledger: Ledger,
  inventory: Inventory,
  losses: readonly { readonly path: string }[],
): LeftOver {
  const isWhole = losses.length === 0 && ledger.accepted.length === 0;
  const lost = new Set(losses.map(({ path }) => path));
  const byDigits = Map.groupBy(ledger.blobs.keys(), (blob) => blob.slice(0, 16));
  const isKnown = (at: string): boolean => {
    const digits = digitsIn(at);
    const blobs = digits === undefined ? [] : (byDigits.get(digits.slice(0, 16)) ?? []);
    return blobs.some((blob) => blob.startsWith(digits ?? '-') && isElsewhere(blob));
  };
  const isElsewhere = (blob: BlobId): boolean => {
    const stored = ledger.blobs.get(blob);
    if (stored === undefined) return false;
    const isThere = (place: Place): boolean =>
      filesOfPlace(stored, place).every(
        ({ at, sizeBytes }) => inventory.get(placeKey(at))?.sizeBytes === sizeBytes,
      );
    // What was dropped may have been protected again by a line that is lost.
    return stored.places.length === 0 ? isWhole : stored.places.some(isThere);
  };
  const leftOver: string[] = [];
  const unknown: string[] = [];
  for (const at of unnamed(ledger, inventory)) {
    const isLeftOver = numberOfSums(at) === null ? isKnown(at) : !lost.has(at);
    (isLeftOver ? leftOver : unknown).push(at);
  }
  return { leftOver, unknown };
}

/**
 * `SHA256SUMS` files that no line names and that list content no line ever named: their writer's journal file is lost.
 * One whose writer was cut off just before its line lists only what the journal names.
 */
export async function findOrphanedSums(
  disk: Disk,
  vault: { readonly root: string; readonly ledger: Ledger },
  inventory: Inventory,
): Promise<AcceptedLoss[]> {
  const orphaned: AcceptedLoss[] = [];
  for (const at of unnamed(vault.ledger, inventory)) {
    if (numberOfSums(at) === null) continue;
    const bytes = await readSmallFile(disk, `${vault.root}/${at}`, SUMS_BYTES_MAX).catch(
      () => null,
    );
    const lines = new TextDecoder().decode(bytes ?? new Uint8Array()).split('\n');
    const digests = lines.map(
      (line) => /^([0-9a-f]{64}) {2}/.exec(line)?.[1] as BlobId | undefined,
    );
    const isUnknown = digests.some((id) => id !== undefined && !vault.ledger.knowsDigest(id));
    if (bytes === null) orphaned.push({ path: at });
    else if (isUnknown) orphaned.push({ path: at, sha256: digestOf(bytes) });
  }
  return orphaned;
}

function digestOf(bytes: Uint8Array): BlobId {
  const digest = new RunningDigest();
  digest.update(bytes);
  return digest.finish().blob;
}
