import type { BlobId } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import { matches, type Query } from '../query/index.ts';
import type { Vault } from '../vault/index.ts';
import { readLibrary } from './library.ts';
import { libraryFacts } from './library-facts.ts';
import { allStates } from './states.ts';

/** The contents of all parts of the frames of a vault that fit a query, of every snapshot that is remembered. */
export async function blobsWhere(
  world: Pick<World, 'disk' | 'clock'>,
  vault: Vault,
  query: Query,
): Promise<ReadonlySet<BlobId>> {
  const blobs = new Set<BlobId>();
  const library = await readLibrary(world, vault, allStates(vault.ledger));
  const partsOf = new Map(library.frames.map(({ frame, parts }) => [frame.id, parts]));
  for await (const facts of libraryFacts(world, vault, library, query)) {
    if (!matches(query, facts)) continue;
    for (const { blob } of partsOf.get(facts.id) ?? []) blobs.add(blob);
  }
  return blobs;
}
