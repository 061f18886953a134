import { readTiffFolders, type TiffFolder } from '../containers/tiff.ts';
import { parseLosslessHead } from './lossless-head.ts';
import {
  packedRowBytes,
  type Rectangle,
  SAMPLES_MAX,
  SEGMENTS_MAX,
  type Segment,
  type SensorPart,
} from './sensor-part.ts';
import { smoothestOrder } from './smoothness.ts';

/** "Nikon" and a zero. */
const NIKON_NOTE = [0x4e, 0x69, 0x6b, 0x6f, 0x6e, 0];

/** Pictures of a sensor in one file: frames of pixel-shift and double exposures have up to 16. */
const PARTS_MAX = 16;

/** Smallest side of a picture that counts. */
const SIDE_MIN = 32;

const TAG = {
  width: 0x0100,
  height: 0x0101,
  bitsPerSample: 0x0102,
  compression: 0x0103,
  photometric: 0x0106,
  stripOffsets: 0x0111,
  samplesPerPixel: 0x0115,
  rowsPerStrip: 0x0116,
  stripLengths: 0x0117,
  tileWidth: 0x0142,
  tileHeight: 0x0143,
  tileOffsets: 0x0144,
  tileLengths: 0x0145,
  canonSlices: 0xc640,
  makerNote: 0x927c,
  nikonTable: 0x0096,
} as const;

/** Nikon's own codings; the maker's note says which. */
const NIKON_COMPRESSION = 34_713;

/** Photometric interpretations of sensor data: colour filter array, linear. */
const SENSOR_PHOTOMETRIC = [32_803, 34_892];

/**
 * Finds the sensor data of a file of the TIFF family whose coding is understood: uncompressed and lossless JPEG, in
 * strips and tiles, Canon's slices. Empty where there is none; never an error, whatever the bytes.
 */
export function findSensorParts(bytes: Uint8Array): readonly SensorPart[] {
  const folders = readTiffFolders(bytes) ?? [];
  const parts: SensorPart[] = [];
  const taken = new Set<number>();
  for (const folder of folders) {
    const part = partOf(bytes, folder, folders);
    if (part === null || parts.length === PARTS_MAX) continue;
    // Two folders over the same bytes: one is enough.
    if (part.segments.some(({ offset }) => taken.has(offset))) continue;
    for (const { offset } of part.segments) taken.add(offset);
    parts.push(part);
  }
  return parts.filter(isApart(parts));
}

/** Whether no segment of a part overlaps with one of any part. */
function isApart(parts: readonly SensorPart[]): (part: SensorPart) => boolean {
  const all = parts.flatMap((part) => part.segments.map((segment) => ({ part, segment })));
  all.sort((left, right) => left.segment.offset - right.segment.offset);
  const bad = new Set<SensorPart>();
  let end = 0;
  let owner: SensorPart | null = null;
  for (const { part, segment } of all) {
    if (segment.offset < end) {
      bad.add(part);
      if (owner !== null) bad.add(owner);
    }
    if (segment.offset + segment.length > end) {
      end = segment.offset + segment.length;
      owner = part;
    }
  }
  return (part) => !bad.has(part);
}

function partOf(
  bytes: Uint8Array,
  folder: TiffFolder,
  folders: readonly TiffFolder[],
): SensorPart | null {
  const slices = folder.numbers(TAG.canonSlices);
  if (slices.length === 3) return slicedPart(bytes, folder, slices);
  const one = (tag: number): number => folder.numbers(tag)[0] ?? 0;
  const perPixel = folder.numbers(TAG.samplesPerPixel)[0] ?? 1;
  if (!SENSOR_PHOTOMETRIC.includes(one(TAG.photometric)) || perPixel !== 1) return null;
  const [width, height] = [one(TAG.width), one(TAG.height)];
  if (Math.min(width, height) < SIDE_MIN || width * height > SAMPLES_MAX) return null;
  const grid = gridOf(folder, { width, height });
  if (grid === null || !isInside(bytes, grid.segments)) return null;
  const compression = one(TAG.compression);
  if (compression === 7) return losslessPart(bytes, grid);
  if (compression === NIKON_COMPRESSION) {
    return nikonPart(grid, { bits: one(TAG.bitsPerSample), folders });
  }
  return compression === 1 ? packedPart(bytes, grid, one(TAG.bitsPerSample)) : null;
}

interface Grid {
  readonly width: number;
  readonly height: number;
  readonly segments: readonly Segment[];
}

function isInside(bytes: Uint8Array, segments: readonly Segment[]): boolean {
  return segments.every(({ offset, length }) => length > 0 && offset + length <= bytes.length);
}

/** Strips or tiles in the order of the file, with the place of each. */
function gridOf(
  folder: TiffFolder,
  { width, height }: { readonly width: number; readonly height: number },
): Grid | null {
  const tileOffsets = folder.numbers(TAG.tileOffsets);
  const isTiled = tileOffsets.length > 0;
  const offsets = isTiled ? tileOffsets : folder.numbers(TAG.stripOffsets);
  const lengths = folder.numbers(isTiled ? TAG.tileLengths : TAG.stripLengths);
  if (offsets.length === 0 || offsets.length > SEGMENTS_MAX) return null;
  if (lengths.length !== offsets.length) return null;
  const across = isTiled ? (folder.numbers(TAG.tileWidth)[0] ?? 0) : width;
  const rows = folder.numbers(isTiled ? TAG.tileHeight : TAG.rowsPerStrip)[0] ?? height;
  if (across === 0 || rows === 0 || across > 65_535) return null;
  const down = Math.min(rows, isTiled ? 65_535 : height);
  const perRow = Math.ceil(width / across);
  const count = perRow * Math.ceil(height / down);
  const fullHeight = isTiled ? Math.ceil(height / down) * down : height;
  const fullWidth = perRow * across;
  if (count !== offsets.length || fullWidth * fullHeight > SAMPLES_MAX) return null;
  const segments = offsets.map((offset, index): Segment => {
    const left = (index % perRow) * across;
    const top = Math.floor(index / perRow) * down;
    const place = { left, top, width: across, height: Math.min(down, fullHeight - top) };
    return { offset, length: lengths[index]!, places: [place] };
  });
  return { width: fullWidth, height: fullHeight, segments };
}

function packedPart(bytes: Uint8Array, grid: Grid, bits: number): SensorPart | null {
  const first = grid.segments[0]!;
  const { width, height } = first.places[0]!;
  if (bits < 8 || bits > 16) return null;
  // Words of 16 bits where the strip has room for them; rows may be filled up to more bytes.
  const isWords = first.length >= width * height * 2;
  const storedBits = isWords ? 16 : bits;
  const least = packedRowBytes(width, storedBits);
  const exact = first.length / height;
  const rowBytes = Number.isInteger(exact) && exact > least && exact < 2 * least ? exact : least;
  const segments = grid.segments.map((segment) => {
    return { ...segment, length: rowBytes * segment.places[0]!.height };
  });
  if (segments.some(({ length }, index) => length > grid.segments[index]!.length)) return null;
  const coding = { kind: 'packed', storedBits, order: 'words-little', rowBytes } as const;
  const part: SensorPart = { ...grid, segments, coding };
  return { ...part, coding: { ...coding, order: smoothestOrder(bytes, part) } };
}

function losslessPart(bytes: Uint8Array, grid: Grid): SensorPart | null {
  const isWhole = grid.segments.every(({ offset, length, places }) => {
    const head = parseLosslessHead(bytes.subarray(offset, offset + length));
    if (head === null) return false;
    const { width, height } = places[0]!;
    return head.columns * head.components * head.lines === width * height;
  });
  return isWhole ? { ...grid, coding: { kind: 'lossless-jpeg' } } : null;
}

/** Canon: so many slices of one width and a last one of another, each filled before the next begins. */
function slicedPart(
  bytes: Uint8Array,
  folder: TiffFolder,
  slices: readonly number[],
): SensorPart | null {
  const offset = folder.numbers(TAG.stripOffsets)[0] ?? 0;
  const length = folder.numbers(TAG.stripLengths)[0] ?? 0;
  const [count = 0, each = 0, last = 0] = slices;
  if (offset === 0 || offset + length > bytes.length || count > 64) return null;
  const head = parseLosslessHead(bytes.subarray(offset, offset + length));
  if (head === null) return null;
  const width = head.columns * head.components;
  const height = head.lines;
  if (Math.min(width, height) < SIDE_MIN || width * height > SAMPLES_MAX) return null;
  const places: Rectangle[] = [];
  for (let slice = 0; slice < count; slice++) {
    places.push({ left: slice * each, top: 0, width: each, height });
  }
  places.push({ left: count * each, top: 0, width: last, height });
  const isWhole = count === 0 ? last === 0 : count * each + last === width;
  const used = isWhole && count > 0 ? places.filter((place) => place.width > 0) : [whole()];
  return {
    width,
    height,
    coding: { kind: 'lossless-jpeg' },
    segments: [{ offset, length, places: used }],
  };

  function whole(): Rectangle {
    return { left: 0, top: 0, width, height };
  }
}

/** Nikon's lossless coding, told by its table in the maker's note: 0x46, a version, and what stands before the samples. */
function nikonPart(
  grid: Grid,
  { bits, folders }: { readonly bits: number; readonly folders: readonly TiffFolder[] },
): SensorPart | null {
  if (grid.segments.length !== 1 || (bits !== 12 && bits !== 14)) return null;
  for (const folder of folders) {
    const note = folder.bytes(TAG.makerNote);
    if (!NIKON_NOTE.every((byte, at) => note[at] === byte)) continue;
    // The note is a TIFF file of its own from byte 10 on.
    for (const inner of readTiffFolders(note.subarray(10)) ?? []) {
      const table = inner.bytes(TAG.nikonTable);
      if (table.length < 10 || table[0] !== 0x46 || table[1] === 0x58) continue;
      const view = new DataView(table.buffer, table.byteOffset, table.length);
      const starts = [2, 4, 6, 8].map((at) => view.getUint16(at, inner.isLittle));
      return { ...grid, coding: { kind: 'nikon-lossless', storedBits: bits, starts } };
    }
  }
  return null;
}
