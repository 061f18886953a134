import { type RunSource, type Tree, type TreeEntry, treeOf, type Vault } from '../vault/index.ts';
import { findHistory, type Source, withinVolume } from './sources.ts';

/** One source as one vault knows it: the state it continues, and that state as it grows in a run. */
export interface TargetSource {
  readonly record: RunSource;
  readonly tree: Tree;
  /** How many runs this source has had. */
  readonly turn: number;
  /** When the newest of them was begun, in milliseconds since 1970; null where there is none. */
  readonly lastMs: number | null;
}

/** What a vault knows of the sources of a run: enough to tell what it lacks. */
export interface TargetView {
  readonly vault: Vault;
  readonly sources: ReadonlyMap<string, TargetSource>;
  /** What the vault knows of a path of a source. */
  known(source: string, path: string): TreeEntry | undefined;
}

/** Looks at sources as a vault knows them; writes nothing. */
export function viewOf(vault: Vault, sources: readonly Source[]): TargetView {
  const known = new Map(sources.map((source) => [source.name, targetSource(vault, source)]));
  return {
    vault,
    sources: known,
    known: (source, path) => known.get(source)?.tree.get(path),
  };
}

function targetSource(vault: Vault, source: Source): TargetSource {
  const { parent, runs } = findHistory(vault.ledger, source);
  const { id, label, fileSystem } = source.volume;
  return {
    record: {
      source: source.name,
      origin: source.origin,
      volume: { id, label, fileSystem },
      within: withinVolume(source),
      parent: parent?.id ?? null,
    },
    tree: parent === null ? new Map() : treeOf(vault.ledger, parent.id, source.name),
    turn: runs,
    lastMs: parent?.snapshot === null || parent === null ? null : Date.parse(parent.time) || null,
  };
}

/** What the originals of a vault take as they are stored, in bytes. */
export function storedBytes({ ledger }: Vault): number {
  let bytes = 0;
  for (const { places, sizeBytes } of ledger.blobs.values()) {
    for (const { stored } of places) bytes += stored?.size ?? sizeBytes;
  }
  return bytes;
}
