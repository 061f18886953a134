import type { BlobId } from '../base/index.ts';
import {
  type DropRecord,
  type Ledger,
  splitPlace,
  storedFiles,
  type VaultWriter,
} from '../vault/index.ts';

/** Folders of originals whose lists name files that are not there any more. */
export interface Relisting {
  readonly writer: VaultWriter;
  readonly ledger: Ledger;
  readonly folders: ReadonlySet<string>;
  /** Places the ledger still has but that are about to go. */
  readonly gone: ReadonlySet<string>;
  /** Time of the lines, as in journals. */
  readonly time: string;
}

/**
 * Writes a new SHA256SUMS of all that stays in each folder and says in the journal that the older ones go.
 * @returns the older ones: places to be removed, the caller's work
 */
export async function relistFolders(relisting: Relisting): Promise<string[]> {
  const { writer, ledger, folders, gone, time } = relisting;
  const staying = new Map<string, Map<string, BlobId>>();
  for (const file of storedFiles(ledger)) {
    const { folder, name } = splitPlace(file.at);
    if (!folders.has(folder) || gone.has(file.at)) continue;
    const names = staying.get(folder) ?? new Map<string, BlobId>();
    staying.set(folder, names.set(name, file.sha256));
  }
  const drops: DropRecord[] = [];
  for (const { at, sha256 } of ledger.files.values()) {
    const { folder } = splitPlace(at);
    if (folder !== '' && folders.has(folder)) drops.push({ type: 'drop', blob: sha256, at, time });
  }
  for (const [folder, names] of staying) {
    await writer.commit([await writer.writeSums(folder, names)]);
  }
  await writer.commit(drops);
  return drops.map((drop) => drop.at);
}
