import type { BlobId } from '../base/index.ts';
import type { Disk } from '../platform/index.ts';
import type { Ledger, Place, StoredBlob } from './ledger.ts';
import type { Vault } from './open.ts';
import { digitsIn } from './stored-name.ts';

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

/** One stored file as the ledger tells it: a form of a blob, or what lies beside one. */
export interface StoredFile {
  readonly at: string;
  readonly blob: BlobId;
  /** Length and digest of the file as it lies there. */
  readonly sizeBytes: number;
  readonly sha256: BlobId;
  /** Whether it lies beside the form that it belongs to. */
  readonly isPart: boolean;
}

/** Every stored file of the ledger. */
export function* storedFiles(ledger: Ledger): Generator<StoredFile> {
  for (const stored of ledger.blobs.values()) {
    for (const place of stored.places) yield* filesOfPlace(stored, place);
  }
}

/** The files of one place: the form itself, then what lies beside it. */
export function* filesOfPlace(
  { id, sizeBytes }: StoredBlob,
  { at, stored, parts }: Place,
): Generator<StoredFile> {
  const whole = stored ?? { size: sizeBytes, sha256: id };
  yield { at, blob: id, sizeBytes: whole.size, sha256: whole.sha256, isPart: false };
  for (const { at, size, sha256 } of parts ?? []) {
    yield { at, blob: id, sizeBytes: size, sha256, isPart: true };
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
    const digits = digitsIn(at)?.slice(0, 16);
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
