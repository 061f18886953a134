import type { BurstHint, Look } from '../analysis/index.ts';
import type { BlobId } from '../base/index.ts';
import { type EditorFacts, mergeFacts, type QuickFacts } from '../metadata/index.ts';
import type { World } from '../platform/index.ts';
import { readFacts, type Vault } from '../vault/index.ts';
import type { CatalogFacts, FullFacts, LookFacts } from './kept.ts';

/** What is known of one content. */
export interface KnownFile {
  /** What it says of itself: the full record fills what was not seen at first. */
  readonly facts: QuickFacts | null;
  readonly look: Look | null;
  /** What a sidecar says. */
  readonly editor: readonly EditorFacts[];
  readonly hint: BurstHint | null;
  readonly contentIdentifier: string | null;
  /** Metres. */
  readonly focusDistance: number | null;
  /** Whether its metadata is broken or doubtful. */
  readonly hasTrouble: boolean;
}

/** What a vault knows, by blob; full records are left out, they are large. */
export interface KnownFacts {
  readonly files: ReadonlyMap<BlobId, KnownFile>;
  /** What catalogs say of pictures, by blob of the catalog. */
  readonly catalogs: ReadonlyMap<BlobId, readonly EditorFacts[]>;
}

/** Nothing is known. */
export const UNKNOWN_FILE: KnownFile = {
  facts: null,
  look: null,
  editor: [],
  hint: null,
  contentIdentifier: null,
  focusDistance: null,
  hasTrouble: false,
};

/** Reads the facts of a vault. */
export async function readKnownFacts(
  world: Pick<World, 'disk'>,
  vault: Vault,
): Promise<KnownFacts> {
  const files = new Map<BlobId, KnownFile>();
  for await (const { blob, facts } of readFacts(world, vault, 'look')) {
    const { quick, look, editor, trouble } = facts as LookFacts;
    const hasTrouble = trouble !== null;
    files.set(blob, { ...UNKNOWN_FILE, facts: quick, look, editor, hasTrouble });
  }
  for await (const { blob, facts } of readFacts(world, vault, 'full')) {
    files.set(blob, withRecord(files.get(blob) ?? UNKNOWN_FILE, facts as FullFacts));
  }
  const catalogs = new Map<BlobId, readonly EditorFacts[]>();
  for await (const { blob, facts } of readFacts(world, vault, 'catalog')) {
    const { editor } = facts as CatalogFacts;
    catalogs.set(blob, (catalogs.get(blob) ?? []).concat(editor));
  }
  return { files, catalogs };
}

function withRecord(file: KnownFile, full: FullFacts): KnownFile {
  return {
    ...file,
    facts: mergeFacts(file.facts, full.facts),
    hint: full.hint,
    contentIdentifier: full.contentIdentifier,
    focusDistance: full.focusDistance,
    hasTrouble: file.hasTrouble || full.trouble !== null || full.disagreements.length > 0,
  };
}
