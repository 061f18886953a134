import type { ByteSource } from '../byte-source.ts';

/** A TIFF structure inside a source: the file itself, an EXIF segment, a maker's note. */
export interface TiffFile {
  readonly source: ByteSource;
  /** Where offsets count from. */
  readonly base: number;
  readonly isLittle: boolean;
  /** Shared by all parts of one file, so that no cycle and no crowd of folders ends the patience. */
  readonly budget: TiffBudget;
}

/** What may still be read of one file. */
export interface TiffBudget {
  foldersLeft: number;
  /** Absolute places of the folders that were read: none is read twice. */
  readonly seen: Set<number>;
}

/** One entry; its values lie at an absolute place that nobody has looked at. */
export interface TiffEntry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly offset: number;
  readonly lengthBytes: number;
}

/** An image file directory (TIFF 6.0 section 2). */
export interface TiffFolder {
  readonly entries: ReadonlyMap<number, TiffEntry>;
  /** Offset of the next folder, from the base; 0 at the end. */
  readonly next: number;
}

/** Folders read in one file, notes and EXIF included; real files have fewer than thirty. */
const FOLDERS_MAX = 96;
/** Entries believed in one folder. */
const ENTRIES_MAX = 1024;
/** Values read of one entry. */
const VALUES_MAX = 512;
/** Bytes of one value by type number; 13 is an offset of a folder. */
const TYPE_BYTES: readonly number[] = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];

/** A fresh budget for one file. */
export function tiffBudget(): TiffBudget {
  return { foldersLeft: FOLDERS_MAX, seen: new Set() };
}

/**
 * Reads a folder at an offset from the base; null where none can be there, where it was read before or where the
 * budget is spent. Entries of unknown type or without values are left out.
 */
export async function readFolder(file: TiffFile, offset: number): Promise<TiffFolder | null> {
  const { source, base, isLittle, budget } = file;
  const start = base + offset;
  if (offset <= 0 || start + 2 > source.sizeBytes) return null;
  if (budget.seen.has(start) || budget.foldersLeft <= 0) return null;
  budget.seen.add(start);
  budget.foldersLeft -= 1;
  const head = await source.read(start, 2);
  if (head.length < 2) return null;
  const count = viewOf(head).getUint16(0, isLittle);
  if (count === 0 || count > ENTRIES_MAX) return null;
  const bytes = await source.read(start + 2, count * 12 + 4);
  const view = viewOf(bytes);
  const entries = new Map<number, TiffEntry>();
  for (let at = 0; at + 12 <= Math.min(bytes.length, count * 12); at += 12) {
    const entry = parseEntry(file, view, { at, start: start + 2 });
    if (entry !== null && !entries.has(entry.tag)) entries.set(entry.tag, entry);
  }
  const next = bytes.length >= count * 12 + 4 ? view.getUint32(count * 12, isLittle) : 0;
  return { entries, next };
}

function parseEntry(
  { source, base, isLittle }: TiffFile,
  view: DataView,
  place: { readonly at: number; readonly start: number },
): TiffEntry | null {
  const { at, start } = place;
  const type = view.getUint16(at + 2, isLittle);
  const count = view.getUint32(at + 4, isLittle);
  const lengthBytes = (TYPE_BYTES[type] ?? 0) * count;
  if (lengthBytes === 0) return null;
  const offset = lengthBytes <= 4 ? start + at + 8 : base + view.getUint32(at + 8, isLittle);
  if (offset >= source.sizeBytes) return null;
  return { tag: view.getUint16(at, isLittle), type, count, offset, lengthBytes };
}

/** The whole numbers of an entry, at most 512 of them; empty where it has none of a whole type. */
export async function readNumbers(
  file: TiffFile,
  entry: TiffEntry | undefined,
): Promise<readonly number[]> {
  if (entry === undefined) return [];
  const size = TYPE_BYTES[entry.type] ?? 0;
  const isRational = size === 8;
  const bytes = await file.source.read(entry.offset, Math.min(entry.count, VALUES_MAX) * size);
  const view = viewOf(bytes);
  const numbers: number[] = [];
  for (let at = 0; at + size <= bytes.length; at += size) {
    if (isRational) {
      numbers.push(view.getUint32(at, file.isLittle) / view.getUint32(at + 4, file.isLittle));
    } else if (size === 4) numbers.push(view.getUint32(at, file.isLittle));
    else if (size === 2) numbers.push(view.getUint16(at, file.isLittle));
    else numbers.push(view.getUint8(at));
  }
  return numbers;
}

/** The first whole number of an entry; null where there is none. */
export async function readNumber(
  file: TiffFile,
  entry: TiffEntry | undefined,
): Promise<number | null> {
  const value = (await readNumbers(file, entry))[0];
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/** A view of exactly these bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
