import { readCiffRecords } from '../containers/ciff.ts';
import { readRaf } from '../containers/raf.ts';
import { readTiffFolders } from '../containers/tiff.ts';
import { blockPart, type Grid } from './maker-codings.ts';
import { type BlockName, SAMPLES_MAX, type SensorPart } from './sensor-part.ts';
import { filledSamplesPart, wholeSamplesPart } from './whole-samples.ts';

/** Smallest side of a picture that counts. */
const SIDE_MIN = 32;

/** The sensor data of files that are no TIFF, or one that says other things than TIFF asks for; null for all others. */
export function findMakerPart(bytes: Uint8Array): SensorPart | null {
  if (bytes.length < 32) return null;
  const mark = bytes[2]! | (bytes[3]! << 8);
  if (bytes[0] === 0x49 && mark === 0x55) return panasonicPart(bytes);
  const isOlympus = [0x4f52, 0x5352].includes(bytes[0] === 0x49 ? mark : swap(mark));
  if (isOlympus) return olympusPart(bytes);
  return fujifilmPart(bytes) ?? canonPart(bytes);
}

function swap(mark: number): number {
  return ((mark & 255) << 8) | (mark >> 8);
}

/** One strip of the whole picture; null where its size makes no sense. */
function gridOf(size: {
  readonly width: number;
  readonly height: number;
  readonly offset: number;
  readonly length: number;
}): Grid | null {
  const { width, height, offset, length } = size;
  if (Math.min(width, height) < SIDE_MIN || Math.max(width, height) > 65_535) return null;
  if (width * height > SAMPLES_MAX || offset === 0 || length <= 0) return null;
  return {
    width,
    height,
    segments: [{ offset, length, places: [{ left: 0, top: 0, width, height }] }],
  };
}

/** RW2: its tags 2 and 3 are the size, 0x2d says the packing, 0x118 the place; the data go to the file's end. */
function panasonicPart(bytes: Uint8Array): SensorPart | null {
  const [folder] = readTiffFolders(bytes) ?? [];
  const one = (tag: number): number => folder?.numbers(tag)[0] ?? 0;
  const offset = one(0x0118);
  const size = { width: one(2), height: one(3), offset };
  const format = one(0x002d);
  const bits = one(0x000a);
  const blocks: readonly BlockName[] =
    format === 4
      ? ['panasonic-14']
      : format === 6
        ? bits === 12
          ? ['panasonic-14-of-12']
          : ['panasonic-11-of-14']
        : [bits === 14 ? 'low-9-of-14' : 'low-10-of-12'];
  if (format < 4 || format > 7) return null;
  const isTurned = format < 6;
  for (const block of blocks) {
    const whole = { width: size.width, height: size.height };
    const part = partAtEnd(bytes, { ...whole, offset, block, isTurned });
    if (part !== null) return part;
  }
  return null;
}

function partAtEnd(
  bytes: Uint8Array,
  by: {
    readonly width: number;
    readonly height: number;
    readonly offset: number;
    readonly block: BlockName;
    readonly isTurned: boolean;
  },
): SensorPart | null {
  const { width, height, offset, block, isTurned } = by;
  const each = block === 'panasonic-11-of-14' ? 11 : block === 'low-9-of-14' ? 9 : 0;
  const samples = each !== 0 ? each : block === 'low-10-of-12' ? 10 : 14;
  const least = Math.ceil(width / samples) * 16 * height;
  const most = isTurned ? Math.ceil(least / 0x4000) * 0x4000 : least;
  const grid = gridOf({ width, height, offset, length: Math.min(most, bytes.length - offset) });
  return grid === null ? null : blockPart(grid, block, isTurned);
}

/** ORF: the first folder has strips that follow each other. */
function olympusPart(bytes: Uint8Array): SensorPart | null {
  const folder = (readTiffFolders(bytes) ?? []).find((one) => one.numbers(0x0111).length > 0);
  if (folder === undefined) return null;
  const [width = 0] = folder.numbers(0x0100);
  const [height = 0] = folder.numbers(0x0101);
  const offsets = folder.numbers(0x0111);
  const lengths = folder.numbers(0x0117);
  const isOne = offsets.every((offset, index) => {
    return index === 0 || offset === offsets[index - 1]! + (lengths[index - 1] ?? 0);
  });
  const length = lengths.reduce((sum, one) => sum + one, 0);
  const grid = gridOf({ width, height, offset: offsets[0] ?? 0, length });
  if (grid === null || !isOne) return null;
  const whole = blockPart(grid, 'low-10-of-12', false) ?? filledSamplesPart(bytes, grid, 12);
  if (whole !== null) return whole;
  // Seven bytes before the words; the last word ends somewhere before the strip does.
  const [segment] = grid.segments;
  if (segment === undefined || length <= 7) return null;
  const inner = { ...segment, offset: segment.offset + 7, length: length - 7 };
  return { ...grid, segments: [inner], coding: { kind: 'olympus', spare: 0 } };
}

/** RAF: a TIFF of its own says where the samples lie; only whole ones are understood. */
function fujifilmPart(bytes: Uint8Array): SensorPart | null {
  const raf = readRaf(bytes);
  if (raf === null) return null;
  const { offset, length } = raf.sensor;
  const folders = readTiffFolders(bytes.subarray(offset, offset + length)) ?? [];
  const folder = folders.find((one) => one.numbers(0xf007).length > 0);
  if (folder === undefined) return null;
  const one = (tag: number): number => folder.numbers(tag)[0] ?? 0;
  const size = { width: one(0xf001), height: one(0xf002), length: one(0xf008) };
  const grid = gridOf({ ...size, offset: offset + one(0xf007) });
  return grid === null ? null : wholeSamplesPart(bytes, grid, one(0xf003));
}

/** CRW: record 0x2005 has the samples, 0x1031 the size, 0x1835 which code. */
function canonPart(bytes: Uint8Array): SensorPart | null {
  const records = readCiffRecords(bytes);
  if (records === null) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const find = (tag: number) => records.find((record) => record.tag === tag);
  const data = find(0x2005);
  const size = find(0x1031);
  const table = find(0x1835);
  if (data === undefined || size === undefined || table === undefined) return null;
  if (size.length < 6 || table.length < 4) return null;
  const width = view.getUint16(size.offset + 2, true);
  const height = view.getUint16(size.offset + 4, true);
  const { offset, length } = data;
  const grid = gridOf({ width, height, offset, length });
  if (grid === null || (width * height) % 64 !== 0) return null;
  const hasLowBits = hasLowBitsAt(bytes, offset);
  const head = (hasLowBits ? (width * height) / 4 : 0) + BETWEEN_BYTES;
  if (head > length) return null;
  const between = bytes.slice(offset + head - BETWEEN_BYTES, offset + head);
  const number = view.getUint32(table.offset, true);
  const code = { table: Math.min(2, number), hasLowBits, between };
  return { ...grid, coding: { kind: 'canon-blocks', ...code } };
}

/** Bytes before the words: 540 from the file's start where the data begin at 26. */
const BETWEEN_BYTES = 514;

/** Whether the data begin with low bits: words have a zero behind each 0xFF. */
function hasLowBitsAt(bytes: Uint8Array, offset: number): boolean {
  let hasStuffing = false;
  const end = Math.min(bytes.length - 1, offset + 0x4000);
  for (let at = offset + BETWEEN_BYTES; at < end; at++) {
    if (bytes[at] !== 0xff) continue;
    if (bytes[at + 1] !== 0) return true;
    hasStuffing = true;
  }
  return !hasStuffing;
}
