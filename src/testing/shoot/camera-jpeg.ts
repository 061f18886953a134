import type { SensorFrame } from './camera.ts';
import { cameraFields, exifFolder, exifPointers } from './exif.ts';
import { nikonNote } from './maker-note.ts';
import { encodeJpeg, type Previews } from './previews.ts';
import { renderFrame } from './render.ts';
import type { ShotFacts } from './shot-facts.ts';
import { blobOf, field, type TiffFolder, writeTiff } from './tiff-writer.ts';

/** JPEG quality of the file beside the RAW; the preview inside it is coarser. */
const QUALITY = 90;

/** Writes the JPEG that a camera puts beside its RAW: the same exposure, with EXIF and thumbnail. */
export async function writeCameraJpeg(
  frame: SensorFrame,
  facts: ShotFacts,
  previews: Previews,
): Promise<Uint8Array> {
  const jpeg = await encodeJpeg(previews.developed ?? renderFrame(frame), QUALITY);
  return withExif(jpeg, writeTiff('II', exifRoot(frame, facts, previews)));
}

function exifRoot(frame: SensorFrame, facts: ShotFacts, previews: Previews): TiffFolder {
  const note = facts.make.startsWith('NIKON') ? nikonNote(facts, null) : null;
  const thumbnail: TiffFolder = {
    fields: [
      field(0x0103, 'short', 6),
      field(0x011a, 'rational', 300, 1),
      field(0x011b, 'rational', 300, 1),
      field(0x0128, 'short', 2),
      { tag: 0x0201, kind: 'blobs', blobs: [blobOf(previews.smallJpeg)] },
      field(0x0202, 'long', previews.smallJpeg.length),
      field(0x0213, 'short', 1),
    ],
  };
  return {
    fields: [
      ...cameraFields(facts),
      field(0x0213, 'short', 1),
      ...exifPointers(exifFolder(facts, frame, note), facts),
    ],
    next: thumbnail,
  };
}

/** Puts an APP1 segment with these EXIF bytes straight after the start of a JPEG. */
function withExif(jpeg: Uint8Array, exif: Uint8Array): Uint8Array {
  const head = new TextEncoder().encode('Exif\0\0');
  const length = 2 + head.length + exif.length;
  if (length > 65_535) throw new RangeError(`EXIF of ${length} bytes does not fit into a segment`);
  const bytes = new Uint8Array(jpeg.length + 2 + length);
  bytes.set([0xff, 0xd8, 0xff, 0xe1, length >> 8, length & 255]);
  bytes.set(head, 6);
  bytes.set(exif, 6 + head.length);
  bytes.set(jpeg.subarray(2), 4 + length);
  return bytes;
}
