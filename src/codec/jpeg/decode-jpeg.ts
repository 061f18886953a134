import { FieldVaultError } from '../../base/index.ts';
import { type CoefficientCoder, openCoefficientCoder } from '../../kernels/index.ts';
import type { BitSink } from './bit-sink.ts';
import { type JpegContainer, NEXT_MAX, parseContainer } from './container.ts';
import { crc32 } from './crc32.ts';
import { decodeBytes } from './decode-bytes.ts';
import { markCoefficients } from './marks.ts';
import { isBelievable, planesOf, segmentsOf } from './picture.ts';
import { type NumberSource, takeNotes } from './scan-notes.ts';
import { type Walked, walkJpeg } from './walk.ts';
import { writeScan } from './write-scan.ts';

/**
 * Rebuilds the original from a container of {@link encodeJpeg}, byte for byte. Time and memory are bounded by the
 * container's length. A checksum finds damage; the proof is the caller's comparison of the digest.
 * @throws FieldVaultError DAMAGED where the bytes are no container or its parts contradict each other
 */
export function decodeJpeg(container: Uint8Array): Uint8Array {
  return decodePictures(container, NEXT_MAX);
}

/** Decodes a picture and at most so many behind it. */
function decodePictures(container: Uint8Array, nextMax: number): Uint8Array {
  const parts = parseContainer(container);
  if (parts === null) throw damaged('it is not a container of a recoded JPEG');
  const head = joinHead(parts);
  const notes: NumberSource = { bytes: decodeBytes(parts.notes, parts.notesBytes), at: 0 };
  const sink: BitSink = { bytes: new Uint8Array(parts.originalBytes), at: 0, bits: 0, count: 0 };
  let coder: CoefficientCoder | null = null;
  let marks: Uint32Array | null = null;
  let taken = 0;
  const walked = walkJpeg(head, (scan, position, walk) => {
    coder ??= decodeCoefficients(parts, walk);
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
    const next = decodePictures(parts.next, nextMax - 1);
    if (!putBytes(sink, next, 0, next.length)) throw damaged('what follows is too long');
  }
  if (!isWhole || sink.at !== parts.originalBytes) {
    throw damaged('what it gives has another length than it says');
  }
  if (crc32(sink.bytes) !== parts.crc) throw damaged('what it gives is not what was put in');
  return sink.bytes;
}

function damaged(why: string): FieldVaultError {
  return new FieldVaultError('DAMAGED', `A recoded JPEG cannot be rebuilt: ${why}.`);
}

/** Everything of the original around its scans. */
function joinHead({ head, headBytes, rest }: JpegContainer): Uint8Array {
  const bytes = new Uint8Array(headBytes + rest.length);
  bytes.set(decodeBytes(head, headBytes));
  bytes.set(rest, headBytes);
  return bytes;
}

function decodeCoefficients(parts: JpegContainer, walked: Walked): CoefficientCoder | null {
  const { segments, originalBytes } = parts;
  const runs = segmentsOf(walked.frame);
  if (!isBelievable(walked.frame, originalBytes) || runs.length !== segments.length) return null;
  const codedBytesMax = segments.reduce((most, { length }) => Math.max(most, length), 0);
  const coder = openCoefficientCoder(planesOf(walked), { codedBytesMax });
  return runs.every((rows, index) => coder.decode(rows, segments[index]!)) ? coder : null;
}

/** Copies a piece; false where it does not fit. */
function putBytes(sink: BitSink, bytes: Uint8Array, from: number, to: number): boolean {
  if (sink.at + to - from > sink.bytes.length) return false;
  sink.bytes.set(bytes.subarray(from, to), sink.at);
  sink.at += to - from;
  return true;
}
