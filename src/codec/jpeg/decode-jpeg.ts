import { type BlobId, FieldVaultError } from '../../base/index.ts';
import {
  type CoefficientCoder,
  type CoefficientPlane,
  openCoefficientCoder,
} from '../../kernels/index.ts';
import type { KnownContent } from '../zstd/container.ts';
import type { BitSink } from './bit-sink.ts';
import { type JpegContainer, NEXT_MAX, type NeededSibling, parseContainer } from './container.ts';
import { crc32 } from './crc32.ts';
import { decodeBytes } from './decode-bytes.ts';
import { expectCoefficients, isLaidOutLike } from './expect-coefficients.ts';
import { markCoefficients } from './marks.ts';
import { isBelievable, planesOf, segmentsOf } from './picture.ts';
import type { PlaneSamples } from './plane-samples.ts';
import { isOfSiblingSize, readSibling } from './read-sibling.ts';
import { type NumberSource, takeNotes } from './scan-notes.ts';
import { parseRecipe, tilesOf } from './sibling-recipe.ts';
import { type Walked, walkJpeg } from './walk.ts';
import { writeScan } from './write-scan.ts';

/** What a decoder may be told. */
export interface DecodeJpegOptions {
  /** Originals that the container may need, see {@link jpegDependencies}. */
  readonly dependencies?: readonly KnownContent[];
}

/**
 * Rebuilds the original from a container of {@link encodeJpeg}, byte for byte. Time and memory are bounded by the
 * container's length and that of what it needs. A checksum finds damage; the proof is the caller's comparison of the
 * digest.
 * @throws FieldVaultError DAMAGED where the bytes are no container, its parts contradict each other, or a dependency is
 * missing (`details.needs` names it) or another file
 */
export function decodeJpeg(container: Uint8Array, options: DecodeJpegOptions = {}): Uint8Array {
  return decodePictures(container, options.dependencies ?? [], NEXT_MAX);
}

/**
 * The originals that must be at hand to decode a container.
 * @throws FieldVaultError DAMAGED where the bytes are no container
 */
export function jpegDependencies(container: Uint8Array): readonly BlobId[] {
  const parts = parseContainer(container);
  if (parts === null) throw damaged('it is not a container of a recoded JPEG');
  return parts.needs === null ? [] : [parts.needs.id];
}

/** Decodes a picture and at most so many behind it. */
function decodePictures(
  container: Uint8Array,
  dependencies: readonly KnownContent[],
  nextMax: number,
): Uint8Array {
  const parts = parseContainer(container);
  if (parts === null) throw damaged('it is not a container of a recoded JPEG');
  const sibling = siblingOf(parts, dependencies);
  const head = joinHead(parts);
  const notes: NumberSource = { bytes: decodeBytes(parts.notes, parts.notesBytes), at: 0 };
  const sink: BitSink = { bytes: new Uint8Array(parts.originalBytes), at: 0, bits: 0, count: 0 };
  let coder: CoefficientCoder | null = null;
  let marks: Uint32Array | null = null;
  let taken = 0;
  const walked = walkJpeg(head, (scan, position, walk) => {
    coder ??= decodeCoefficients(parts, walk, sibling);
    const scanNotes = takeNotes(notes);
    if (coder === null || scanNotes === null || !putBytes(sink, head, taken, position)) return null;
    taken = position;
    const { coefficients } = coder;
    marks ??= scan.frame.isProgressive ? markCoefficients(coefficients) : new Uint32Array(0);
    return writeScan(sink, scan, { coefficients, marks }, scanNotes) ? position : null;
  });
  if (walked === null) throw damaged('its parts contradict each other');
  const isWhole = putBytes(sink, head, taken, head.length);
  if (parts.next.length > 0) {
    if (nextMax === 0) throw damaged('too many pictures lie in it');
    const next = decodePictures(parts.next, [], nextMax - 1);
    if (!putBytes(sink, next, 0, next.length)) throw damaged('what follows is too long');
  }
  if (!isWhole || sink.at !== parts.originalBytes) {
    throw damaged('what it gives has another length than it says');
  }
  if (crc32(sink.bytes) !== parts.crc) throw damaged('what it gives is not what was put in');
  return sink.bytes;
}

function damaged(why: string, needs?: BlobId): FieldVaultError {
  const details = needs === undefined ? {} : { details: { needs } };
  return new FieldVaultError('DAMAGED', `A recoded JPEG cannot be rebuilt: ${why}.`, details);
}

/** What the frame shows that the picture was coded beside; null where it stands alone. */
function siblingOf(
  { needs }: JpegContainer,
  dependencies: readonly KnownContent[],
): readonly PlaneSamples[] | null {
  if (needs === null) return null;
  const found = dependencies.find(({ id }) => id === needs.id);
  if (found === undefined) throw damaged(`it needs the original ${needs.id}`, needs.id);
  const samples = found.bytes.length === needs.bytes ? readSibling(found.bytes) : null;
  if (samples === null) throw damaged(`the original ${needs.id} is another`, needs.id);
  return samples;
}

/** Everything of the original around its scans. */
function joinHead({ head, headBytes, rest }: JpegContainer): Uint8Array {
  const bytes = new Uint8Array(headBytes + rest.length);
  bytes.set(decodeBytes(head, headBytes));
  bytes.set(rest, headBytes);
  return bytes;
}

function decodeCoefficients(
  parts: JpegContainer,
  walked: Walked,
  sibling: readonly PlaneSamples[] | null,
): CoefficientCoder | null {
  const { segments, originalBytes, needs } = parts;
  const runs = segmentsOf(walked.frame);
  if (!isBelievable(walked.frame, originalBytes) || runs.length !== segments.length) return null;
  const codedBytesMax = segments.reduce((most, { length }) => Math.max(most, length), 0);
  const alone = planesOf(walked);
  const planes = needs === null || sibling === null ? alone : withSaid(alone, needs, sibling);
  if (planes === null) return null;
  const coder = openCoefficientCoder(planes, { codedBytesMax });
  return runs.every((rows, index) => coder.decode(rows, segments[index]!)) ? coder : null;
}

/** The planes with what the sibling lets expect of them. */
function withSaid(
  planes: readonly CoefficientPlane[],
  needs: NeededSibling,
  sibling: readonly PlaneSamples[],
): CoefficientPlane[] | null {
  const [first] = planes;
  if (first === undefined || !isOfSiblingSize(planes)) return null;
  if (!isLaidOutLike(planes, sibling)) return null;
  const tiles = tilesOf(first.blocksWide * 8, first.blocksHigh * 8);
  const recipe = parseRecipe(decodeBytes(needs.recipe, needs.recipeBytes), planes.length, tiles);
  if (recipe === null) return null;
  const expected = expectCoefficients(planes, sibling, recipe);
  return planes.map((plane, index) => ({ ...plane, said: expected[index]! }));
}

/** Copies a piece; false where it does not fit. */
function putBytes(sink: BitSink, bytes: Uint8Array, from: number, to: number): boolean {
  if (sink.at + to - from > sink.bytes.length) return false;
  sink.bytes.set(bytes.subarray(from, to), sink.at);
  sink.at += to - from;
  return true;
}
