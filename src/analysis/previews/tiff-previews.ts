import type { ByteSource } from '../byte-source.ts';
import { readMakerNote } from './maker-note.ts';
import type { Candidate, Claims } from './preview.ts';
import {
  readFolder,
  readNumber,
  readNumbers,
  type TiffFile,
  type TiffFolder,
  tiffBudget,
  viewOf,
} from './tiff-folder.ts';

/** TIFF, Panasonic's RW2, and Olympus' ORF in its two spellings: what stands in place of TIFF's 42. */
const MAGIC_NUMBERS = new Set([42, 0x55, 0x4f52, 0x5352]);
/** An array of bytes shorter than this holds no picture. */
const ARRAY_BYTES_MIN = 128;
const BYTE_TYPES = new Set([1, 7]);

/** What the folders of one TIFF structure said so far. */
interface Gathered {
  readonly candidates: Candidate[];
  orientation: number | null;
  /** The area the maker says is shown. */
  shown: Size | null;
  exif: Size | null;
  largest: Size | null;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Reads the folders of a TIFF structure whose header stands at `base`: chain, sub-folders, EXIF, maker's note.
 * Null where there is no such header.
 */
export async function readTiffClaims(source: ByteSource, base = 0): Promise<Claims | null> {
  const head = await source.read(base, 8);
  if (head.length < 8 || head[0] !== head[1]) return null;
  const isLittle = head[0] === 0x49;
  if (!isLittle && head[0] !== 0x4d) return null;
  const view = viewOf(head);
  if (!MAGIC_NUMBERS.has(view.getUint16(2, isLittle))) return null;
  const file: TiffFile = { source, base, isLittle, budget: tiffBudget() };
  const all: Gathered = {
    candidates: [],
    orientation: null,
    shown: null,
    exif: null,
    largest: null,
  };
  const waiting = [view.getUint32(4, isLittle)];
  for (let offset = waiting.shift(); offset !== undefined; offset = waiting.shift()) {
    const folder = await readFolder(file, offset);
    if (folder === null) continue;
    const subFolders = await readNumbers(file, folder.entries.get(0x014a));
    // Sub-folders first: where a chain is cut off, what is nearest to the first folder is read.
    waiting.unshift(...subFolders);
    if (folder.next > 0) waiting.push(folder.next);
    await gather(file, folder, all);
  }
  return { ...mainSize(all), candidates: all.candidates, orientation: all.orientation };
}

async function gather(file: TiffFile, folder: TiffFolder, all: Gathered): Promise<void> {
  const { entries } = folder;
  all.orientation ??= await readNumber(file, entries.get(0x0112));
  all.candidates.push(...(await pairOf(file, folder)), ...(await stripsOf(file, folder)));
  for (const entry of entries.values()) {
    // RW2's JPEG stands as an array (0x002e), and so do those of other makers.
    if (BYTE_TYPES.has(entry.type) && entry.lengthBytes >= ARRAY_BYTES_MIN) {
      const { offset, lengthBytes } = entry;
      if (await startsJpeg(file.source, offset)) all.candidates.push({ offset, lengthBytes });
    }
  }
  await gatherSize(file, folder, all);
  const exifAt = await readNumber(file, entries.get(0x8769));
  const exif = exifAt === null ? null : await readFolder(file, exifAt);
  if (exif === null) return;
  all.exif ??= await sizeOf(file, exif, [0xa002, 0xa003]);
  const note = exif.entries.get(0x927c);
  if (note !== undefined) all.candidates.push(...(await readMakerNote(file, note)));
}

async function startsJpeg(source: ByteSource, offset: number): Promise<boolean> {
  const start = await source.read(offset, 3);
  return start[0] === 0xff && start[1] === 0xd8 && start[2] === 0xff;
}

/** EXIF 2.32, 4.6.4: JPEGInterchangeFormat and its length. */
async function pairOf(file: TiffFile, { entries }: TiffFolder): Promise<readonly Candidate[]> {
  const offset = await readNumber(file, entries.get(0x0201));
  const lengthBytes = await readNumber(file, entries.get(0x0202));
  return offset === null || lengthBytes === null
    ? []
    : [{ offset: file.base + offset, lengthBytes }];
}

/** A JPEG in one strip (compression 6 or 7), or a small picture of plain bytes. */
async function stripsOf(file: TiffFile, { entries }: TiffFolder): Promise<readonly Candidate[]> {
  const offsets = await readNumbers(file, entries.get(0x0111));
  const lengths = await readNumbers(file, entries.get(0x0117));
  const first = offsets[0];
  if (first === undefined || offsets.length !== lengths.length) return [];
  const compression = await readNumber(file, entries.get(0x0103));
  const lengthBytes = lengths.reduce((sum, length) => sum + length, 0);
  const offset = file.base + first;
  if (compression === 6 || compression === 7) {
    return offsets.length === 1 ? [{ offset, lengthBytes }] : [];
  }
  const size = await sizeOf(file, { entries, next: 0 }, [0x0100, 0x0101]);
  const isPlain = compression === 1 && (await readNumber(file, entries.get(0x0106))) === 2;
  const bits = await readNumbers(file, entries.get(0x0102));
  if (size === null || !isPlain || bits.length !== 3 || bits.some((bit) => bit !== 8)) return [];
  const planar = (await readNumber(file, entries.get(0x011c))) ?? 1;
  const isOneRun = offsets.every(
    (at, index) => index === 0 || at === offsets[index - 1]! + lengths[index - 1]!,
  );
  const expected = size.width * size.height * 3;
  return isOneRun && planar === 1 && lengthBytes >= expected
    ? [{ offset, lengthBytes: expected, rgb: size }]
    : [];
}

async function gatherSize(file: TiffFile, folder: TiffFolder, all: Gathered): Promise<void> {
  const { entries } = folder;
  all.shown ??= (await cropSize(file, folder)) ?? (await panasonicSize(file, folder));
  const size = await sizeOf(file, { entries, next: 0 }, [0x0100, 0x0101]);
  if (size === null) return;
  const area = (all.largest?.width ?? 0) * (all.largest?.height ?? 0);
  if (size.width * size.height > area) all.largest = size;
}

/** DNG 1.4: DefaultCropSize. */
async function cropSize(file: TiffFile, { entries }: TiffFolder): Promise<Size | null> {
  const [width = 0, height = 0] = await readNumbers(file, entries.get(0xc620));
  return width > 0 && height > 0 && Number.isFinite(width * height) ? { width, height } : null;
}

/** RW2: the borders of what is shown, as top, left, bottom, right (tags 4 to 7). */
async function panasonicSize(file: TiffFile, { entries }: TiffFolder): Promise<Size | null> {
  if (!entries.has(0x002e)) return null;
  const [top, left, bottom, right] = [
    await readNumber(file, entries.get(4)),
    await readNumber(file, entries.get(5)),
    await readNumber(file, entries.get(6)),
    await readNumber(file, entries.get(7)),
  ];
  if (top === null || left === null || bottom === null || right === null) return null;
  return right > left && bottom > top ? { width: right - left, height: bottom - top } : null;
}

async function sizeOf(
  file: TiffFile,
  { entries }: TiffFolder,
  tags: readonly [number, number],
): Promise<Size | null> {
  const width = await readNumber(file, entries.get(tags[0]));
  const height = await readNumber(file, entries.get(tags[1]));
  return width === null || height === null || width < 1 || height < 1 ? null : { width, height };
}

/** What the maker says is shown; then EXIF's size where it is not that of a small copy; then the largest folder's. */
function mainSize({ shown, exif, largest }: Gathered): {
  readonly width: number | null;
  readonly height: number | null;
} {
  const isExifMain =
    exif !== null &&
    (largest === null || exif.width * exif.height >= 0.5 * largest.width * largest.height);
  const size = shown ?? (isExifMain ? exif : largest);
  return { width: size?.width ?? null, height: size?.height ?? null };
}
