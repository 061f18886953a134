import { type BlobId, equalBytes, formatHex } from '../base/index.ts';
import {
  describeRaw,
  encodeJpeg,
  encodeRaw,
  jpegDependencies,
  type KnownContent,
  rawDependencies,
} from '../codec/index.ts';
import { type FormName, GAIN_MIN, PREVIEWS_MAX, SMALLEST_BYTES } from './form.ts';
import { decodeZstdForm, encodeZstd } from './zstd-form.ts';

/** A smaller form of a content, decoded and compared. */
export interface EncodedContent {
  readonly form: Exclude<FormName, 'verbatim'>;
  readonly stored: Uint8Array;
  /** Files that belong to it: previews as they stood in a RAW file. */
  readonly parts: readonly Uint8Array[];
  readonly needs: readonly BlobId[];
}

/** Other contents that a form may build on, where that makes it smaller. */
export interface Helpers {
  /** Another frame of the burst. */
  readonly sibling: KnownContent | null;
  /** An earlier version of the same file. */
  readonly base: KnownContent | null;
}

/**
 * Finds the smallest form of a content. Null: none saves enough; it stays as it is.
 * What is given back was decoded and is the content, byte for byte.
 */
export function encodeContent(content: KnownContent, helpers: Helpers): EncodedContent | null {
  if (content.bytes.length < SMALLEST_BYTES) return null;
  const picture =
    encodeJpegContent(content, helpers.sibling) ?? encodeRawContent(content, helpers.sibling);
  const known = helpers.base === null ? null : encodePacked(content, helpers.base);
  // Whatever zstd does for a camera's picture, its own codec does better.
  const packed = picture === null ? encodePacked(content, null) : null;
  const found = [picture, known, packed].filter((one) => one !== null);
  const best = found.toSorted((a, b) => bytesOf(a) - bytesOf(b))[0];
  return best !== undefined && bytesOf(best) <= content.bytes.length * (1 - GAIN_MIN) ? best : null;
}

/** All bytes that a form takes on the disk. */
export function bytesOf({ stored, parts }: EncodedContent): number {
  return stored.length + parts.reduce((sum, part) => sum + part.length, 0);
}

function encodeJpegContent(
  { id, bytes }: KnownContent,
  sibling: KnownContent | null,
): EncodedContent | null {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  const stored = encodeJpeg(bytes, {
    digest: digestBytes(id),
    ...(sibling !== null && { sibling }),
  });
  if (stored === null) return null;
  return { form: 'jpeg-recoded', stored, parts: [], needs: jpegDependencies(stored) };
}

function encodeRawContent(
  content: KnownContent,
  sibling: KnownContent | null,
): EncodedContent | null {
  const alone = encodeRawWith(content, null);
  const together = sibling === null ? null : encodeRawWith(content, sibling);
  if (alone === null || together === null) return alone ?? together;
  return bytesOf(together) < bytesOf(alone) * (1 - GAIN_MIN) ? together : alone;
}

function encodeRawWith(
  content: KnownContent,
  sibling: KnownContent | null,
  previews: 'apart' | 'inside' = 'apart',
): EncodedContent | null {
  const { id, bytes } = content;
  const stored = encodeRaw(bytes, {
    digest: digestBytes(id),
    previews,
    ...(sibling !== null && { sibling }),
  });
  const described = stored === null ? null : describeRaw(stored);
  if (stored === null || described === null) return null;
  if (described.apart.length > PREVIEWS_MAX) return encodeRawWith(content, sibling, 'inside');
  const parts = described.apart.map(({ offset, length }) =>
    bytes.subarray(offset, offset + length),
  );
  return { form: 'raw-recoded', stored, parts, needs: rawDependencies(stored) };
}

/** What zstd makes of it, taken only where what was said is what comes back. */
function encodePacked(content: KnownContent, base: KnownContent | null): EncodedContent | null {
  if (base === null && !looksPackable(content.bytes)) return null;
  const stored = encodeZstd(content, base);
  if (stored === null || stored.length >= content.bytes.length) return null;
  const needs = base === null ? [] : [base];
  if (!equalBytes(decodeZstdForm(stored, needs), content.bytes)) return null;
  const form = base === null ? 'zstd' : 'delta';
  return { form, stored, parts: [], needs: needs.map(({ id }) => id) };
}

const PROBE_BYTES = 262_144;

/** Whether some pieces of it pack: films and packed pictures are not worth reading through. */
function looksPackable(bytes: Uint8Array): boolean {
  if (bytes.length <= 4 * PROBE_BYTES) return true;
  const starts = [0, 0.33, 0.66].map((share) => Math.floor(share * (bytes.length - PROBE_BYTES)));
  return starts.some((start) => {
    const piece = { id: NO_ID, bytes: bytes.subarray(start, start + PROBE_BYTES) };
    const packed = encodeZstd(piece, null);
    return packed !== null && packed.length < PROBE_BYTES * 0.95;
  });
}

const NO_ID = formatHex(new Uint8Array(32)) as BlobId;

function digestBytes(id: BlobId): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_byte, at) =>
    Number.parseInt(id.slice(2 * at, 2 * at + 2), 16),
  );
}
