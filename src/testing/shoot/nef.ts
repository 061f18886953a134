import { cfaChannels, type SensorFrame } from './camera.ts';
import { pictureFields, stripFields } from './dng.ts';
import { cameraFields, exifFolder, exifPointers } from './exif.ts';
import { nikonNote } from './maker-note.ts';
import { encodeNikon, nikonTable } from './nikon-writer.ts';
import type { Previews } from './previews.ts';
import { packedBlob, wordsBlob } from './sample-bytes.ts';
import type { ShotFacts } from './shot-facts.ts';
import { blobOf, field, type TiffFolder, type TiffOrder, writeTiff } from './tiff-writer.ts';

/** What a NEF-like file is made of beside the samples. */
export interface NefOptions {
  readonly facts: ShotFacts;
  readonly previews: Previews;
  /** Left out: little-endian, as bodies since 2016 write. */
  readonly order?: TiffOrder;
  /** Samples in Nikon's lossless coding instead of uncompressed. */
  readonly isLossless?: boolean;
}

/**
 * Writes a TIFF in the structure of an uncompressed NEF: first folder a small RGB picture and all metadata, its
 * sub-folders a JPEG of full size and the samples. As in those files, 14-bit samples stand in 16-bit words and 12-bit
 * samples are packed, highest bit first.
 */
export function writeNef(frame: SensorFrame, options: NefOptions): Uint8Array<ArrayBuffer> {
  const { facts, previews, order = 'II', isLossless = false } = options;
  const { width, height, pixels } = previews.small;
  const note = nikonNote(facts, frame, isLossless ? nikonTable(frame) : null);
  return writeTiff(order, {
    fields: [
      field(0x00fe, 'long', 1),
      ...pictureFields({ width, height }, { compression: 1, photometric: 2 }),
      ...stripFields(blobOf(pixels), height),
      ...cameraFields(facts),
      {
        tag: 0x014a,
        kind: 'folders',
        folders: [jpegFolder(previews.full), rawFolder(frame, order, isLossless)],
      },
      field(0x0214, 'rational', 0, 1, 255, 1, 0, 1, 255, 1, 0, 1, 255, 1),
      ...exifPointers(exifFolder(facts, frame, note), facts),
      field(0x9216, 'byte', 1, 0, 0, 0),
    ],
  });
}

function jpegFolder(jpeg: Uint8Array): TiffFolder {
  return {
    fields: [
      field(0x00fe, 'long', 1),
      field(0x0103, 'short', 6),
      field(0x011a, 'rational', 300, 1),
      field(0x011b, 'rational', 300, 1),
      field(0x0128, 'short', 2),
      { tag: 0x0201, kind: 'blobs', blobs: [blobOf(jpeg)] },
      field(0x0202, 'long', jpeg.length),
      field(0x0213, 'short', 2),
    ],
  };
}

function rawFolder(frame: SensorFrame, order: TiffOrder, isLossless: boolean): TiffFolder {
  const plain = frame.bits === 12 ? packedBlob(frame) : wordsBlob(frame, order);
  const samples = isLossless ? blobOf(encodeNikon(frame)) : plain;
  return {
    fields: [
      field(0x00fe, 'long', 0),
      field(0x0100, 'long', frame.width),
      field(0x0101, 'long', frame.height),
      field(0x0102, 'short', frame.bits),
      field(0x0103, 'short', isLossless ? 34713 : 1),
      field(0x0106, 'short', 32803),
      field(0x0115, 'short', 1),
      field(0x011a, 'rational', 300, 1),
      field(0x011b, 'rational', 300, 1),
      field(0x011c, 'short', 1),
      field(0x0128, 'short', 2),
      ...stripFields(samples, frame.height),
      field(0x828d, 'short', 2, 2),
      field(0x828e, 'byte', ...cfaChannels(frame.cfa)),
      field(0x9217, 'short', 2),
    ],
  };
}
