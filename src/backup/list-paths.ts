import {
  listSnapshots,
  type SnapshotSummary,
  type TreeEntry,
  treeOf,
  type Vault,
} from '../vault/index.ts';

/** One line of a listing. */
export interface ListedPath extends TreeEntry {
  /** `<source>/<path>` */
  readonly path: string;
}

/**
 * What a snapshot holds at or below a path, in order of names; sources themselves are not listed.
 * @param below `<source>` or `<source>/<path>`; '' lists everything
 */
export function* listPaths(
  vault: Vault,
  snapshot: SnapshotSummary,
  below = '',
): Generator<ListedPath> {
  const start = below.replace(/\/+$/, '');
  for (const { source } of snapshot.sources) {
    const tree = treeOf(vault.ledger, snapshot.id, source);
    const paths = [...tree].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [path, entry] of paths) {
      const full = `${source}/${path}`;
      if (start === '' || full === start || full.startsWith(`${start}/`)) {
        yield { path: full, ...entry };
      }
    }
  }
}

/** The snapshots of a vault that were not forgotten, oldest first. */
export function snapshotsOf(vault: Vault): SnapshotSummary[] {
  return listSnapshots(vault.ledger);
}
