import { protocolError } from '../camera-error.ts';
import { ByteReader } from '../ptp/bytes.ts';
import { FORMAT } from '../ptp/codes.ts';
import type { ObjectInfo } from '../ptp/datasets.ts';
import type { ListedObject } from './vendor.ts';

/** Bytes of one entry, its size included. */
const ENTRY_BYTES = 0x38;
const NAME_BYTES = 16;

/**
 * Reads the answer to operation 9109: a count, then entries that begin with their size (libgphoto2, ptp-pack.c).
 * @throws FieldVaultError CAMERA_PROTOCOL
 */
export function decodeCanonListing(bytes: Uint8Array): ListedObject[] {
  const reader = new ByteReader(bytes, 'a Canon listing');
  return reader.array(ENTRY_BYTES, () => {
    const size = reader.u32();
    if (size < ENTRY_BYTES) throw protocolError(`a Canon listing's entry of ${size} bytes`);
    return decodeEntry(new ByteReader(reader.take(size - 4), 'a Canon listing'));
  });
}

function decodeEntry(reader: ByteReader): ListedObject {
  const raw = reader.u32();
  const storageId = reader.u32();
  const format = reader.u32() & 0xffff;
  const isFolder = reader.u32() !== 0;
  reader.u32();
  const sizeBytes = reader.u32();
  const parent = reader.u32();
  reader.u32();
  const letters = reader.take(NAME_BYTES);
  const end = letters.indexOf(0);
  const name = Array.from(letters.subarray(0, end < 0 ? NAME_BYTES : end), (letter) =>
    String.fromCharCode(letter),
  ).join('');
  const info: ObjectInfo = {
    ...{ storageId, sizeBytes, parent, name, protection: 0, sequenceNumber: 0 },
    format: isFolder ? FORMAT.folder : format,
    associationType: isFolder ? 1 : 0,
    ...{ associationDesc: 0, thumbFormat: 0, thumbBytes: 0, thumbWidth: 0, thumbHeight: 0 },
    ...{ imageWidth: 0, imageHeight: 0, imageBitDepth: 0, modified: '', keywords: '' },
    captured: timeText(reader.u32()),
  };
  return { raw, info };
}

/** Seconds since 1970 on the camera's own clock, which knows no zones. */
function timeText(seconds: number): string {
  if (seconds === 0) return '';
  const text = new Date(1000 * seconds).toISOString();
  return text.slice(0, 19).replaceAll(/[-:]/g, '');
}
