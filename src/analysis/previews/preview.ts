import type { ByteSource } from '../byte-source.ts';
import { readJpegFrame } from './jpeg-frame.ts';

/** A picture inside a file, as it lies there. */
export interface Preview {
  /** Where its bytes begin, counted from the file's start. */
  readonly offset: number;
  readonly lengthBytes: number;
  /** As stored, before any turning. */
  readonly width: number;
  readonly height: number;
  /** `jpeg`: a whole stream; `rgb`: bytes of red, green, blue, row by row without gaps. */
  readonly kind: 'jpeg' | 'rgb';
  /** How it must be turned to stand upright, 1 to 8 as EXIF counts: the main picture's. */
  readonly orientation: number;
}

/** A file's embedded pictures, and what its container says of the main one. */
export interface Container {
  /** Each once, smallest first. */
  readonly previews: readonly Preview[];
  /** Of the main picture, as EXIF counts; 1 where nothing is said. */
  readonly orientation: number;
  /** Of the main picture as stored; null where nothing is said. */
  readonly width: number | null;
  readonly height: number | null;
}

/** A place where a container says that a picture lies; nothing about it is proven. */
export interface Candidate {
  readonly offset: number;
  readonly lengthBytes: number;
  /** Given for pictures that are not compressed. */
  readonly rgb?: { readonly width: number; readonly height: number };
}

/** What a reader found before anything was proven. */
export interface Claims {
  readonly candidates: readonly Candidate[];
  readonly orientation: number | null;
  readonly width: number | null;
  readonly height: number | null;
}

/** Claims of a file that says nothing. */
export const NO_CLAIMS: Claims = { candidates: [], orientation: null, width: null, height: null };

/** Candidates looked at in one file; real ones have fewer than ten. */
const CANDIDATES_MAX = 64;
/** The longest embedded picture that is believed, in bytes: a full-size JPEG of 150 megapixels is smaller. */
const PREVIEW_BYTES_MAX = 134_217_728;
/** The longest side of an uncompressed picture that is taken for a thumbnail. */
const RGB_SIDE_MAX = 2048;
const RGB_SIDE_MIN = 16;

/** Keeps the candidates that are what they are said to be: wholly inside the file, and JPEG or of the right length. */
export async function proveClaims(source: ByteSource, claims: Claims): Promise<Container> {
  const orientation = orientationOf(claims.orientation);
  const found = new Map<number, Preview>();
  for (const candidate of claims.candidates.slice(0, CANDIDATES_MAX)) {
    const { offset, lengthBytes } = candidate;
    const isInside = offset > 0 && lengthBytes > 0 && offset + lengthBytes <= source.sizeBytes;
    if (!isInside || lengthBytes > PREVIEW_BYTES_MAX || found.has(offset)) continue;
    const size =
      candidate.rgb === undefined
        ? await readJpegFrame(source, offset, lengthBytes)
        : rgbSize(candidate.rgb, lengthBytes);
    if (size === null) continue;
    const { width, height } = size;
    const kind = candidate.rgb === undefined ? 'jpeg' : 'rgb';
    found.set(offset, { offset, lengthBytes, width, height, kind, orientation });
  }
  const previews = [...found.values()].sort(
    (left, right) => left.width * left.height - right.width * right.height,
  );
  return { previews, orientation, width: claims.width, height: claims.height };
}

/** A value from 1 to 8 as it is, anything else as 1. */
export function orientationOf(value: number | null | undefined): number {
  return value !== null && value !== undefined && value >= 1 && value <= 8 ? Math.floor(value) : 1;
}

/** The claims of several parts of a file as one; what an earlier part says of the main picture wins. */
export function joinClaims(parts: readonly Claims[]): Claims {
  const sized = parts.find(({ width, height }) => width !== null && height !== null);
  return {
    candidates: parts.flatMap(({ candidates }) => candidates),
    orientation: parts.find(({ orientation }) => orientation !== null)?.orientation ?? null,
    width: sized?.width ?? null,
    height: sized?.height ?? null,
  };
}

function rgbSize(
  size: { readonly width: number; readonly height: number },
  lengthBytes: number,
): { readonly width: number; readonly height: number } | null {
  const { width, height } = size;
  const isPlausible =
    Math.min(width, height) >= RGB_SIDE_MIN && Math.max(width, height) <= RGB_SIDE_MAX;
  return isPlausible && width * height * 3 === lengthBytes ? size : null;
}
