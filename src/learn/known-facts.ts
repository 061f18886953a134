import type { BlobId } from '../base/index.ts';
import type { EditorFacts } from '../metadata/index.ts';
import type { World } from '../platform/index.ts';
import { readFacts, type Vault } from '../vault/index.ts';
import type { CatalogFacts, FullFacts, LookFacts } from './kept.ts';

/** What a vault knows, by blob; full records are left out, they are large. */
export interface KnownFacts {
  readonly looks: ReadonlyMap<BlobId, LookFacts>;
  readonly full: ReadonlyMap<BlobId, FullFacts>;
  /** What catalogs say of pictures, by blob of the catalog. */
  readonly catalogs: ReadonlyMap<BlobId, readonly EditorFacts[]>;
}

/** Reads the facts of a vault. */
export async function readKnownFacts(
  world: Pick<World, 'disk'>,
  vault: Vault,
): Promise<KnownFacts> {
  const looks = new Map<BlobId, LookFacts>();
  for await (const { blob, facts } of readFacts(world, vault, 'look')) {
    looks.set(blob, facts as LookFacts);
  }
  const full = new Map<BlobId, FullFacts>();
  for await (const { blob, facts } of readFacts(world, vault, 'full')) {
    full.set(blob, facts as FullFacts);
  }
  const catalogs = new Map<BlobId, readonly EditorFacts[]>();
  for await (const { blob, facts } of readFacts(world, vault, 'catalog')) {
    const { editor } = facts as CatalogFacts;
    catalogs.set(blob, (catalogs.get(blob) ?? []).concat(editor));
  }
  return { looks, full, catalogs };
}
