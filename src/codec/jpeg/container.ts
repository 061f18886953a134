import { type BlobId, formatHex, LIMITS, parseBlobId } from '../../base/index.ts';
import { type NumberSource, pushNumber, takeNumber } from './scan-notes.ts';

/** Codec name of the containers made here. */
export const JPEG_RECODED = 'jpeg-recoded';

/** "FVC1", the length of the codec's name, the name; then one byte, the version of what follows. */
const HEAD = Uint8Array.from([
  ...[0x46, 0x56, 0x43, 0x31, JPEG_RECODED.length],
  ...[...JPEG_RECODED].map((letter) => letter.charCodeAt(0)),
]);

/** Versions: a picture by itself, and one beside a sibling. */
const ALONE = 1;
const BESIDE = 2;

/** Bytes of a SHA-256. */
const DIGEST_BYTES = 32;

/** An original is at most this many times as long as its container: bounds what a few bytes can ask for. */
export const SHRINK_MAX = 1024;

/** Numbers of a recipe, as bytes: two of up to three bytes for each tile of the largest picture, and its tone curves. */
const RECIPE_BYTES_MAX = 262_144;

/** Pictures behind pictures in one file (MPF: CIPA DC-007) that are recoded each; more are kept as they are. */
export const NEXT_MAX = 8;

/** The frame that a picture was coded beside. */
export interface NeededSibling {
  readonly id: BlobId;
  /** Its length, in bytes. */
  readonly bytes: number;
  /** The plain length of the recipe; how the sibling becomes like the picture, modelled. */
  readonly recipeBytes: number;
  readonly recipe: Uint8Array;
}

/** The parts of a container, as they lie in it. */
export interface JpegContainer {
  readonly originalBytes: number;
  /** CRC-32 of the original: what the decoder gives is held against it. */
  readonly crc: number;
  /** SHA-256 of the original where the encoder was told it, otherwise empty. */
  readonly digest: Uint8Array;
  /** Null where the picture was coded by itself. */
  readonly needs: NeededSibling | null;
  /** Plain lengths of the two modelled parts. */
  readonly headBytes: number;
  readonly notesBytes: number;
  /** What stands around the scans, modelled; then what is kept of it as it is. */
  readonly head: Uint8Array;
  readonly rest: Uint8Array;
  /** What of the scans does not follow from the coefficients, modelled. */
  readonly notes: Uint8Array;
  /** A container of what follows from the next picture in the file on; empty without one. */
  readonly next: Uint8Array;
  /** Coefficients of runs of MCU rows. */
  readonly segments: readonly Uint8Array[];
}

/** Writes a container: lengths first, then the parts. */
export function formatContainer(parts: JpegContainer): Uint8Array {
  const { needs } = parts;
  const numbers: number[] = [needs === null ? ALONE : BESIDE];
  pushNumber(numbers, parts.originalBytes);
  pushNumber(numbers, parts.crc);
  pushNumber(numbers, parts.digest.length);
  pushNumber(numbers, parts.headBytes);
  pushNumber(numbers, parts.notesBytes);
  pushNumber(numbers, parts.segments.length);
  const { head, rest, notes, next, segments } = parts;
  const pieces = [head, rest, notes, next, ...segments];
  for (const piece of pieces) pushNumber(numbers, piece.length);
  if (needs !== null) {
    for (const number of [needs.bytes, needs.recipeBytes, needs.recipe.length]) {
      pushNumber(numbers, number);
    }
  }
  const sibling = needs === null ? [] : [idBytes(needs.id), needs.recipe];
  const all = [HEAD, Uint8Array.from(numbers), parts.digest, ...sibling, ...pieces];
  const bytes = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of all) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function idBytes(id: BlobId): Uint8Array {
  return Uint8Array.from({ length: DIGEST_BYTES }, (_byte, at) =>
    Number.parseInt(id.slice(2 * at, 2 * at + 2), 16),
  );
}

/** Whether the bytes begin as a container of this codec, of a version that is known. */
export function isJpegRecoded(bytes: Uint8Array): boolean {
  const version = bytes[HEAD.length];
  if (version !== ALONE && version !== BESIDE) return false;
  return HEAD.every((byte, index) => bytes[index] === byte);
}

/** Reads a container; null where the bytes are none, or its lengths do not fit. */
export function parseContainer(bytes: Uint8Array): JpegContainer | null {
  if (!isJpegRecoded(bytes)) return null;
  const source: NumberSource = { bytes, at: HEAD.length + 1 };
  const numbers = takeNumbers(source, 6);
  if (numbers === null) return null;
  const [originalBytes, crc, digestBytes, headBytes, notesBytes, count] = numbers as Six;
  if (originalBytes > bytes.length * SHRINK_MAX || count > bytes.length) return null;
  if (originalBytes > LIMITS.jpegBytesMax) return null;
  if (headBytes > LIMITS.jpegModelledBytesMax || notesBytes > LIMITS.jpegNotesBytesMax) return null;
  if (digestBytes !== 0 && digestBytes !== DIGEST_BYTES) return null;
  const lengths = takeNumbers(source, 4 + count);
  const beside = bytes[HEAD.length] === BESIDE ? takeNumbers(source, 3) : [];
  if (lengths === null || beside === null) return null;
  let { at } = source;
  const take = (length: number): Uint8Array => {
    const piece = bytes.subarray(at, at + length);
    at += length;
    return piece;
  };
  const digest = take(digestBytes);
  const needs = takeSibling(beside, take);
  const [head, rest, notes, next, ...segments] = lengths.map(take) as Pieces;
  if (at !== bytes.length || needs === undefined) return null;
  const plain = { originalBytes, crc, digest, needs, headBytes, notesBytes };
  return { ...plain, head, rest, notes, next, segments };
}

/** Null without a sibling; undefined where its numbers cannot be. */
function takeSibling(
  [bytes, recipeBytes, codedBytes]: readonly number[],
  take: (length: number) => Uint8Array,
): NeededSibling | null | undefined {
  if (bytes === undefined || recipeBytes === undefined || codedBytes === undefined) return null;
  const id = parseBlobId(formatHex(take(DIGEST_BYTES)));
  const recipe = take(codedBytes);
  const isOfSize = bytes <= LIMITS.jpegBytesMax && recipeBytes <= RECIPE_BYTES_MAX;
  if (id === null || !isOfSize || recipeBytes > codedBytes * SHRINK_MAX) return undefined;
  return { id, bytes, recipeBytes, recipe };
}

type Six = [number, number, number, number, number, number];
type Pieces = [Uint8Array, Uint8Array, Uint8Array, Uint8Array, ...Uint8Array[]];

function takeNumbers(source: NumberSource, count: number): number[] | null {
  const numbers: number[] = [];
  for (let index = 0; index < count; index++) {
    const number = takeNumber(source);
    if (number === null) return null;
    numbers.push(number);
  }
  return numbers;
}
