import { type Box, type BoxWalk, readBoxes } from './iso-boxes.ts';
import { type Candidate, type Claims, joinClaims, NO_CLAIMS } from './preview.ts';
import { viewOf } from './tiff-folder.ts';
import { readTiffClaims } from './tiff-previews.ts';

/** Items believed in one file; a tiled HEIC has some hundred. */
const ITEMS_MAX = 4096;
/** Bytes read of a table of items. */
const TABLE_BYTES_MAX = 1_048_576;

/** Items of a `meta` box (ISO 14496-12, 8.11): pictures coded as JPEG, and EXIF with its thumbnail. */
export async function readItemClaims(walk: BoxWalk, meta: Box): Promise<Claims> {
  const boxes = await readBoxes(walk, { start: meta.start + 4, end: meta.end });
  const info = boxes.find(({ type }) => type === 'iinf');
  const location = boxes.find(({ type }) => type === 'iloc');
  if (info === undefined || location === undefined) return NO_CLAIMS;
  const types = await readItemTypes(walk, info);
  const places = parseLocations(await readTable(walk, location));
  const parts: Claims[] = [];
  for (const [id, type] of types) {
    const place = places.get(id);
    if (place === undefined) continue;
    if (type === 'jpeg') parts.push({ ...NO_CLAIMS, candidates: [place] });
    if (type === 'Exif') parts.push(await readExifItem(walk, place));
  }
  return joinClaims(parts);
}

/** ISO 23008-12, A.2.1: four bytes say how many bytes stand before the TIFF header. */
async function readExifItem(walk: BoxWalk, { offset }: Candidate): Promise<Claims> {
  const head = await walk.source.read(offset, 4);
  if (head.length < 4) return NO_CLAIMS;
  const claims = await readTiffClaims(walk.source, offset + 4 + viewOf(head).getUint32(0));
  return claims ?? NO_CLAIMS;
}

async function readTable(walk: BoxWalk, { start, end }: Box): Promise<Uint8Array> {
  return walk.source.read(start, Math.min(TABLE_BYTES_MAX, end - start));
}

/** Ids of the items that may help, with their types. */
async function readItemTypes(walk: BoxWalk, info: Box): Promise<Map<number, string>> {
  const bytes = await readTable(walk, info);
  const types = new Map<number, string>();
  if (bytes.length < 8) return types;
  const view = viewOf(bytes);
  // Version 0 counts items in two bytes, later ones in four; then follow `infe` boxes.
  let at = bytes[0] === 0 ? 6 : 8;
  for (let item = 0; item < ITEMS_MAX && at + 20 <= bytes.length; item += 1) {
    const lengthBytes = view.getUint32(at);
    const version = bytes[at + 8];
    if (lengthBytes < 12) break;
    const isWide = version === 3;
    const typeAt = at + 12 + (isWide ? 4 : 2) + 2;
    if ((version === 2 || isWide) && typeAt + 4 <= bytes.length) {
      const id = isWide ? view.getUint32(at + 12) : view.getUint16(at + 12);
      const type = String.fromCharCode(...bytes.subarray(typeAt, typeAt + 4));
      if (type === 'jpeg' || type === 'Exif') types.set(id, type);
    }
    at += lengthBytes;
  }
  return types;
}

/** Where items of one extent lie in the file (`iloc`, ISO 14496-12, 8.11.3); others are left out. */
function parseLocations(bytes: Uint8Array): ReadonlyMap<number, Candidate> {
  const places = new Map<number, Candidate>();
  if (bytes.length < 8) return places;
  const view = viewOf(bytes);
  const version = bytes[0]!;
  const [offsetSize, lengthSize] = [bytes[4]! >> 4, bytes[4]! & 15];
  const [baseSize, indexSize] = [bytes[5]! >> 4, version === 0 ? 0 : bytes[5]! & 15];
  let at = 6;
  const take = (size: number): number => {
    let value = 0;
    for (let byte = 0; byte < size; byte += 1, at += 1) value = value * 256 + (bytes[at] ?? 0);
    return value;
  };
  const count = Math.min(ITEMS_MAX, take(version < 2 ? 2 : 4));
  for (let item = 0; item < count && at < view.byteLength; item += 1) {
    const id = take(version < 2 ? 2 : 4);
    const method = version === 0 ? 0 : take(2) & 15;
    take(2);
    const base = take(baseSize);
    const extents = take(2);
    const extentBytes = indexSize + offsetSize + lengthSize;
    const end = at + extents * extentBytes;
    take(indexSize);
    const offset = base + take(offsetSize);
    const lengthBytes = take(lengthSize);
    if (extents === 1 && method === 0) places.set(id, { offset, lengthBytes });
    at = end;
  }
  return places;
}
