import type { BlobId } from '../base/index.ts';
import { learnedOf, type Vault } from '../vault/index.ts';
import { KINDS, type Kind } from './kept.ts';

/** A blob of which facts are wanted. */
export interface Unlearned {
  readonly blob: BlobId;
  /** A path it has in a source, `<source>/<path>`: what it is stands in its extension. */
  readonly path: string;
  /** Absolute path of a stored file that holds exactly its bytes. */
  readonly place: string;
}

/**
 * The blobs that lack facts of a kind in at least one of the vaults, in the order they were protected.
 * @param isWanted told the path in the source
 */
export function unlearnedOf(
  vaults: readonly Vault[],
  kind: Kind,
  isWanted: (path: string) => boolean,
): Unlearned[] {
  const found = new Map<BlobId, Unlearned>();
  for (const vault of vaults) {
    const learned = learnedOf(vault.ledger, kind, KINDS[kind]);
    for (const { path, blob } of filesOf(vault)) {
      if (found.has(blob) || learned.has(blob.slice(0, 16)) || !isWanted(path)) continue;
      const place = verbatimPlace(vault, blob);
      if (place !== null) found.set(blob, { blob, path, place });
    }
  }
  return [...found.values()];
}

/** Absolute path of a stored file that is the blob's content and not known to be damaged; null where there is none. */
function verbatimPlace({ root, ledger }: Vault, blob: BlobId): string | null {
  const places = ledger.blobs.get(blob)?.places ?? [];
  const place = places.find(({ at, form }) => form === 'verbatim' && !ledger.damaged.has(at));
  return place === undefined ? null : `${root}/${place.at}`;
}

function* filesOf({ ledger }: Vault): Generator<{ readonly path: string; readonly blob: BlobId }> {
  for (const run of ledger.runs.values()) {
    for (const [source, changes] of run.changes) {
      for (const [path, entry] of changes) {
        if (entry?.kind !== 'file') continue;
        yield { path: `${source}/${path}`, blob: entry.content as BlobId };
      }
    }
  }
}
