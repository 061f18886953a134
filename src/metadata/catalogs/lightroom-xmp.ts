import { inflateSync } from 'node:zlib';
import { systemCodeOf } from '../../base/index.ts';
import type { Cell } from './catalog-tables.ts';

/** A cell is not unpacked further, in bytes; packets of pictures with many masks reach some megabytes. */
export const XMP_BYTES_MAX = 16_777_216;

/**
 * The XMP packet of a cell of `Adobe_AdditionalMetadata.xmp`; null where there is none, it is broken or too large.
 * Up to Lightroom 6 a cell is plain text; later it is a blob of the packet's length (4 bytes, big-endian) and a zlib
 * stream (seen in catalogs of 11 and 12).
 */
export function readXmpCell(cell: Cell | undefined): Uint8Array | null {
  if (typeof cell === 'string') return cell === '' ? null : new TextEncoder().encode(cell);
  if (!(cell instanceof Uint8Array) || cell.length < 6) return null;
  // Plain text that was stored as bytes: zlib's length would be more than a gigabyte for it.
  if (cell[0] === 0x3c) return cell;
  const length = new DataView(cell.buffer, cell.byteOffset).getUint32(0);
  if (length === 0 || length > XMP_BYTES_MAX) return null;
  try {
    const packet = inflateSync(cell.subarray(4), { maxOutputLength: length });
    return packet.length === length ? packet : null;
  } catch (error) {
    const code = systemCodeOf(error);
    if (code.startsWith('Z_') || code === 'ERR_BUFFER_TOO_LARGE') return null;
    throw error;
  }
}
