import { type BlobId, FieldVaultError, parseBlobId } from '../../base/index.ts';
import { decodeZstd } from './decode-zstd.ts';

/**
 * The first frame of a file of the forms `zstd` and `delta`: one that decoders skip (RFC 8878 section 3.1.2), with this
 * as JSON. Then one ordinary frame. So `zstd -d`, or `zstd -d --patch-from`, gives the original.
 */
export interface ZstdHead {
  readonly fieldvault: 1;
  readonly form: 'zstd' | 'delta';
  readonly blob: BlobId;
  readonly size: number;
  readonly needs: readonly BlobId[];
}

/** Another content, in memory. */
export interface KnownContent {
  readonly id: BlobId;
  readonly bytes: Uint8Array;
}

/** An original that is stored so, in bytes, and what a delta builds on. */
export const ZSTD_BYTES_MAX = 536_870_912;

const SKIPPED_MAGIC = 0x184d2a50;
const HEAD_BYTES_MAX = 4096;

/** The file of a head and a frame. */
export function formatZstd(head: ZstdHead, frame: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(head));
  const bytes = new Uint8Array(8 + text.length + frame.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, SKIPPED_MAGIC, true);
  view.setUint32(4, text.length, true);
  bytes.set(text, 8);
  bytes.set(frame, 8 + text.length);
  return bytes;
}

/** The head of a file of the form `zstd` or `delta`, and the frame behind it; null where the bytes are none. */
export function readZstdHead(
  stored: Uint8Array,
): { readonly head: ZstdHead; readonly frame: Uint8Array } | null {
  if (stored.length < 8) return null;
  const view = new DataView(stored.buffer, stored.byteOffset, stored.length);
  const length = view.getUint32(4, true);
  if (view.getUint32(0, true) !== SKIPPED_MAGIC || length > HEAD_BYTES_MAX) return null;
  try {
    const head: unknown = JSON.parse(new TextDecoder().decode(stored.subarray(8, 8 + length)));
    return isHead(head) ? { head, frame: stored.subarray(8 + length) } : null;
  } catch {
    return null;
  }
}

/**
 * The original of a file of the form `zstd` or `delta`, by our own decoder.
 * @throws FieldVaultError DAMAGED, also where the content that it builds on is not given
 */
export function unpackZstd(
  stored: Uint8Array,
  dependencies: readonly KnownContent[] = [],
): Uint8Array {
  const { head, frame, base } = openZstd(stored, dependencies);
  return decodeZstd(frame, head.size, base);
}

/** The parts of a file of the form `zstd` or `delta`, with what a delta builds on; throws as {@link unpackZstd}. */
export function openZstd(
  stored: Uint8Array,
  dependencies: readonly KnownContent[],
): { readonly head: ZstdHead; readonly frame: Uint8Array; readonly base: Uint8Array | undefined } {
  const read = readZstdHead(stored);
  if (read === null) throw damaged('it does not begin as one');
  const id = read.head.needs[0];
  const base = dependencies.find((one) => one.id === id)?.bytes;
  if (id !== undefined && base === undefined) throw damaged(`it needs the content ${id}`);
  return { ...read, base };
}

function isHead(value: unknown): value is ZstdHead {
  if (typeof value !== 'object' || value === null) return false;
  const { fieldvault, form, blob, size, needs } = value as Record<string, unknown>;
  return (
    fieldvault === 1 &&
    (form === 'zstd' || form === 'delta') &&
    parseBlobId(blob) !== null &&
    Number.isSafeInteger(size) &&
    (size as number) >= 0 &&
    (size as number) <= ZSTD_BYTES_MAX &&
    Array.isArray(needs) &&
    needs.length === (form === 'delta' ? 1 : 0) &&
    needs.every((one) => parseBlobId(one) !== null)
  );
}

function damaged(why: string): FieldVaultError {
  return new FieldVaultError('DAMAGED', `A compressed file cannot be unpacked: ${why}.`);
}
