import type { Candidate } from './preview.ts';
import {
  readFolder,
  readNumber,
  type TiffEntry,
  type TiffFile,
  type TiffFolder,
  viewOf,
} from './tiff-folder.ts';

/** How a maker's note begins, and where its folder stands. */
interface NoteHead {
  readonly text: string;
  /** Where the folder begins, from the note's start; a whole TIFF header stands there instead where `isTiff`. */
  readonly folderAt: number;
  readonly isTiff?: boolean;
  /** Offsets count from the note's start instead of the file's. */
  readonly isOwnBase?: boolean;
  /** Where two letters tell the byte order. */
  readonly orderAt?: number;
}

/** Heads of notes that hold previews; any other note is taken for a bare folder. */
const NOTE_HEADS: readonly NoteHead[] = [
  { text: 'Nikon\0\x02', folderAt: 10, isTiff: true },
  { text: 'OLYMPUS\0', folderAt: 12, isOwnBase: true, orderAt: 8 },
  { text: 'OM SYSTEM\0', folderAt: 16, isOwnBase: true, orderAt: 12 },
  { text: 'OLYMP\0', folderAt: 8 },
  { text: 'EPSON\0', folderAt: 8 },
  { text: 'LEICA\0', folderAt: 8 },
  { text: 'PENTAX \0', folderAt: 10, isOwnBase: true, orderAt: 8 },
  { text: 'AOC\0', folderAt: 6, orderAt: 4 },
  { text: 'Panasonic\0', folderAt: 12 },
  { text: 'QVC\0', folderAt: 6 },
  { text: 'SONY ', folderAt: 12 },
  { text: 'SIGMA\0', folderAt: 10 },
  { text: 'FOVEON\0', folderAt: 10 },
  { text: '', folderAt: 0 },
];

/** Pairs of tags for offset and length: EXIF's own, Minolta, Pentax and Casio, Olympus, its settings, Sigma. */
const PAIRS: readonly (readonly [number, number])[] = [
  [0x0201, 0x0202],
  [0x0088, 0x0089],
  [0x0004, 0x0003],
  [0x1036, 0x1037],
  [0x0101, 0x0102],
  [0x001a, 0x001b],
];

/** Folders below a note: Nikon's preview, Samsung's preview, Olympus' camera settings. */
const SUB_FOLDERS: readonly number[] = [0x0011, 0x0035, 0x2020];
const ARRAY_BYTES_MIN = 256;
const ARRAYS_MAX = 8;
const BYTE_TYPES = new Set([1, 7]);

/** Where a maker's note says that previews lie. Tag names: ExifTool's tables; nothing is proven yet. */
export async function readMakerNote(
  file: TiffFile,
  entry: TiffEntry,
): Promise<readonly Candidate[]> {
  const start = await file.source.read(entry.offset, Math.min(18, entry.lengthBytes));
  const text = String.fromCharCode(...start);
  const head = NOTE_HEADS.find((one) => text.startsWith(one.text));
  if (head === undefined || start.length < head.folderAt) return [];
  const note = await openNote(file, entry, { head, start });
  const folder = note === null ? null : await readFolder(note.file, note.folderOffset);
  if (note === null || folder === null) return [];
  const folders = [folder];
  for (const tag of SUB_FOLDERS) {
    const sub = await readSubFolder(note.file, folder.entries.get(tag));
    if (sub !== null) folders.push(sub);
  }
  // Makers count from the note or from the file, and not each of its models alike: what is a JPEG is right.
  const bases = [...new Set([note.file.base, file.base, entry.offset])];
  const found: Candidate[] = [];
  for (const one of folders) found.push(...(await candidatesOf(note.file, one, bases)));
  return found;
}

async function openNote(
  file: TiffFile,
  entry: TiffEntry,
  said: { readonly head: NoteHead; readonly start: Uint8Array },
): Promise<{ readonly file: TiffFile; readonly folderOffset: number } | null> {
  const { head, start } = said;
  if (head.isTiff === true) {
    const base = entry.offset + head.folderAt;
    const bytes = await file.source.read(base, 8);
    if (bytes.length < 8) return null;
    const isLittle = bytes[0] === 0x49;
    const folderOffset = viewOf(bytes).getUint32(4, isLittle);
    return { file: { ...file, base, isLittle }, folderOffset };
  }
  const letter = head.orderAt === undefined ? undefined : start[head.orderAt];
  const isLittle = letter === 0x49 ? true : letter === 0x4d ? false : file.isLittle;
  const base = head.isOwnBase === true ? entry.offset : file.base;
  return {
    file: { ...file, base, isLittle },
    folderOffset: entry.offset + head.folderAt - base,
  };
}

/** A folder that an offset points to, or that stands in the entry itself (older Olympus bodies). */
async function readSubFolder(
  file: TiffFile,
  entry: TiffEntry | undefined,
): Promise<TiffFolder | null> {
  if (entry === undefined) return null;
  if (entry.count > 1) return readFolder(file, entry.offset - file.base);
  const offset = await readNumber(file, entry);
  return offset === null ? null : readFolder(file, offset);
}

async function candidatesOf(
  file: TiffFile,
  { entries }: TiffFolder,
  bases: readonly number[],
): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (const [startTag, lengthTag] of PAIRS) {
    const offset = await readNumber(file, entries.get(startTag));
    const lengthBytes = await readNumber(file, entries.get(lengthTag));
    if (offset === null || lengthBytes === null || lengthBytes < ARRAY_BYTES_MIN) continue;
    found.push(...bases.map((base) => ({ offset: base + offset, lengthBytes })));
  }
  const arrays = [...entries.values()].filter(
    ({ type, lengthBytes }) => BYTE_TYPES.has(type) && lengthBytes >= ARRAY_BYTES_MIN,
  );
  for (const { offset, lengthBytes } of arrays.slice(0, ARRAYS_MAX)) {
    found.push({ offset, lengthBytes });
  }
  return found;
}
