import type { ByteSource } from '../byte-source.ts';
import { type JpegSegment, readJpegFrame } from './jpeg-frame.ts';
import { type Candidate, type Claims, joinClaims, NO_CLAIMS } from './preview.ts';
import { readFolder, readNumber, type TiffFile, tiffBudget, viewOf } from './tiff-folder.ts';
import { readTiffClaims } from './tiff-previews.ts';

const EXIF_HEAD = 'Exif\0\0';
const MPF_HEAD = 'MPF\0';
/** Pictures believed in a multi-picture file; its index counts 16 bytes for each (CIPA DC-007, 5.2.3). */
const PICTURES_MAX = 16;
const LARGE_THUMBNAIL_CLASS = 0x01;

/**
 * Reads where a JPEG keeps smaller copies of itself: EXIF's thumbnail, maker's notes, large thumbnails of the
 * multi-picture format. Null where it is no JPEG.
 * @param place where the JPEG lies inside a larger file; left out: it is the file
 */
export async function readJpegClaims(
  source: ByteSource,
  place: { readonly offset: number; readonly lengthBytes: number } = {
    offset: 0,
    lengthBytes: source.sizeBytes,
  },
): Promise<Claims | null> {
  const frame = await readJpegFrame(source, place.offset, place.lengthBytes);
  if (frame === null) return null;
  const { width, height } = frame;
  const parts: Claims[] = [{ ...NO_CLAIMS, width, height }];
  for (const segment of frame.segments) {
    if (segment.marker === 0xe1 && (await startsWith(source, segment, EXIF_HEAD))) {
      parts.push((await readTiffClaims(source, segment.offset + EXIF_HEAD.length)) ?? NO_CLAIMS);
    }
    if (segment.marker === 0xe2 && (await startsWith(source, segment, MPF_HEAD))) {
      const candidates = await readMultiPicture(source, segment.offset + MPF_HEAD.length);
      parts.push({ ...NO_CLAIMS, candidates });
    }
  }
  return joinClaims(parts);
}

async function startsWith(
  source: ByteSource,
  { offset, lengthBytes }: JpegSegment,
  head: string,
): Promise<boolean> {
  if (lengthBytes < head.length) return false;
  return String.fromCharCode(...(await source.read(offset, head.length))) === head;
}

/** The large thumbnails of a multi-picture index; offsets count from the index' own header. */
async function readMultiPicture(source: ByteSource, base: number): Promise<readonly Candidate[]> {
  const head = await source.read(base, 8);
  if (head.length < 8) return [];
  const isLittle = head[0] === 0x49;
  const file: TiffFile = { source, base, isLittle, budget: tiffBudget() };
  const folder = await readFolder(file, viewOf(head).getUint32(4, isLittle));
  const list = folder?.entries.get(0xb002);
  const count = await readNumber(file, folder?.entries.get(0xb001));
  if (list === undefined || count === null) return [];
  const wanted = Math.min(count, PICTURES_MAX, Math.floor(list.lengthBytes / 16)) * 16;
  const bytes = await source.read(list.offset, wanted);
  const view = viewOf(bytes);
  const found: Candidate[] = [];
  for (let at = 0; at + 16 <= bytes.length; at += 16) {
    const attribute = view.getUint32(at, isLittle);
    const offset = view.getUint32(at + 8, isLittle);
    if (((attribute >>> 16) & 0xff) !== LARGE_THUMBNAIL_CLASS || offset === 0) continue;
    found.push({ offset: base + offset, lengthBytes: view.getUint32(at + 4, isLittle) });
  }
  return found;
}
