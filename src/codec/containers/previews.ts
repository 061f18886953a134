import { readCiffRecords } from './ciff.ts';
import { type FileSpan, readRaf } from './raf.ts';
import { readTiffFolders } from './tiff.ts';

/** Tags of TIFF folders that say where a JPEG begins and how long it is. */
const PLACES = [
  [0x0201, 0x0202],
  [0x0111, 0x0117],
] as const;

/** Panasonic: an entry that is a JPEG. */
const PANASONIC_JPEG = 0x002e;

/** CIFF: a JPEG of full size. */
const CIFF_JPEG = 0x2007;

/** JPEG previews of at least so many bytes that a RAW file names, in the order of the file, none over another. */
export function findPreviews(bytes: Uint8Array, bytesMin: number): readonly FileSpan[] {
  const found = named(bytes).filter(({ offset, length }) => {
    const isJpeg = bytes[offset] === 0xff && bytes[offset + 1] === 0xd8;
    return isJpeg && length >= bytesMin && offset + length <= bytes.length;
  });
  found.sort((left, right) => left.offset - right.offset);
  let end = 0;
  return found.filter(({ offset, length }) => {
    if (offset < end) return false;
    end = offset + length;
    return true;
  });
}

function named(bytes: Uint8Array): FileSpan[] {
  const raf = readRaf(bytes);
  if (raf !== null) return [raf.preview];
  const records = readCiffRecords(bytes);
  if (records !== null) return records.filter(({ tag }) => tag === CIFF_JPEG);
  return (readTiffFolders(bytes) ?? []).flatMap((folder) => {
    const spans = PLACES.flatMap(([offsets, lengths]): FileSpan[] => {
      const [offset] = folder.numbers(offsets);
      const [length] = folder.numbers(lengths);
      return offset === undefined || length === undefined ? [] : [{ offset, length }];
    });
    const jpeg = folder.bytes(PANASONIC_JPEG);
    const inside = { offset: jpeg.byteOffset - bytes.byteOffset, length: jpeg.length };
    return jpeg.length === 0 ? spans : [...spans, inside];
  });
}
