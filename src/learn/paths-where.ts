import type { World } from '../platform/index.ts';
import { matches, type Query } from '../query/index.ts';
import type { SnapshotSummary, Vault } from '../vault/index.ts';
import { readLibrary } from './library.ts';
import { libraryFacts } from './library-facts.ts';
import { snapshotStates } from './states.ts';

/**
 * The paths (`<source>/<path>`) of all parts of the frames of a snapshot that fit a query: what is restored together.
 */
export async function pathsWhere(
  world: Pick<World, 'disk' | 'clock'>,
  vault: Vault,
  snapshot: SnapshotSummary,
  query: Query,
): Promise<ReadonlySet<string>> {
  const paths = new Set<string>();
  const library = await readLibrary(world, vault, snapshotStates(vault, snapshot));
  for await (const facts of libraryFacts(world, vault, library, query)) {
    if (matches(query, facts)) for (const path of facts.paths) paths.add(path);
  }
  return paths;
}
