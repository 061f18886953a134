import { Buffer } from 'node:buffer';

/** The parts of a RAW file in which its metadata stands, each in a form that the reader of EXIF knows. */
export interface QuickParts {
  /** JPEG or TIFF, the one that counts first in front. */
  readonly pictures: readonly Uint8Array[];
  /** XMP packets that stand beside them. */
  readonly packets: readonly string[];
}

const TIFF_MAGIC = 42;
/** What other makers write in place of {@link TIFF_MAGIC}, as text in the order of the file: Olympus, Panasonic. */
const TIFF_LIKE: ReadonlySet<string> = new Set(['IIRO', 'IIRS', 'MMOR', 'IIU\0']);
const RAF_NAME = 'FUJIFILMCCD-RAW';
/** Where a RAF says the offset of its JPEG, as 32 bits with the highest byte first. */
const RAF_JPEG_AT = 84;
/** Canon's CR3: the box with the metadata in `moov`, and the box with XMP behind it. */
const CR3_METADATA = '85c0b687820f11e08111f4ce462b6a48';
const CR3_XMP = 'be7acfcb97a942e89c71999491e3afac';
const BOXES_MAX = 64;
const GPS_POINTER = 0x8825;

/** Finds the metadata in ORF, RW2, RAF and CR3 files; null for every other file, which is read as it stands. */
export function quickPartsOf(head: Uint8Array): QuickParts | null {
  if (head.length < 128) return null;
  if (TIFF_LIKE.has(latin(head, 0, 4))) return only(withTiffMagic(head));
  if (latin(head, 0, RAF_NAME.length) === RAF_NAME) {
    const at = viewOf(head).getUint32(RAF_JPEG_AT);
    return only(head.subarray(at));
  }
  return latin(head, 4, 12) === 'ftypcrx ' ? partsOfCr3(head) : null;
}

function only(picture: Uint8Array): QuickParts {
  return { pictures: [picture], packets: [] };
}

function withTiffMagic(head: Uint8Array): Uint8Array {
  const copy = head.slice();
  viewOf(copy).setUint16(2, TIFF_MAGIC, copy[0] === 0x49);
  return copy;
}

/**
 * The four TIFF structures of a CR3 (CMT1 first folder, CMT2 EXIF, CMT3 maker's note, CMT4 GPS); layout from ExifTool's
 * QuickTime and Canon tables. The maker's note is left to the full record.
 */
function partsOfCr3(head: Uint8Array): QuickParts {
  const pictures: Uint8Array[] = [];
  const packets: string[] = [];
  for (const box of boxesOf(head)) {
    if (box.type === 'uuid' && box.id === CR3_XMP) {
      packets.push(new TextDecoder().decode(box.content));
    }
    if (box.type !== 'moov') continue;
    for (const inner of boxesOf(box.content)) {
      if (inner.id !== CR3_METADATA) continue;
      const by = new Map(boxesOf(inner.content).map(({ type, content }) => [type, content]));
      const [first, exif, gps] = [by.get('CMT1'), by.get('CMT2'), by.get('CMT4')];
      pictures.push(...[first, exif].filter((part) => part !== undefined));
      if (gps !== undefined && gps.length > 8) pictures.push(asGps(gps));
    }
  }
  return { pictures, packets };
}

interface Box {
  readonly type: string;
  /** Of a `uuid` box its 32 digits. */
  readonly id: string;
  readonly content: Uint8Array;
}

/** ISO 14496-12 section 4.2: size and type, for `uuid` 16 bytes more; a box that is cut off is given as far as it goes. */
function boxesOf(bytes: Uint8Array): readonly Box[] {
  const found: Box[] = [];
  const view = viewOf(bytes);
  for (let at = 0; at + 8 <= bytes.length && found.length < BOXES_MAX; ) {
    const size = view.getUint32(at);
    const type = latin(bytes, at + 4, at + 8);
    const start = at + (type === 'uuid' ? 24 : 8);
    if (size < start - at) break;
    const id = type === 'uuid' ? Buffer.from(bytes.subarray(at + 8, start)).toString('hex') : '';
    found.push({ type, id, content: bytes.subarray(start, at + size) });
    at += size;
  }
  return found;
}

/** The TIFF whose first folder is a GPS folder, behind a new first folder that only points at it. */
function asGps(tiff: Uint8Array): Uint8Array {
  const isLittle = tiff[0] === 0x49;
  const at = tiff.length;
  const made = new Uint8Array(at + 18);
  made.set(tiff);
  const view = viewOf(made);
  const folder = view.getUint32(4, isLittle);
  view.setUint32(4, at, isLittle);
  view.setUint16(at, 1, isLittle);
  view.setUint16(at + 2, GPS_POINTER, isLittle);
  view.setUint16(at + 4, 4, isLittle);
  view.setUint32(at + 6, 1, isLittle);
  view.setUint32(at + 10, folder, isLittle);
  return made;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function latin(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}
