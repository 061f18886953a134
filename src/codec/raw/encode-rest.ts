import { findPreviews } from '../containers/previews.ts';
import { encodeBytes } from '../jpeg/encode-bytes.ts';
import { encodeJpeg } from '../jpeg/encode-jpeg.ts';
import type { Hole } from './part-samples.ts';
import { MODELLED_BYTES_MAX, type Piece } from './rest-pieces.ts';

/** A run of bytes of a file. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** Previews shorter than this are modelled with the bytes around them. */
const JPEG_BYTES_MIN = 4096;

/** Bytes that are judged at once whether a model helps. */
const CHUNK_BYTES = 16_384;

/** Bits of a byte, by counts alone, above which a chunk is kept as it is. */
const CHUNK_BITS_MAX = 7.7;

/**
 * Codes everything of a file but its holes: previews as JPEG, or left to their keeper, texts and tables by a model, the
 * rest as it is.
 */
export function encodeRest(
  bytes: Uint8Array,
  holes: readonly Hole[],
  previews: 'inside' | 'apart',
): Piece[] {
  const pieces: Piece[] = [];
  let modelledLeft = MODELLED_BYTES_MAX;
  const addOther = (span: Uint8Array): void => {
    for (const { isModelled, chunk } of chunksOf(span)) {
      const coded = isModelled && chunk.length <= modelledLeft ? encodeBytes(chunk) : null;
      if (coded === null || coded.length >= chunk.length) {
        pieces.push({ kind: 'plain', length: chunk.length, coded: chunk });
      } else {
        modelledLeft -= chunk.length;
        pieces.push({ kind: 'modelled', length: chunk.length, coded });
      }
    }
  };
  const other: Uint8Array[] = [];
  for (const { span, isJpeg } of spansOf(bytes, holes)) {
    const slice = bytes.subarray(span.from, span.to);
    const isApart = isJpeg && previews === 'apart';
    const coded = isApart ? new Uint8Array(0) : isJpeg ? encodeJpeg(slice) : null;
    if (coded === null) {
      other.push(slice);
      continue;
    }
    addOther(join(other.splice(0)));
    pieces.push({ kind: isApart ? 'apart' : 'jpeg', length: slice.length, coded });
  }
  addOther(join(other));
  return pieces;
}

/** Everything but the holes, cut where previews begin and end. */
function spansOf(
  bytes: Uint8Array,
  holes: readonly Hole[],
): { readonly span: Span; readonly isJpeg: boolean }[] {
  const sorted = holes.toSorted((left, right) => left.offset - right.offset);
  const previews = findPreviews(bytes, JPEG_BYTES_MIN);
  const spans: { span: Span; isJpeg: boolean }[] = [];
  let from = 0;
  for (const { offset, length } of [...sorted, { offset: bytes.length, length: 0 }]) {
    for (const preview of previews) {
      if (preview.offset < from || preview.offset + preview.length > offset) continue;
      const to = preview.offset + preview.length;
      spans.push({ span: { from, to: preview.offset }, isJpeg: false });
      spans.push({ span: { from: preview.offset, to }, isJpeg: true });
      from = to;
    }
    spans.push({ span: { from, to: offset }, isJpeg: false });
    from = offset + length;
  }
  return spans;
}

/** Cuts bytes where it changes whether a model will help; neighbours of one kind stay together. */
function chunksOf(
  bytes: Uint8Array,
): { readonly isModelled: boolean; readonly chunk: Uint8Array }[] {
  const chunks: { isModelled: boolean; chunk: Uint8Array }[] = [];
  let start = 0;
  let before: boolean | null = null;
  for (let from = 0; from < bytes.length; from += CHUNK_BYTES) {
    const isModelled = bitsOf(bytes.subarray(from, from + CHUNK_BYTES)) < CHUNK_BITS_MAX;
    if (before !== null && isModelled !== before) {
      chunks.push({ isModelled: before, chunk: bytes.subarray(start, from) });
      start = from;
    }
    before = isModelled;
  }
  if (before !== null) chunks.push({ isModelled: before, chunk: bytes.subarray(start) });
  return chunks;
}

/** Bits of one byte by how often each value comes. */
function bitsOf(bytes: Uint8Array): number {
  const counts = new Uint32Array(256);
  for (const byte of bytes) counts[byte]! += 1;
  let sum = 0;
  for (const count of counts) if (count > 0) sum += count * Math.log2(bytes.length / count);
  return sum / bytes.length;
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
