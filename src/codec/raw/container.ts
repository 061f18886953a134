import { type BlobId, formatHex, parseBlobId } from '../../base/index.ts';
import { decodeBytes } from '../jpeg/decode-bytes.ts';
import { type NumberReader, readNumbers, takeSigned, takeUnsigned } from '../numbers.ts';
import type { CodedBand } from './decode-samples.ts';
import type { PartRecipe } from './part-samples.ts';
import { takeRecipe } from './recipe-numbers.ts';
import { MODELLED_BYTES_MAX, PIECE_KINDS, type Piece } from './rest-pieces.ts';
import { parseModel, type SampleModel } from './sample-model.ts';
import { planBands, scaleOf } from './sample-plane.ts';

/** Codec name of the containers made here. */
export const RAW_RECODED = 'raw-recoded';

/** "FVC1", the length of the codec's name, the name, the version of what follows. */
export const CONTAINER_HEAD: Uint8Array = Uint8Array.from([
  ...[0x46, 0x56, 0x43, 0x31, RAW_RECODED.length],
  ...[...RAW_RECODED].map((letter) => letter.charCodeAt(0)),
  1,
]);

/** An original is at most this many times as long as its container: bounds what a few bytes can ask for. */
export const SHRINK_MAX = 1024;

/** Bytes of the plan, which is modelled, at most. */
export const PLAN_BYTES_MAX = 4_000_000;

/** An original is at most so long, in bytes. */
export const ORIGINAL_BYTES_MAX = 2_000_000_000;

/** Pictures of a sensor in one file, and pieces of what is beside them. */
export const PARTS_MAX = 16;
const PIECES_MAX = 4096;

const DIGEST_BYTES = 32;

/** One picture of a sensor in a container. */
export interface CodedPart {
  readonly recipe: PartRecipe;
  readonly models: readonly [SampleModel | null, SampleModel | null];
  readonly bands: readonly CodedBand[];
  /** Where the other frame's samples lie in the file that is needed; null where none is. */
  readonly reference: PartRecipe | null;
}

/** All of a container. */
export interface RawContainer {
  readonly originalBytes: number;
  readonly crc: number;
  /** SHA-256 of the original where the encoder was told it, otherwise empty. */
  readonly digest: Uint8Array;
  /** The original of another frame that is needed; null where none is. */
  readonly needs: { readonly id: BlobId; readonly bytes: number } | null;
  readonly pieces: readonly Piece[];
  readonly parts: readonly CodedPart[];
}

/** Whether the bytes begin as a container of this codec and version. */
export function isRawRecoded(bytes: Uint8Array): boolean {
  return CONTAINER_HEAD.every((byte, index) => bytes[index] === byte);
}

/** Cuts coded streams off a container one after the other. */
interface Streams {
  readonly bytes: Uint8Array;
  at: number;
}

function takeStream(streams: Streams, length: number): Uint8Array | null {
  const { bytes, at } = streams;
  if (length > bytes.length - at) return null;
  streams.at += length;
  return bytes.subarray(at, at + length);
}

/** Reads a container; null where the bytes are none, or its numbers contradict each other. */
export function parseContainer(bytes: Uint8Array): RawContainer | null {
  if (!isRawRecoded(bytes)) return null;
  const head = readNumbers(bytes);
  head.at = CONTAINER_HEAD.length;
  const planBytes = takeUnsigned(head);
  const codedBytes = takeUnsigned(head);
  const streams: Streams = { bytes, at: head.at };
  const coded = takeStream(streams, codedBytes);
  if (head.isOver || coded === null || planBytes > PLAN_BYTES_MAX) return null;
  if (planBytes > codedBytes * SHRINK_MAX) return null;
  const source = readNumbers(decodeBytes(coded, planBytes));
  const originalBytes = takeUnsigned(source);
  if (originalBytes > Math.min(ORIGINAL_BYTES_MAX, bytes.length * SHRINK_MAX)) return null;
  const crc = takeUnsigned(source);
  const digest = takeDigest(source);
  const needsId = takeDigest(source);
  const needsBytes = takeUnsigned(source);
  if (digest === null || needsId === null || needsBytes > ORIGINAL_BYTES_MAX) return null;
  const id = parseBlobId(formatHex(needsId));
  const needs = id === null ? null : { id, bytes: needsBytes };
  const pieces = takePieces(source, streams);
  const count = takeUnsigned(source);
  if (pieces === null || count > PARTS_MAX) return null;
  const parts: CodedPart[] = [];
  for (let index = 0; index < count; index++) {
    const part = takePart(source, streams, { originalBytes, needsBytes });
    if (part === null || (part.reference !== null && needs === null)) return null;
    parts.push(part);
  }
  if (source.isOver || source.at !== planBytes || streams.at !== bytes.length) return null;
  if (!isWhole(originalBytes, pieces, parts)) return null;
  return { originalBytes, crc, digest, needs, pieces, parts };
}

/** Pieces and holes together make the file, no hole over another. */
function isWhole(
  originalBytes: number,
  pieces: readonly Piece[],
  parts: readonly CodedPart[],
): boolean {
  const holes = parts.flatMap(({ recipe }) => [...recipe.holes]);
  holes.sort((left, right) => left.offset - right.offset);
  let end = 0;
  let sum = pieces.reduce((total, { length }) => total + length, 0);
  for (const { offset, length, headBytes } of holes) {
    // A header must stand whole before its hole.
    if (offset - headBytes < end) return false;
    end = offset + length;
    sum += length;
  }
  return sum === originalBytes;
}

function takeDigest(source: NumberReader): Uint8Array | null {
  const length = takeUnsigned(source);
  if (length !== 0 && length !== DIGEST_BYTES) return null;
  const digest = source.bytes.slice(source.at, source.at + length);
  source.at += length;
  return digest.length === length ? digest : null;
}

function takePieces(source: NumberReader, streams: Streams): Piece[] | null {
  const count = takeUnsigned(source);
  if (count > PIECES_MAX) return null;
  const pieces: Piece[] = [];
  let modelled = 0;
  for (let index = 0; index < count; index++) {
    const kind = PIECE_KINDS[takeUnsigned(source)];
    const length = takeUnsigned(source);
    const coded = takeStream(streams, takeUnsigned(source));
    if (kind === undefined || coded === null) return null;
    if (kind === 'plain' && coded.length !== length) return null;
    if (kind === 'apart' && coded.length !== 0) return null;
    if (length > ORIGINAL_BYTES_MAX) return null;
    if (kind === 'modelled') modelled += length;
    if (modelled > MODELLED_BYTES_MAX) return null;
    pieces.push({ kind, length, coded });
  }
  return pieces;
}

function takePart(
  source: NumberReader,
  streams: Streams,
  sizes: { readonly originalBytes: number; readonly needsBytes: number },
): CodedPart | null {
  const recipe = takeRecipe(source, sizes.originalBytes);
  if (recipe === null) return null;
  const { errorBits } = scaleOf(recipe.bits);
  const models: [SampleModel | null, SampleModel | null] = [null, null];
  for (const index of [0, 1] as const) {
    if (takeUnsigned(source) === 0) continue;
    const model = parseModel(source, errorBits);
    if (model === null || model.hasReference !== (index === 1)) return null;
    models[index] = model;
  }
  const reference = takeUnsigned(source) === 1 ? takeRecipe(source, sizes.needsBytes) : null;
  if (models[1] !== null && !isLike(recipe, reference)) return null;
  const bands: CodedBand[] = [];
  for (const { rows } of planBands(recipe.width, recipe.height)) {
    const band = takeBand(source, streams, rows * recipe.width);
    if (band === null || models[band.shift === null ? 0 : 1] === null) return null;
    bands.push(band);
  }
  return source.isOver ? null : { recipe, models, bands, reference };
}

function isLike(recipe: PartRecipe, reference: PartRecipe | null): boolean {
  return (
    reference !== null &&
    reference.width === recipe.width &&
    reference.height === recipe.height &&
    (reference.bits < 16 || recipe.bits === 16)
  );
}

/** Farthest place of another frame, in samples. */
const SHIFT_MAX = 4096;

function takeBand(source: NumberReader, streams: Streams, samples: number): CodedBand | null {
  const levels = [0, 1, 2, 3].map(() => takeUnsigned(source));
  const magnitude = takeUnsigned(source);
  const hasShift = takeUnsigned(source) === 1;
  const shift = hasShift ? { dx: takeSigned(source), dy: takeSigned(source) } : null;
  const states = [0, 1, 2, 3].map(() => takeUnsigned(source));
  const words = takeStream(streams, takeUnsigned(source));
  const rawBits = takeUnsigned(source);
  // Tokens write one word at most, samples leave 16 low bits at most.
  if (words === null || words.length > samples * 2 || words.length % 2 !== 0) return null;
  if (rawBits > samples * 16 || states.some((state) => state >= 2 ** 32)) return null;
  const raw = takeStream(streams, (rawBits + 7) >> 3);
  if (raw === null || levels.some((level) => level > 65_535) || magnitude > 32_767) return null;
  if (shift !== null) {
    const far = Math.max(Math.abs(shift.dx), Math.abs(shift.dy));
    if (far > SHIFT_MAX || shift.dx % 2 !== 0 || shift.dy % 2 !== 0) return null;
  }
  return { start: { levels, magnitude }, shift, states, words, raw, rawBits };
}
