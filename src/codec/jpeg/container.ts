import { LIMITS } from '../../base/index.ts';
import { type NumberSource, pushNumber, takeNumber } from './scan-notes.ts';

/** Codec name of the containers made here. */
export const JPEG_RECODED = 'jpeg-recoded';

/** "FVC1", the length of the codec's name, the name, the version of what follows. */
const HEAD = Uint8Array.from([
  ...[0x46, 0x56, 0x43, 0x31, JPEG_RECODED.length],
  ...[...JPEG_RECODED].map((letter) => letter.charCodeAt(0)),
  1,
]);

/** Bytes of a SHA-256. */
const DIGEST_BYTES = 32;

/** An original is at most this many times as long as its container: bounds what a few bytes can ask for. */
export const SHRINK_MAX = 1024;

/** Pictures behind pictures in one file (MPF: CIPA DC-007) that are recoded each; more are kept as they are. */
export const NEXT_MAX = 8;

/** The parts of a container, as they lie in it. */
export interface JpegContainer {
  readonly originalBytes: number;
  /** CRC-32 of the original: what the decoder gives is held against it. */
  readonly crc: number;
  /** SHA-256 of the original where the encoder was told it, otherwise empty. */
  readonly digest: Uint8Array;
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
  const numbers: number[] = [];
  pushNumber(numbers, parts.originalBytes);
  pushNumber(numbers, parts.crc);
  pushNumber(numbers, parts.digest.length);
  pushNumber(numbers, parts.headBytes);
  pushNumber(numbers, parts.notesBytes);
  pushNumber(numbers, parts.segments.length);
  const pieces = [parts.digest, parts.head, parts.rest, parts.notes, parts.next, ...parts.segments];
  for (const piece of pieces.slice(1)) pushNumber(numbers, piece.length);
  const all = [HEAD, Uint8Array.from(numbers), ...pieces];
  const bytes = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of all) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Whether the bytes begin as a container of this codec and version. */
export function isJpegRecoded(bytes: Uint8Array): boolean {
  return HEAD.every((byte, index) => bytes[index] === byte);
}

/** Reads a container; null where the bytes are none, or its lengths do not fit. */
export function parseContainer(bytes: Uint8Array): JpegContainer | null {
  if (!isJpegRecoded(bytes)) return null;
  const source: NumberSource = { bytes, at: HEAD.length };
  const numbers = takeNumbers(source, 6);
  if (numbers === null) return null;
  const [originalBytes, crc, digestBytes, headBytes, notesBytes, count] = numbers as Six;
  if (originalBytes > bytes.length * SHRINK_MAX || count > bytes.length) return null;
  if (originalBytes > LIMITS.jpegBytesMax) return null;
  if (headBytes > LIMITS.jpegModelledBytesMax || notesBytes > LIMITS.jpegNotesBytesMax) return null;
  if (digestBytes !== 0 && digestBytes !== DIGEST_BYTES) return null;
  const lengths = takeNumbers(source, 4 + count);
  if (lengths === null) return null;
  let { at } = source;
  const pieces = [digestBytes, ...lengths].map((length) => {
    const piece = bytes.subarray(at, at + length);
    at += length;
    return piece;
  });
  if (at !== bytes.length) return null;
  const [digest, head, rest, notes, next, ...segments] = pieces as Pieces;
  return { originalBytes, crc, digest, headBytes, notesBytes, head, rest, notes, next, segments };
}

type Six = [number, number, number, number, number, number];
type Pieces = [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array, ...Uint8Array[]];

function takeNumbers(source: NumberSource, count: number): number[] | null {
  const numbers: number[] = [];
  for (let index = 0; index < count; index++) {
    const number = takeNumber(source);
    if (number === null) return null;
    numbers.push(number);
  }
  return numbers;
}
