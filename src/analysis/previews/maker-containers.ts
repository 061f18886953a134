import type { ByteSource } from '../byte-source.ts';
import { readJpegClaims } from './jpeg-previews.ts';
import { type Candidate, type Claims, joinClaims, NO_CLAIMS } from './preview.ts';
import { viewOf } from './tiff-folder.ts';
import { readTiffClaims } from './tiff-previews.ts';

/** Entries believed in one directory of CIFF or X3F, and blocks in one MRW. */
const ENTRIES_MAX = 256;
const CIFF_DEPTH_MAX = 6;

/** Fujifilm RAF: offset and length of its JPEG stand at byte 84; that JPEG has EXIF with a thumbnail of its own. */
export async function readRafClaims(source: ByteSource): Promise<Claims | null> {
  const head = await source.read(84, 8);
  if (head.length < 8) return null;
  const view = viewOf(head);
  const jpeg = { offset: view.getUint32(0), lengthBytes: view.getUint32(4) };
  const inner = await readJpegClaims(source, jpeg);
  return joinClaims([inner ?? NO_CLAIMS, { ...NO_CLAIMS, candidates: [jpeg] }]);
}

/** Minolta MRW: blocks of a name, a length and content; `TTW` holds a TIFF structure. */
export async function readMrwClaims(source: ByteSource): Promise<Claims | null> {
  const head = await source.read(0, 8);
  if (head.length < 8) return null;
  const end = Math.min(source.sizeBytes, 8 + viewOf(head).getUint32(4));
  const parts: Claims[] = [];
  let at = 8;
  for (let block = 0; block < ENTRIES_MAX && at + 8 <= end; block += 1) {
    const bytes = await source.read(at, 8);
    if (bytes.length < 8) break;
    if (String.fromCharCode(...bytes.subarray(1, 4)) === 'TTW') {
      parts.push((await readTiffClaims(source, at + 8)) ?? NO_CLAIMS);
    }
    at += 8 + viewOf(bytes).getUint32(4);
  }
  return joinClaims(parts);
}

/** Sigma X3F: the last four bytes say where the directory of sections stands (Foveon's X3F description, 2.2). */
export async function readX3fClaims(source: ByteSource): Promise<Claims | null> {
  const end = await source.read(Math.max(0, source.sizeBytes - 4), 4);
  if (end.length < 4) return null;
  const start = viewOf(end).getUint32(0, true);
  const head = await source.read(start, 12);
  if (head.length < 12 || String.fromCharCode(...head.subarray(0, 4)) !== 'SECd') return null;
  const count = Math.min(ENTRIES_MAX, viewOf(head).getUint32(8, true));
  const bytes = await source.read(start + 12, count * 12);
  const view = viewOf(bytes);
  const parts: Claims[] = [];
  for (let at = 0; at + 12 <= bytes.length; at += 12) {
    if (String.fromCharCode(...bytes.subarray(at + 8, at + 11)) !== 'IMA') continue;
    const section = {
      offset: view.getUint32(at, true),
      lengthBytes: view.getUint32(at + 4, true),
    };
    parts.push(await readX3fImage(source, section));
  }
  return joinClaims(parts);
}

/** An image section: version, type (2: for preview), format (3: bytes, 18: JPEG), size; its data begin at byte 28. */
async function readX3fImage(source: ByteSource, section: Candidate): Promise<Claims> {
  const head = await source.read(section.offset, 28);
  if (head.length < 28 || String.fromCharCode(...head.subarray(0, 4)) !== 'SECi') return NO_CLAIMS;
  const view = viewOf(head);
  const [type, format] = [view.getUint32(8, true), view.getUint32(12, true)];
  const [width, height] = [view.getUint32(16, true), view.getUint32(20, true)];
  const place = { offset: section.offset + 28, lengthBytes: section.lengthBytes - 28 };
  if (format === 18) {
    const inner = await readJpegClaims(source, place);
    return joinClaims([inner ?? NO_CLAIMS, { ...NO_CLAIMS, candidates: [place] }]);
  }
  if (type !== 2) return { ...NO_CLAIMS, width, height };
  const isPacked = format === 3 && view.getUint32(24, true) === width * 3;
  const rgb = { offset: place.offset, lengthBytes: width * height * 3, rgb: { width, height } };
  return { ...NO_CLAIMS, candidates: isPacked ? [rgb] : [] };
}

/** Canon CRW: a CIFF heap of directories (CIFF specification 1.0, section 3). */
export async function readCrwClaims(source: ByteSource): Promise<Claims | null> {
  const head = await source.read(0, 14);
  if (head.length < 14) return null;
  const isLittle = head[0] === 0x49;
  const start = viewOf(head).getUint32(2, isLittle);
  const all: CiffClaims = { candidates: [], orientation: null, width: null, height: null };
  const heap: CiffHeap = { source, isLittle, entriesLeft: ENTRIES_MAX, all };
  await readHeap(heap, { start, end: source.sizeBytes }, 0);
  return all;
}

interface CiffClaims {
  readonly candidates: Candidate[];
  orientation: number | null;
  width: number | null;
  height: number | null;
}

interface CiffHeap {
  readonly source: ByteSource;
  readonly isLittle: boolean;
  readonly all: CiffClaims;
  entriesLeft: number;
}

const CIFF_JPEG = 0x2007;
const CIFF_THUMBNAIL = 0x2008;
const CIFF_IMAGE_INFO = 0x1810;
/** Degrees clockwise the picture must be turned, as EXIF counts. */
const TURNS: Readonly<Record<number, number>> = { 0: 1, 90: 6, 180: 3, 270: 8 };

/** A heap's last four bytes say where its directory stands: a count, then ten bytes for each entry. */
async function readHeap(
  heap: CiffHeap,
  place: { readonly start: number; readonly end: number },
  depth: number,
): Promise<void> {
  const { source, isLittle } = heap;
  const { start, end } = place;
  if (depth > CIFF_DEPTH_MAX || end - start < 6 || end > source.sizeBytes) return;
  const tail = await source.read(end - 4, 4);
  if (tail.length < 4) return;
  const directory = start + viewOf(tail).getUint32(0, isLittle);
  const counted = await source.read(directory, 2);
  if (counted.length < 2) return;
  const count = viewOf(counted).getUint16(0, isLittle);
  const bytes = await source.read(directory + 2, Math.min(count, ENTRIES_MAX) * 10);
  const view = viewOf(bytes);
  for (let at = 0; at + 10 <= bytes.length && heap.entriesLeft > 0; at += 10) {
    heap.entriesLeft -= 1;
    const tag = view.getUint16(at, isLittle);
    const lengthBytes = view.getUint32(at + 2, isLittle);
    const offset = start + view.getUint32(at + 6, isLittle);
    // The two upper bits tell that the value stands in the entry itself; types 0x28 and 0x30 are heaps.
    if (tag >= 0x4000) continue;
    const type = tag & 0x3800;
    if (type === 0x2800 || type === 0x3000) {
      await readHeap(heap, { start: offset, end: offset + lengthBytes }, depth + 1);
    }
    await gatherCiff(heap, tag, { offset, lengthBytes });
  }
}

async function gatherCiff(heap: CiffHeap, tag: number, place: Candidate): Promise<void> {
  const { all, source, isLittle } = heap;
  if (tag === CIFF_JPEG || tag === CIFF_THUMBNAIL) all.candidates.push(place);
  if (tag !== CIFF_IMAGE_INFO || place.lengthBytes < 16) return;
  const bytes = await source.read(place.offset, 16);
  if (bytes.length < 16) return;
  const view = viewOf(bytes);
  all.width ??= view.getUint32(0, isLittle);
  all.height ??= view.getUint32(4, isLittle);
  all.orientation ??= TURNS[((view.getInt32(12, isLittle) % 360) + 360) % 360] ?? null;
}
