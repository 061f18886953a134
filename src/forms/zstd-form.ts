import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { type BlobId, FieldVaultError, parseBlobId } from '../base/index.ts';
import { ZSTD_BYTES_MAX } from './form.ts';

/**
 * The first frame of a file of the forms `zstd` and `delta`: one that decoders skip (RFC 8878 section 3.1.2), with what
 * follows as JSON. Then one ordinary frame. So `zstd -d`, or `zstd -d --patch-from`, gives the original.
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

const SKIPPED_MAGIC = 0x184d2a50;
const HEAD_BYTES_MAX = 4096;

/**
 * Compresses a content, as a change of another one where that is given. Null where the content is too large.
 * @param base what a delta builds on; decoders need exactly it
 */
export function encodeZstd(content: KnownContent, base: KnownContent | null): Uint8Array | null {
  const all = content.bytes.length + (base?.bytes.length ?? 0);
  if (Math.max(content.bytes.length, base?.bytes.length ?? 0) > ZSTD_BYTES_MAX) return null;
  const head: ZstdHead = {
    fieldvault: 1,
    form: base === null ? 'zstd' : 'delta',
    blob: content.id,
    size: content.bytes.length,
    needs: base === null ? [] : [base.id],
  };
  const windowLog = Math.min(30, Math.max(17, 32 - Math.clz32(all)));
  const frame = zstdCompressSync(content.bytes, {
    params: {
      [constants.ZSTD_c_compressionLevel]: base === null ? 9 : 6,
      [constants.ZSTD_c_windowLog]: windowLog,
      [constants.ZSTD_c_checksumFlag]: 1,
      ...(base !== null && { [constants.ZSTD_c_hashLog]: Math.min(24, windowLog) }),
    },
    ...(base !== null && { dictionary: base.bytes }),
  });
  const text = new TextEncoder().encode(JSON.stringify(head));
  const bytes = new Uint8Array(8 + text.length + frame.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, SKIPPED_MAGIC, true);
  view.setUint32(4, text.length, true);
  bytes.set(text, 8);
  bytes.set(frame, 8 + text.length);
  return bytes;
}

/** Whether the bytes begin as a file of the form `zstd` or `delta`. */
export function isZstdForm(stored: Uint8Array): boolean {
  return readHead(stored) !== null;
}

/**
 * The original of a file of the form `zstd` or `delta`. Its memory is bounded by the length that the file names.
 * @throws FieldVaultError DAMAGED
 */
export function decodeZstd(stored: Uint8Array, dependencies: readonly KnownContent[]): Uint8Array {
  const read = readHead(stored);
  if (read === null) throw damaged('it does not begin as one');
  const { head, frame } = read;
  const base = head.needs[0];
  const dictionary = dependencies.find(({ id }) => id === base)?.bytes;
  if (base !== undefined && dictionary === undefined) {
    throw damaged(`it needs the content ${base}`);
  }
  try {
    const bytes = zstdDecompressSync(frame, {
      maxOutputLength: Math.max(1, head.size),
      params: { [constants.ZSTD_d_windowLogMax]: 30 },
      ...(dictionary !== undefined && { dictionary }),
    });
    if (bytes.length === head.size) return bytes;
  } catch (error) {
    throw damaged(error instanceof Error ? error.message : String(error));
  }
  throw damaged('it has another length than it says');
}

function readHead(stored: Uint8Array): { head: ZstdHead; frame: Uint8Array } | null {
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
