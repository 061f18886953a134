import { CHANNEL_SENSITIVITY, cfaChannels, type SensorFrame } from './camera.ts';
import { cameraFields, exifFolder, exifPointers } from './exif.ts';
import { encodeLosslessJpeg, type Predictor, type SampleGrid } from './ljpeg-writer.ts';
import { privateData } from './maker-note.ts';
import type { Previews } from './previews.ts';
import { packedBlob, wordsBlob } from './sample-bytes.ts';
import type { ShotFacts } from './shot-facts.ts';
import {
  blobOf,
  field,
  type TiffBlob,
  type TiffField,
  type TiffFolder,
  type TiffOrder,
  textField,
  writeTiff,
} from './tiff-writer.ts';

/** How the samples of a DNG are stored. */
export type DngLayout =
  /** 16-bit words in the file's byte order. */
  | { readonly kind: 'words' }
  /** As many bits as a sample has, without gaps. */
  | { readonly kind: 'packed' }
  /**
   * Lossless JPEG in one strip, or in square tiles of this many samples (a multiple of 16). LibRaw 0.20 misreads tiles
   * of two components that are exactly half as wide as the frame.
   */
  | {
      readonly kind: 'lossless-jpeg';
      readonly components: 1 | 2;
      readonly predictor: Predictor;
      readonly tileSize: number | null;
    };

/** What a DNG is made of beside the samples. */
export interface DngOptions {
  readonly layout: DngLayout;
  readonly facts: ShotFacts;
  readonly previews: Previews;
  /** Left out: little-endian. */
  readonly order?: TiffOrder;
}

/**
 * Writes a DNG (Adobe DNG 1.4): first folder a small RGB picture and all metadata, its sub-folders the sensor's
 * samples and a JPEG preview of full size.
 */
export function writeDng(frame: SensorFrame, options: DngOptions): Uint8Array<ArrayBuffer> {
  const { facts, previews, order = 'II' } = options;
  const raw: TiffFolder = { fields: [...rawFields(frame), ...sampleFields(frame, options)] };
  const { width, height, pixels } = previews.small;
  const first: TiffFolder = {
    fields: [
      field(0x00fe, 'long', 1),
      ...pictureFields({ width, height }, { compression: 1, photometric: 2 }),
      ...stripFields(blobOf(pixels), height),
      ...cameraFields(facts),
      { tag: 0x014a, kind: 'folders', folders: [raw, previewFolder(frame, previews)] },
      ...exifPointers(exifFolder(facts, frame, null), facts),
      ...profileFields(facts),
    ],
  };
  return writeTiff(order, first);
}

/** Fields that every eight-bit picture of three colours has. */
export function pictureFields(
  size: { readonly width: number; readonly height: number },
  coding: { readonly compression: number; readonly photometric: number },
): TiffField[] {
  return [
    field(0x0100, 'long', size.width),
    field(0x0101, 'long', size.height),
    field(0x0102, 'short', 8, 8, 8),
    field(0x0103, 'short', coding.compression),
    field(0x0106, 'short', coding.photometric),
    field(0x0115, 'short', 3),
    field(0x011c, 'short', 1),
  ];
}

/** One strip that holds the whole picture. */
export function stripFields(strip: TiffBlob, rows: number): TiffField[] {
  return [
    { tag: 0x0111, kind: 'blobs', blobs: [strip] },
    field(0x0116, 'long', rows),
    field(0x0117, 'long', strip.sizeBytes),
  ];
}

function previewFolder(frame: SensorFrame, { full }: Previews): TiffFolder {
  return {
    fields: [
      field(0x00fe, 'long', 1),
      ...pictureFields(frame, { compression: 7, photometric: 6 }),
      ...stripFields(blobOf(full), frame.height),
      field(0x0212, 'short', 2, 2),
      field(0x0213, 'short', 1),
      field(0x0214, 'rational', 0, 1, 255, 1, 128, 1, 255, 1, 128, 1, 255, 1),
    ],
  };
}

/** DNG version, colour and identity, in the first folder. */
function profileFields(facts: ShotFacts): TiffField[] {
  const neutral = CHANNEL_SENSITIVITY.flatMap((value) => [Math.round(value * 1000), 1000]);
  return [
    field(0xc612, 'byte', 1, 4, 0, 0),
    field(0xc613, 'byte', 1, 1, 0, 0),
    textField(0xc614, `${facts.make} ${facts.model}`),
    field(0xc621, 'signedRational', ...colorMatrix()),
    field(0xc628, 'rational', ...neutral),
    field(0xc62a, 'signedRational', 0, 1),
    textField(0xc62f, facts.serial),
    field(0xc630, 'rational', 24, 1, 120, 1, 4, 1, 4, 1),
    field(0xc634, 'byte', ...privateData(facts)),
    field(0xc65a, 'short', 21),
  ];
}

/** XYZ (D65) to the camera's colours: XYZ to linear sRGB (IEC 61966-2-1), times the sensitivities. */
function colorMatrix(): number[] {
  const toRgb = [
    [3.2406, -1.5372, -0.4986],
    [-0.9689, 1.8758, 0.0415],
    [0.0557, -0.204, 1.057],
  ];
  return toRgb.flatMap((row, channel) =>
    row.flatMap((value) => [Math.round(value * CHANNEL_SENSITIVITY[channel]! * 10_000), 10_000]),
  );
}

/** What is true of the samples however they are stored. */
function rawFields(frame: SensorFrame): TiffField[] {
  return [
    field(0x00fe, 'long', 0),
    field(0x0100, 'long', frame.width),
    field(0x0101, 'long', frame.height),
    field(0x0106, 'short', 32803),
    field(0x0115, 'short', 1),
    field(0x011c, 'short', 1),
    field(0x828d, 'short', 2, 2),
    field(0x828e, 'byte', ...cfaChannels(frame.cfa)),
    field(0xc616, 'byte', 0, 1, 2),
    field(0xc617, 'short', 1),
    field(0xc619, 'short', 1, 1),
    field(0xc61a, 'rational', frame.blackLevel, 1),
    field(0xc61d, 'long', frame.whiteLevel),
    field(0xc61e, 'rational', 1, 1, 1, 1),
    field(0xc61f, 'rational', 0, 1, 0, 1),
    field(0xc620, 'rational', frame.width, 1, frame.height, 1),
    field(0xc632, 'rational', 1, 1),
    field(0xc65c, 'rational', 1, 1),
    field(0xc68d, 'long', 0, 0, frame.height, frame.width),
  ];
}

function sampleFields(frame: SensorFrame, { layout, order = 'II' }: DngOptions): TiffField[] {
  if (layout.kind !== 'lossless-jpeg') {
    const isPacked = layout.kind === 'packed';
    const strip = isPacked ? packedBlob(frame) : wordsBlob(frame, order);
    return [
      field(0x0102, 'short', isPacked ? frame.bits : 16),
      field(0x0103, 'short', 1),
      ...stripFields(strip, frame.height),
    ];
  }
  const coded = [field(0x0102, 'short', frame.bits), field(0x0103, 'short', 7)];
  const { components, predictor, tileSize } = layout;
  const code = { bits: frame.bits, components, predictor };
  if (tileSize === null) {
    const { samples, width, height } = frame;
    const all = { samples, stride: width, left: 0, top: 0, width, height };
    return [...coded, ...stripFields(blobOf(encodeLosslessJpeg(all, code)), height)];
  }
  const tiles = cutTiles(frame, tileSize).map((tile) => blobOf(encodeLosslessJpeg(tile, code)));
  return [
    ...coded,
    field(0x0142, 'long', tileSize),
    field(0x0143, 'long', tileSize),
    { tag: 0x0144, kind: 'blobs', blobs: tiles },
    field(0x0145, 'long', ...tiles.map(({ sizeBytes }) => sizeBytes)),
  ];
}

/** Square tiles left to right, top to bottom; those at the ends are filled up with the last samples of each colour. */
function cutTiles(frame: SensorFrame, size: number): SampleGrid[] {
  const { samples, width, height } = frame;
  const tiles: SampleGrid[] = [];
  for (let top = 0; top < height; top += size) {
    for (let left = 0; left < width; left += size) {
      const isWhole = top + size <= height && left + size <= width;
      const place = { left, top, width: size, height: size };
      tiles.push(isWhole ? { samples, stride: width, ...place } : fillTile(frame, place));
    }
  }
  return tiles;
}

function fillTile(
  { samples, width, height }: SensorFrame,
  place: { readonly left: number; readonly top: number; readonly width: number },
): SampleGrid {
  const size = place.width;
  const padded = new Uint16Array(size * size);
  const hold = (at: number, end: number): number => (at < end ? at : end - 2 + ((at - end) & 1));
  for (let row = 0; row < size; row++) {
    const start = hold(place.top + row, height) * width;
    for (let column = 0; column < size; column++) {
      padded[row * size + column] = samples[start + hold(place.left + column, width)]!;
    }
  }
  return { samples: padded, stride: size, left: 0, top: 0, width: size, height: size };
}
