import type { BlobId } from '../../base/index.ts';
import type { Ledger } from '../../vault/index.ts';

/** Every so many versions of a file one stands alone: a delta builds on the last of those, and never on another delta. */
const VERSIONS_PER_BASE = 8;

/**
 * By content that is a later version of a file: the earlier version that a delta builds on. Only what editors change has
 * versions: catalogs, pictures saved again, sidecars. Linear in the lines of the journals.
 */
export function baseVersions(ledger: Ledger): Map<BlobId, BlobId> {
  const bases = new Map<BlobId, BlobId>();
  const isBase = new Set<BlobId>();
  for (const versions of versionsByPath(ledger)) {
    for (const [index, blob] of versions.entries()) {
      const base = versions[index - (index % VERSIONS_PER_BASE)];
      if (base === undefined || base === blob) continue;
      isBase.add(base);
      if (!bases.has(blob)) bases.set(blob, base);
    }
  }
  // One content may be the first version of one file and a later one of another.
  for (const blob of isBase) bases.delete(blob);
  return bases;
}

/** For each path that had more than one content: all of them, oldest first, each once. */
function versionsByPath(ledger: Ledger): Iterable<readonly BlobId[]> {
  const first = new Map<string, BlobId>();
  const several = new Map<string, BlobId[]>();
  for (const run of ledger.runs.values()) {
    for (const [source, changes] of run.changes) {
      for (const [path, entry] of changes) {
        if (entry?.kind !== 'file') continue;
        const key = `${source}/${path}`;
        const blob = entry.content as BlobId;
        const known = first.get(key);
        if (known === undefined) first.set(key, blob);
        else if (known !== blob) addOnce(several, key, [known, blob]);
      }
    }
  }
  return several.values();
}

function addOnce(
  several: Map<string, BlobId[]>,
  key: string,
  [first, blob]: readonly [BlobId, BlobId],
): void {
  const versions = several.get(key) ?? [first];
  several.set(key, versions);
  if (!versions.includes(blob)) versions.push(blob);
}
