import { readTiffFolders, type TiffFolder } from '../containers/tiff.ts';
import { findMakerPart } from './find-maker-part.ts';
import { type LosslessHead, parseLosslessHead } from './lossless-head.ts';
import { blockPart, type Grid, nikonPart, pentaxPart, sonyPart } from './maker-codings.ts';
import { sampledPlaces } from './sampled-jpeg.ts';
import {
  type Rectangle,
  SAMPLES_MAX,
  SEGMENTS_MAX,
  type Segment,
  type SensorPart,
} from './sensor-part.ts';
import { filledSamplesPart, wholeSamplesPart } from './whole-samples.ts';

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
} as const;

/** Compressions of makers: Sony, Samsung's packed ones, Nikon, Pentax. */
const MAKERS = { sony: 32_767, samsung: [32_769, 32_770, 32_773], nikon: 34_713, pentax: 65_535 };

/** Photometric interpretations of sensor data: colour filter array, linear. */
const SENSOR_PHOTOMETRIC = [32_803, 34_892];

/**
 * Finds the sensor data of a file whose coding is understood: uncompressed, lossless JPEG and makers' own codings, in
 * strips and tiles, Canon's slices. Empty where there is none; never an error, whatever the bytes.
 */
export function findSensorParts(bytes: Uint8Array): readonly SensorPart[] {
  const other = findMakerPart(bytes);
  if (other !== null) return isInside(bytes, other.segments) ? [other] : [];
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
  const bits = one(TAG.bitsPerSample);
  if (compression === 1) return wholeSamplesPart(bytes, grid, bits);
  const tens = bits === 12 ? blockPart(grid, 'high-10-of-12', false) : null;
  const filled = tens ?? filledSamplesPart(bytes, grid, bits);
  if (compression === MAKERS.sony) return sonyPart(grid) ?? filled;
  if (compression === MAKERS.pentax) return pentaxPart(bytes, grid, folders);
  if (compression === MAKERS.nikon) return filled ?? nikonPart(grid, bits, folders);
  return MAKERS.samsung.includes(compression) ? filled : null;
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

function losslessPart(bytes: Uint8Array, grid: Grid): SensorPart | null {
  const isWhole = grid.segments.every(({ offset, length, places }) => {
    const head = parseLosslessHead(bytes.subarray(offset, offset + length));
    if (head === null) return false;
    const { width, height } = places[0]!;
    return head.columns * head.components * head.lines === width * height;
  });
  if (!isWhole) return null;
  const { offset, length, places } = grid.segments[0]!;
  const head = parseLosslessHead(bytes.subarray(offset, offset + length));
  // Four components beside each other, or in cells of two by two: the tile's size tells.
  const isCells = head?.components === 4 && head.columns * 2 === places[0]!.width;
  return { ...grid, coding: { kind: isCells ? 'lossless-cells' : 'lossless-jpeg' } };
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
  const cut = count === 0 ? [] : [...new Array<number>(count).fill(each), last];
  if (head.components === 3) return sampledPart({ offset, length }, head, cut);
  const samples = head.columns * head.components * head.lines;
  const across = cut.reduce((sum, slice) => sum + slice, 0);
  // Some bodies put two rows of the sensor into one line.
  const isCut =
    across > 0 && samples % across === 0 && [1, 2].includes(samples / across / head.lines);
  const width = isCut ? across : head.columns * head.components;
  const height = samples / width;
  if (Math.min(width, height) < SIDE_MIN || samples > SAMPLES_MAX) return null;
  let left = 0;
  const places = (isCut ? cut : [width]).map((slice): Rectangle => {
    left += slice;
    return { left: left - slice, top: 0, width: slice, height };
  });
  const used = places.filter((place) => place.width > 0);
  const coding = { kind: 'lossless-jpeg' } as const;
  return { width, height, coding, segments: [{ offset, length, places: used }] };
}

/** Canon's smaller sizes: a plane of brightness above and the two colours below it. */
function sampledPart(
  span: { readonly offset: number; readonly length: number },
  head: LosslessHead,
  cut: readonly number[],
): SensorPart | null {
  const { columns, lines, sampledRows } = head;
  if (sampledRows === 0 || columns % 2 !== 0 || lines % sampledRows !== 0) return null;
  const height = lines + lines / sampledRows;
  if (Math.min(columns, lines) < SIDE_MIN || columns * height > SAMPLES_MAX) return null;
  // Slices count samples, of which a group of two columns has four or six.
  const size = 2 * sampledRows + 2;
  const groups = columns / 2;
  const firsts = cut.slice(0, -1).map((slice) => Math.floor(slice / size));
  const rest = groups - firsts.reduce((sum, slice) => sum + slice, 0);
  if (rest < 0) return null;
  return {
    width: columns,
    height,
    coding: { kind: 'lossless-sampled', rowsEach: sampledRows, slices: [...firsts, rest] },
    segments: [{ ...span, places: sampledPlaces(head, sampledRows) }],
  };
}
