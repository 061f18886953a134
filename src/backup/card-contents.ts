import { type BlobId, type IssueLog, mapPool } from '../base/index.ts';
import type { World } from '../platform/index.ts';
import { digestFile } from '../store/index.ts';
import { filesOfPlace, type Place, type Tree, treeOf, type Vault } from '../vault/index.ts';
import { changeOf } from './change-test.ts';
import { type Found, joinPath, type ScanNotes, scanSource } from './scan.ts';
import { findHistory, findSources, type Source } from './sources.ts';

/** One file of a card, and who holds its content. */
export interface CardContent {
  /** `<source>/<path>` */
  readonly path: string;
  readonly sizeBytes: number;
  /** null: it is in no vault. */
  readonly blob: BlobId | null;
  /** By vault: when the copy that it holds was last read and right, in milliseconds since 1970. */
  readonly heldMs: ReadonlyMap<Vault, number>;
}

/** All files of some cards. */
export interface CardContents {
  readonly files: readonly CardContent[];
  /** What could not be read or listed: nobody knows what it is. */
  readonly unread: readonly string[];
}

/** How cards are looked at. */
export interface LookOptions {
  /** Takes note of folders that cannot be listed. */
  readonly issues: IssueLog;
  readonly signal?: AbortSignal | undefined;
  /** Reads every file that a vault may have, whatever size and time tell. */
  readonly readData?: boolean | undefined;
}

/** How many files are read at the same time. */
const READS_MAX = 4;

/**
 * Looks which content of cards vaults hold. A file with the size and time that a vault's newest state of this source has is
 * told by that, as a backup does; any other is read where a vault has content of its size. A copy counts
 * where its stored file is there in its full size and not known to be damaged. Changes nothing.
 * @param paths cards, folders or files
 * @throws FieldVaultError SOURCE_MISSING
 */
export async function cardContents(
  world: World,
  vaults: readonly Vault[],
  paths: readonly string[],
  { issues, signal, readData }: LookOptions,
): Promise<CardContents> {
  const files: CardContent[] = [];
  const unread: string[] = [];
  for (const source of await findSources(world, paths)) {
    const trees = vaults.map((vault) => newestTree(vault, source));
    const notes: ScanNotes = {
      issues,
      leftOut: { count: 0, names: new Set() },
      unlisted: new Set(),
    };
    const except = vaults.map(({ root }) => root);
    const found = filesOf(scanSource(world.disk, { ...source, except }, notes), signal);
    const look = async (file: Found): Promise<void> => {
      const path = `${source.name}/${file.path}`;
      const told = readData === true ? null : toldBy(trees, file);
      const blob = told ?? (await readContent(world, vaults, source, file).catch(() => 'unread'));
      if (blob === 'unread') unread.push(path);
      else files.push(await contentOf(world, vaults, { path, file, blob: blob as BlobId | null }));
    };
    for await (const _ of mapPool(READS_MAX, found, look));
    for (const folder of notes.unlisted) unread.push(joinPath(source.name, folder));
  }
  return { files, unread };
}

function newestTree(vault: Vault, source: Source): Tree {
  const { parent } = findHistory(vault.ledger, source);
  return parent === null ? new Map() : treeOf(vault.ledger, parent.id, source.name);
}

/** Links and folders have no content of their own. */
async function* filesOf(
  found: AsyncIterable<Found>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Found> {
  for await (const one of found) {
    if (signal?.aborted === true) return;
    if (one.kind === 'file') yield one;
  }
}

/** The content that size and time tell; null where no vault knows the file by them, or two tell another story. */
function toldBy(trees: readonly Tree[], file: Found): BlobId | null {
  const told = new Set<string>();
  for (const tree of trees) {
    const known = tree.get(file.path);
    if (known !== undefined && changeOf(known, file) === 'unchanged') told.add(known.content);
  }
  const [blob] = told;
  return told.size === 1 && blob !== undefined ? (blob as BlobId) : null;
}

async function readContent(
  { disk }: World,
  vaults: readonly Vault[],
  source: Source,
  file: Found,
): Promise<BlobId | null> {
  const isMaybeKnown = vaults.some(({ ledger }) => ledger.hasSize(file.sizeBytes));
  // What no vault can have is missing, whatever it is.
  if (!isMaybeKnown) return null;
  const { blob } = await digestFile(disk, joinPath(source.root, file.path), { direct: true });
  return vaults.some(({ ledger }) => ledger.holds(blob)) ? blob : null;
}

async function contentOf(
  world: World,
  vaults: readonly Vault[],
  {
    path,
    file,
    blob,
  }: { readonly path: string; readonly file: Found; readonly blob: BlobId | null },
): Promise<CardContent> {
  const heldMs = new Map<Vault, number>();
  for (const vault of vaults) {
    if (blob !== null && (await isThere(world, vault, blob))) {
      heldMs.set(vault, vault.ledger.verifiedMs(blob));
    }
  }
  return { path, sizeBytes: file.sizeBytes, blob, heldMs };
}

/** Whether all files of some place are there in their full size, and with them those of what it needs. */
async function isThere(world: Pick<World, 'disk'>, vault: Vault, blob: BlobId): Promise<boolean> {
  for (const place of vault.ledger.blobs.get(blob)?.places ?? []) {
    if (!(await arePresent(world, vault, { blob, place }))) continue;
    const needs = place.needs ?? [];
    const stand = await Promise.all(needs.map((need) => standsThere(world, vault, need)));
    if (stand.every((one) => one)) return true;
  }
  return false;
}

/** Whether some place that needs nothing is there. */
async function standsThere(
  world: Pick<World, 'disk'>,
  vault: Vault,
  blob: BlobId,
): Promise<boolean> {
  const places = vault.ledger.blobs.get(blob)?.places ?? [];
  for (const place of places.filter(({ needs }) => needs === undefined)) {
    if (await arePresent(world, vault, { blob, place })) return true;
  }
  return false;
}

async function arePresent(
  { disk }: Pick<World, 'disk'>,
  { root, ledger }: Vault,
  { blob, place }: { readonly blob: BlobId; readonly place: Place },
): Promise<boolean> {
  const stored = ledger.blobs.get(blob);
  if (stored === undefined || !ledger.isWhole(place)) return false;
  for (const { at, sizeBytes } of filesOfPlace(stored, place)) {
    const facts = await disk.stat(`${root}/${at}`).catch(() => null);
    if (facts?.kind !== 'file' || facts.sizeBytes !== sizeBytes) return false;
  }
  return true;
}
