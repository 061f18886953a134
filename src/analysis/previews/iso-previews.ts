import type { ByteSource } from '../byte-source.ts';
import { type Box, type BoxWalk, readBoxes } from './iso-boxes.ts';
import { readItemClaims } from './iso-items.ts';
import { type Candidate, type Claims, joinClaims, NO_CLAIMS } from './preview.ts';
import { viewOf } from './tiff-folder.ts';
import { readTiffClaims } from './tiff-previews.ts';

/** Canon's boxes inside `moov`: metadata as TIFF structures, and the thumbnail (canon_cr3 notes of Laurent Clévy). */
const CANON_MOOV = '85c0b687820f11e08111f4ce462b6a48';
/** Canon's box with the preview, beside `moov`. */
const CANON_PREVIEW = 'eaf42b5e1c984b88b9fbb7dc406e4d16';
const TRACKS_MAX = 16;

/** Reads where an ISO media file (CR3, HEIC, AVIF) keeps JPEG copies of its picture. */
export async function readIsoClaims(source: ByteSource): Promise<Claims | null> {
  const walk: BoxWalk = { source, boxesLeft: 512 };
  const parts: Claims[] = [];
  for (const box of await readBoxes(walk, { start: 0, end: source.sizeBytes })) {
    if (box.type === 'moov') parts.push(...(await readMovie(walk, box)));
    if (box.type === 'meta') parts.push(await readItemClaims(walk, box));
    if (box.type === 'uuid' && box.uuid === CANON_PREVIEW) {
      parts.push(await readPictures(walk, { ...box, start: box.start + 8 }));
    }
  }
  return joinClaims(parts);
}

async function readMovie(walk: BoxWalk, movie: Box): Promise<Claims[]> {
  const parts: Claims[] = [];
  let tracks = 0;
  for (const box of await readBoxes(walk, movie)) {
    if (box.type === 'uuid' && box.uuid === CANON_MOOV) {
      parts.push(await readPictures(walk, box));
    }
    if (box.type === 'trak' && tracks < TRACKS_MAX) {
      tracks += 1;
      parts.push(await readTrack(walk, box));
    }
  }
  return parts;
}

/** THMB and PRVW: a few fields, then the JPEG; CMT1 and CMT2 hold IFD0 and EXIF as TIFF structures. */
async function readPictures(walk: BoxWalk, parent: Box): Promise<Claims> {
  const parts: Claims[] = [];
  for (const box of await readBoxes(walk, parent)) {
    const { type, start, end } = box;
    if (type === 'CMT1') {
      parts.push((await readTiffClaims(walk.source, start)) ?? NO_CLAIMS);
    }
    // THMB: version, width, height, then the size at 8; PRVW: the size at 12. The JPEG begins at 16.
    const sizeAt = type === 'THMB' ? 8 : type === 'PRVW' ? 12 : null;
    if (sizeAt === null) continue;
    const head = await walk.source.read(start, 16);
    if (head.length < 16) continue;
    const lengthBytes = viewOf(head).getUint32(sizeAt);
    const offset = start + 16;
    if (offset + lengthBytes <= end) {
      parts.push({ ...NO_CLAIMS, candidates: [{ offset, lengthBytes }] });
    }
  }
  return joinClaims(parts);
}

/** The first sample of a track: `stsz` has its size, `co64` or `stco` its place. CR3's first track is the JPEG. */
async function readTrack(walk: BoxWalk, track: Box): Promise<Claims> {
  let tables: readonly Box[] = [track];
  for (const type of ['mdia', 'minf', 'stbl']) {
    const parent = tables[0];
    if (parent === undefined) return NO_CLAIMS;
    tables = (await readBoxes(walk, parent)).filter((box) => box.type === type);
  }
  const table = tables[0];
  if (table === undefined) return NO_CLAIMS;
  let lengthBytes: number | null = null;
  let offset: number | null = null;
  for (const box of await readBoxes(walk, table)) {
    const bytes = await walk.source.read(box.start, 16);
    if (bytes.length < 16) continue;
    const view = viewOf(bytes);
    // stsz: one size for all samples, or 0 and then one for each.
    if (box.type === 'stsz') lengthBytes = await firstSize(walk, box, view);
    if (box.type === 'stco') offset = view.getUint32(8);
    if (box.type === 'co64') offset = Number(view.getBigUint64(8));
  }
  const candidates: Candidate[] =
    lengthBytes === null || offset === null ? [] : [{ offset, lengthBytes }];
  return { ...NO_CLAIMS, candidates };
}

async function firstSize(walk: BoxWalk, box: Box, view: DataView): Promise<number | null> {
  const same = view.getUint32(4);
  if (same > 0) return same;
  const first = await walk.source.read(box.start + 12, 4);
  return first.length < 4 ? null : viewOf(first).getUint32(0);
}
