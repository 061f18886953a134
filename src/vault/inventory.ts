import type { BlobId } from '../base/index.ts';
import type { Disk } from '../platform/index.ts';
import type { Ledger, Place } from './ledger.ts';
import type { Vault } from './open.ts';

/** What lies in `originals/`, by {@link placeKey}. */
export type Inventory = ReadonlyMap<string, ListedFile>;

/** One file as the drive lists it. */
export interface ListedFile {
  readonly at: string;
  readonly sizeBytes: number;
}

/**
 * The form of a place in which drives can be asked for it: some list names in another case (NTFS mounted without case)
 * or in another Unicode form (HFS+) than they were given, and a protected file must never look like an unknown one.
 */
export function placeKey(at: string): string {
  return at.toLowerCase().normalize('NFC');
}

/** Lists every file of `originals/`; folders that cannot be listed are handed to `onFailure`. */
export async function listOriginals(
  disk: Disk,
  root: string,
  onFailure: (folder: string, error: unknown) => void,
): Promise<Inventory> {
  const files = new Map<string, ListedFile>();
  const folders = ['originals'];
  for (;;) {
    const folder = folders.pop();
    if (folder === undefined) return files;
    try {
      for (const entry of await disk.listFolder(`${root}/${folder}`)) {
        const at = `${folder}/${entry.name}`;
        if (entry.kind === 'folder') folders.push(at);
        else files.set(placeKey(at), { at, sizeBytes: entry.sizeBytes });
      }
    } catch (error) {
      onFailure(folder, error);
    }
  }
}

/** One stored file as the ledger tells it. */
export interface StoredFile extends Place {
  readonly blob: BlobId;
  readonly sizeBytes: number;
}

/** Every stored file of the ledger. */
export function* storedFiles(ledger: Ledger): Generator<StoredFile> {
  for (const [blob, stored] of ledger.blobs) {
    for (const place of stored.places) yield { ...place, blob, sizeBytes: stored.sizeBytes };
  }
}

/**
 * Finds places of blobs the ledger has lost, by the digits in the names of `originals/`. Only a guess: the bytes must
 * still be digested.
 */
export async function findByName(
  disk: Disk,
  vault: Vault,
): Promise<(blob: BlobId) => readonly string[]> {
  const byDigits = new Map<string, string[]>();
  for (const { at } of (await listOriginals(disk, vault.root, () => {})).values()) {
    const digits = /~([0-9a-f]{16})[0-9a-f]*(\.[^./]*)?$/.exec(at)?.[1];
    if (digits === undefined) continue;
    const places = byDigits.get(digits);
    if (places === undefined) byDigits.set(digits, [at]);
    else places.push(at);
  }
  return (blob) => byDigits.get(blob.slice(0, 16)) ?? [];
}

/** The places of an inventory that no line names: what interrupted work left, as long as no line is lost. */
export function unnamed(ledger: Ledger, inventory: Inventory): string[] {
  const named = new Set<string>([...ledger.files.keys()].map(placeKey));
  for (const file of storedFiles(ledger)) named.add(placeKey(file.at));
  return [...inventory].filter(([key]) => !named.has(key)).map(([, { at }]) => at);
}
