import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { FieldVaultError } from '../base/index.ts';
import { formatZstd, type KnownContent, openZstd, ZSTD_BYTES_MAX } from '../codec/index.ts';

const WINDOW_LOG_MAX = 30;

/**
 * Compresses a content, as a change of another one where that is given. Null where one of them is too large.
 * @param base what a delta builds on; decoders need exactly it
 */
export function encodeZstd(content: KnownContent, base: KnownContent | null): Uint8Array | null {
  const sizes = [content.bytes.length, base?.bytes.length ?? 0] as const;
  if (Math.max(...sizes) > ZSTD_BYTES_MAX) return null;
  const windowLog = Math.min(WINDOW_LOG_MAX, Math.max(17, 32 - Math.clz32(sizes[0] + sizes[1])));
  const frame = zstdCompressSync(content.bytes, {
    params: {
      [constants.ZSTD_c_compressionLevel]: base === null ? 9 : 6,
      [constants.ZSTD_c_windowLog]: windowLog,
      [constants.ZSTD_c_checksumFlag]: 1,
      // Wide enough to find what stands far back in a large catalog.
      ...(base !== null && { [constants.ZSTD_c_hashLog]: Math.min(24, windowLog) }),
    },
    ...(base !== null && { dictionary: base.bytes }),
  });
  return formatZstd(
    {
      fieldvault: 1,
      form: base === null ? 'zstd' : 'delta',
      blob: content.id,
      size: content.bytes.length,
      needs: base === null ? [] : [base.id],
    },
    frame,
  );
}

/**
 * The original of a file of the form `zstd` or `delta`. Its memory is bounded by the length that the file names.
 * @throws FieldVaultError DAMAGED
 */
export function decodeZstdForm(
  stored: Uint8Array,
  dependencies: readonly KnownContent[],
): Uint8Array {
  const { head, frame, base } = openZstd(stored, dependencies);
  const bytes = unpack(frame, head.size, base);
  if (bytes.length === head.size) return bytes;
  throw new FieldVaultError('DAMAGED', 'A compressed file has another length than it says.');
}

function unpack(frame: Uint8Array, size: number, base: Uint8Array | undefined): Uint8Array {
  try {
    return zstdDecompressSync(frame, {
      maxOutputLength: Math.max(1, size),
      params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG_MAX },
      ...(base !== undefined && { dictionary: base }),
    });
  } catch (cause) {
    throw new FieldVaultError('DAMAGED', 'A compressed file cannot be unpacked.', { cause });
  }
}
