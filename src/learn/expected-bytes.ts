import type { BlobId } from '../base/index.ts';
import { COMPACT_FACTS, COMPACT_VERSION } from '../forms/index.ts';
import { isRawName, roleOf } from '../metadata/index.ts';
import { type Ledger, learnedOf, type StoredBlob } from '../vault/index.ts';

/** Kinds of captures that compaction makes smaller. */
type Kind = 'raw' | 'jpeg';

/** Where a vault has compacted nothing of a kind yet: cautious, since room is planned by it. */
const CAUTIOUS: Readonly<Record<Kind, number>> = { raw: 0.9, jpeg: 0.85 };

/** Says how many bytes contents are expected to take once they are compacted. */
export class ExpectedBytes {
  readonly #ledger: Ledger;
  readonly #ratios: Readonly<Record<Kind, number>>;
  /** First digits of what compaction tried in vain. */
  readonly #hopeless: ReadonlySet<string>;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
    this.#ratios = ratiosOf(ledger);
    this.#hopeless = learnedOf(ledger, COMPACT_FACTS, COMPACT_VERSION);
  }

  /** Of a content by a path that it has; as many as it takes now where compaction does nothing for it. */
  of(blob: BlobId, path: string): number {
    const stored = this.#ledger.blobs.get(blob);
    const kind = kindOf(path);
    if (stored === undefined) return 0;
    const now = storedBytesOf(stored);
    if (kind === null || stored.places[0]?.form !== 'verbatim') return now;
    if (this.#hopeless.has(blob.slice(0, 16))) return now;
    return Math.ceil(now * this.#ratios[kind]);
  }
}

/** Bytes that the copy of a content takes as it is stored. */
export function storedBytesOf({ places, sizeBytes }: StoredBlob): number {
  const [place] = places;
  if (place === undefined) return 0;
  const parts = place.parts?.reduce((sum, { size }) => sum + size, 0) ?? 0;
  return (place.stored?.size ?? sizeBytes) + parts;
}

function ratiosOf({ blobs }: Ledger): Record<Kind, number> {
  const sums = { raw: { before: 0, after: 0 }, jpeg: { before: 0, after: 0 } };
  for (const stored of blobs.values()) {
    const place = stored.places.at(-1);
    // The stored name keeps the camera's ending before that of the form.
    const kind = place === undefined || place.form === 'verbatim' ? null : kindIn(place.at);
    if (kind === null) continue;
    sums[kind].before += stored.sizeBytes;
    sums[kind].after += storedBytesOf(stored);
  }
  const ratio = (kind: Kind): number => {
    const { before, after } = sums[kind];
    return before === 0 ? CAUTIOUS[kind] : Math.min(1, after / before);
  };
  return { raw: ratio('raw'), jpeg: ratio('jpeg') };
}

function kindOf(path: string): Kind | null {
  if (isRawName(path)) return 'raw';
  return roleOf(path) === 'capture' && /\.jpe?g$/i.test(path) ? 'jpeg' : null;
}

function kindIn(at: string): Kind | null {
  return kindOf(at.slice(0, at.lastIndexOf('.')));
}
