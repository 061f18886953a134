import { equalBytes, FieldVaultError, LIMITS } from '../../base/index.ts';
import {
  type CoefficientCoder,
  type CoefficientPlane,
  openCoefficientCoder,
} from '../../kernels/index.ts';
import type { KnownContent } from '../zstd/container.ts';
import { formatContainer, type JpegContainer, NEXT_MAX, SHRINK_MAX } from './container.ts';
import { crc32 } from './crc32.ts';
import { decodeJpeg } from './decode-jpeg.ts';
import { encodeBeside } from './encode-beside.ts';
import { encodeBytes } from './encode-bytes.ts';
import { isBelievable, planesOf, segmentsOf } from './picture.ts';
import { readScan } from './read-scan.ts';
import { pushNotes } from './scan-notes.ts';
import { type Walked, walkJpeg } from './walk.ts';

/** What an original may be encoded with. */
export interface EncodeJpegOptions {
  /** SHA-256 of the original, to be kept in the container. */
  readonly digest?: Uint8Array;
  /**
   * Another frame of the same body and burst: used where it makes the container at least a fiftieth smaller, and then
   * needed to decode.
   */
  readonly sibling?: KnownContent;
}

/**
 * Recodes a JPEG file so that {@link decodeJpeg} gives back every byte of it. Always decodes what it made and compares.
 * Null: not a JPEG that is understood exactly, or nothing gained; it is to be stored as it is.
 */
export function encodeJpeg(bytes: Uint8Array, options: EncodeJpegOptions = {}): Uint8Array | null {
  if (bytes.length > LIMITS.jpegBytesMax) return null;
  const container = recode(bytes, options, NEXT_MAX);
  if (container === null || container.length >= bytes.length) return null;
  if (container.length * SHRINK_MAX < bytes.length) return null;
  const dependencies = options.sibling === undefined ? [] : [options.sibling];
  try {
    return equalBytes(decodeJpeg(container, { dependencies }), bytes) ? container : null;
  } catch (error) {
    // What cannot be rebuilt is stored as it is, whatever the reason; anything else is a bug and goes on.
    if (error instanceof FieldVaultError && error.code === 'DAMAGED') return null;
    throw error;
  }
}

/** Makes the container of a picture and of at most so many behind it. */
function recode(
  bytes: Uint8Array,
  { digest, sibling }: EncodeJpegOptions,
  nextMax: number,
): Uint8Array | null {
  const picture = readPicture(bytes);
  if (picture === null) return null;
  const { walked, planes, coder, notes, pieces } = picture;
  const runs = segmentsOf(walked.frame);
  const alone = { needs: null, segments: runs.map(coder.encode) };
  const { coefficients } = coder;
  const { needs, segments } =
    (sibling && encodeBeside({ planes, coefficients, runs }, sibling, alone.segments)) ?? alone;
  // Only now: the next picture takes over the coder's memory.
  const nextAt = nextMax === 0 ? bytes.length : nextPicture(bytes, walked.end);
  const coded = nextAt < bytes.length ? recode(bytes.subarray(nextAt), {}, nextMax - 1) : null;
  const next = coded !== null && coded.length < bytes.length - nextAt ? coded : null;
  pieces.push(bytes.subarray(picture.end, next === null ? bytes.length : nextAt));
  const around = joinBytes(pieces);
  const head = around.subarray(0, LIMITS.jpegModelledBytesMax);
  return formatContainer({
    originalBytes: bytes.length,
    crc: crc32(bytes),
    digest: digest ?? new Uint8Array(0),
    needs,
    headBytes: head.length,
    notesBytes: notes.length,
    head: encodeBytes(head),
    rest: around.subarray(head.length),
    notes: encodeBytes(Uint8Array.from(notes)),
    next: next ?? new Uint8Array(0),
    segments,
  } satisfies JpegContainer);
}

/** A picture as its coefficients, which lie in the coder, and what stands around its scans. */
interface ReadPicture {
  readonly walked: Walked;
  readonly planes: readonly CoefficientPlane[];
  readonly coder: CoefficientCoder;
  readonly notes: number[];
  readonly pieces: Uint8Array[];
  /** Where the last scan ends. */
  readonly end: number;
}

function readPicture(bytes: Uint8Array): ReadPicture | null {
  const pieces: Uint8Array[] = [];
  const notes: number[] = [];
  let planes: CoefficientPlane[] = [];
  let coder: CoefficientCoder | null = null;
  let end = 0;
  const walked = walkJpeg(bytes, (scan, position, walk) => {
    if (coder === null) {
      if (!isBelievable(scan.frame, bytes.length)) return null;
      planes = planesOf(walk);
      coder = openCoefficientCoder(planes, { codedBytesMax: 0 });
    }
    const read = readScan(bytes, position, scan, coder.coefficients);
    if (read === null) return null;
    pushNotes(notes, read.notes);
    pieces.push(bytes.subarray(end, position));
    end = read.end;
    return read.end;
  });
  if (walked === null || coder === null || notes.length > LIMITS.jpegNotesBytesMax) return null;
  return { walked, planes, coder, notes, pieces, end };
}

/** Where another JPEG file seems to begin; the end of the bytes where none does. */
function nextPicture(bytes: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    at = bytes.indexOf(0xff, at);
    if (at < 0) return bytes.length;
    if (bytes[at + 1] === 0xd8 && bytes[at + 2] === 0xff) return at;
    at += 1;
  }
}

function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
