import { cfaChannels, type SensorFrame } from './camera.ts';
import { stripFields } from './dng.ts';
import { cameraFields, exifFolder, exifPointers } from './exif.ts';
import { encodeLosslessJpeg } from './ljpeg-writer.ts';
import { nikonNote } from './maker-note.ts';
import { encodeNikonLossy, nikonLossyTable } from './nikon-lossy-writer.ts';
import { encodeOlympus } from './olympus-writer.ts';
import { encodePanasonic, type PanasonicFormat } from './panasonic-writer.ts';
import { encodePentax, pentaxTable } from './pentax-writer.ts';
import { packedBlob, wordsBlob } from './sample-bytes.ts';
import type { ShotFacts } from './shot-facts.ts';
import { type CodedFrame, cellGrid, encodeSonyBlocks } from './sony-writer.ts';
import { encodeTens, encodeWords } from './tens-writer.ts';
import {
  blobOf,
  field,
  type TiffField,
  type TiffFolder,
  type TiffOrder,
  textField,
  writeTiff,
} from './tiff-writer.ts';

/** Makers' own ways to store samples, each simulated. */
export type MakerCoding =
  | { readonly kind: 'sony-blocks' | 'sony-lossless' | 'pentax' | 'olympus' }
  /** Whole samples: 16-bit words, tens of 12 bits, 12 or 14 bits without gaps. */
  | { readonly kind: 'sony-words' | 'nikon-tens' | 'olympus-tens' | 'olympus-packed' | 'samsung' }
  | { readonly kind: 'nikon-lossy'; readonly split: number }
  | { readonly kind: 'panasonic'; readonly format: PanasonicFormat };

/** A simulated file, and the samples that a reader must find in it: codings with loss change some. */
export interface MakerFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly stored: Uint16Array;
}

/**
 * Writes a file in the structure of a maker's RAW: metadata, and the samples in the maker's own coding. Made from public
 * descriptions of the formats, compared with no body's file.
 */
export function writeMakerRaw(
  frame: SensorFrame,
  options: { readonly facts: ShotFacts; readonly coding: MakerCoding },
): MakerFile {
  const { coding, facts } = options;
  switch (coding.kind) {
    case 'panasonic':
      return panasonicFile(frame, coding.format, facts);
    case 'olympus':
      return olympusFile(frame, { facts, coded: encodeOlympus(frame), bits: 16 });
    case 'olympus-tens':
      return olympusFile(frame, { facts, coded: encodeTens(frame, 'low'), bits: 12 });
    case 'olympus-packed':
      return olympusFile(frame, { facts, coded: encodeWords(frame), bits: 12 });
    case 'nikon-tens': {
      const coded = { bytes: encodeTens(frame, 'high'), stored: frame.samples };
      return stripFile(frame, { facts, coded, compression: 34_713, order: 'II', note: null });
    }
    case 'sony-words':
    case 'samsung': {
      const isSony = coding.kind === 'sony-words';
      const blob = isSony ? wordsBlob(frame, 'II') : packedBlob(frame);
      const bytes = new Uint8Array(blob.sizeBytes);
      blob.write(bytes);
      const compression = isSony ? 1 : 32_769;
      const coded = { bytes, stored: frame.samples };
      return stripFile(frame, { facts, coded, compression, order: 'II', note: null });
    }
    case 'sony-lossless':
      return sonyTiles(frame, facts);
    case 'sony-blocks': {
      const coded = encodeSonyBlocks(frame);
      return stripFile(frame, { facts, coded, compression: 32_767, order: 'II', note: null });
    }
    case 'nikon-lossy': {
      const coded = encodeNikonLossy(frame, coding.split);
      const note = nikonNote(facts, frame, nikonLossyTable(coding.split));
      return stripFile(frame, { facts, coded, compression: 34_713, order: 'II', note });
    }
    case 'pentax': {
      const coded = { bytes: encodePentax(frame), stored: frame.samples };
      const note = pentaxNote();
      return stripFile(frame, { facts, coded, compression: 65_535, order: 'MM', note });
    }
  }
}

/** "PENTAX " and a folder with the table of the code only; offsets count from the note's first byte. */
function pentaxNote(): Uint8Array {
  const table = pentaxTable();
  const note = new Uint8Array(28 + table.length);
  note.set(new TextEncoder().encode('PENTAX \0MM'));
  const view = new DataView(note.buffer);
  view.setUint16(10, 1);
  view.setUint16(12, 0x0220);
  view.setUint16(14, 7);
  view.setUint32(16, table.length);
  view.setUint32(20, 28);
  note.set(table, 28);
  return note;
}

interface Strip {
  readonly facts: ShotFacts;
  readonly coded: CodedFrame;
  readonly compression: number;
  readonly order: TiffOrder;
  readonly note: Uint8Array | null;
}

function sensorFields(frame: SensorFrame, compression: number): TiffField[] {
  return [
    field(0x00fe, 'long', 0),
    field(0x0100, 'long', frame.width),
    field(0x0101, 'long', frame.height),
    field(0x0102, 'short', frame.bits),
    field(0x0103, 'short', compression),
    field(0x0106, 'short', 32_803),
    field(0x0115, 'short', 1),
    field(0x828d, 'short', 2, 2),
    field(0x828e, 'byte', ...cfaChannels(frame.cfa)),
  ];
}

function stripFile(frame: SensorFrame, strip: Strip): MakerFile {
  const { facts, coded, compression, order, note } = strip;
  const raw: TiffFolder = {
    fields: [
      ...sensorFields(frame, compression),
      ...stripFields(blobOf(coded.bytes), frame.height),
    ],
  };
  return { bytes: writeTiff(order, around(frame, { facts, raw, note })), stored: coded.stored };
}

function around(
  frame: SensorFrame,
  inside: {
    readonly facts: ShotFacts;
    readonly raw: TiffFolder;
    readonly note: Uint8Array | null;
  },
): TiffFolder {
  const { facts, raw, note } = inside;
  return {
    fields: [
      ...cameraFields(facts),
      { tag: 0x014a, kind: 'folders', folders: [raw] },
      ...exifPointers(exifFolder(facts, frame, note), facts),
    ],
  };
}

/** Side of a tile. */
const TILE = 128;

function sonyTiles(frame: SensorFrame, facts: ShotFacts): MakerFile {
  const { width, height, samples, bits } = frame;
  if (width % TILE !== 0 || height % TILE !== 0) {
    throw new RangeError(`width and height must be multiples of ${TILE}; got ${width} x ${height}`);
  }
  const tiles: Uint8Array[] = [];
  for (let top = 0; top < height; top += TILE) {
    for (let left = 0; left < width; left += TILE) {
      const place = { samples, stride: width, left, top, width: TILE, height: TILE };
      tiles.push(encodeLosslessJpeg(cellGrid(place), { bits, components: 4, predictor: 1 }));
    }
  }
  const raw: TiffFolder = {
    fields: [
      ...sensorFields(frame, 7),
      field(0x0142, 'long', TILE),
      field(0x0143, 'long', TILE),
      { tag: 0x0144, kind: 'blobs', blobs: tiles.map(blobOf) },
      field(0x0145, 'long', ...tiles.map(({ length }) => length)),
    ],
  };
  const bytes = writeTiff('II', around(frame, { facts, raw, note: null }));
  return { bytes, stored: samples };
}

/** ORF: a TIFF with a mark of its own. */
function olympusFile(
  frame: SensorFrame,
  inside: { readonly facts: ShotFacts; readonly coded: Uint8Array; readonly bits: number },
): MakerFile {
  const { facts, coded, bits } = inside;
  const bytes = writeTiff('II', {
    fields: [
      ...cameraFields(facts),
      field(0x0100, 'long', frame.width),
      field(0x0101, 'long', frame.height),
      field(0x0102, 'short', bits),
      field(0x0103, 'short', 1),
      field(0x0106, 'short', 32_803),
      field(0x0115, 'short', 1),
      ...stripFields(blobOf(coded), frame.height),
      ...exifPointers(exifFolder(facts, frame, null), facts),
    ],
  });
  new DataView(bytes.buffer).setUint16(2, 0x4f52, true);
  return { bytes, stored: frame.samples };
}

/** RW2: a TIFF with a mark and tags of its own; the samples end the file. */
function panasonicFile(frame: SensorFrame, format: PanasonicFormat, facts: ShotFacts): MakerFile {
  const { bytes: coded, stored } = encodePanasonic(frame, format);
  const bytes = writeTiff('II', {
    fields: [
      field(0x0001, 'undefined', 0x30, 0x33, 0x31, 0x30),
      field(0x0002, 'short', frame.width),
      field(0x0003, 'short', frame.height),
      field(0x0004, 'short', 0),
      field(0x0005, 'short', 0),
      field(0x0006, 'short', frame.height),
      field(0x0007, 'short', frame.width),
      field(0x0009, 'short', ['RGGB', 'GRBG', 'GBRG', 'BGGR'].indexOf(frame.cfa) + 1),
      field(0x000a, 'short', frame.bits),
      field(0x000b, 'short', 34_316),
      field(0x002d, 'short', format),
      textField(0x010f, facts.make),
      textField(0x0110, facts.model),
      field(0x0112, 'short', 1),
      { tag: 0x0118, kind: 'blobs', blobs: [blobOf(coded)] },
      ...exifPointers(exifFolder(facts, frame, null), facts),
    ],
  });
  new DataView(bytes.buffer).setUint16(2, 0x55, true);
  return { bytes, stored };
}
