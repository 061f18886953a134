import { readLosslessJpeg } from './read-lossless-jpeg.ts';

/** The values of a sensor, row by row. */
export interface SensorValues {
  readonly width: number;
  readonly height: number;
  readonly samples: Uint16Array;
}

/** The numbers of one directory's fields by tag; bytes of text count as numbers. */
type Directory = ReadonlyMap<number, readonly number[]>;

const SUB_DIRECTORIES = 0x014a;
const COLOR_FILTER_ARRAY = 32_803;

/** Reads the samples out of a DNG or NEF-like file; shares nothing with the writer. Throws where there are none. */
export function readRaw(bytes: Uint8Array): SensorValues {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLittle = String.fromCharCode(...bytes.subarray(0, 2)) === 'II';
  const first = readDirectory(view, view.getUint32(4, isLittle), isLittle);
  const below = first.get(SUB_DIRECTORIES) ?? [];
  const raw = below
    .map((offset) => readDirectory(view, offset, isLittle))
    .find((directory) => directory.get(0x0106)?.[0] === COLOR_FILTER_ARRAY);
  if (raw === undefined) throw new Error('no directory with samples of a sensor');
  const numbers = (tag: number): readonly number[] => raw.get(tag) ?? [];
  const [width = 0, height = 0] = [...numbers(0x0100), ...numbers(0x0101)];
  const [compression = 0, bits = 0] = [...numbers(0x0103), ...numbers(0x0102)];
  const isTiled = raw.has(0x0144);
  const counts = numbers(isTiled ? 0x0145 : 0x0117);
  const pieces = numbers(isTiled ? 0x0144 : 0x0111).map((offset, index) =>
    bytes.subarray(offset, offset + (counts[index] ?? 0)),
  );
  if (compression === 1) {
    const samples = readUncompressed(joined(pieces), { width, height, bits, isLittle });
    return { width, height, samples };
  }
  if (compression !== 7) throw new Error(`compression ${compression}`);
  const [tileWidth = width] = numbers(0x0142);
  const [tileHeight = numbers(0x0116)[0] ?? height] = numbers(0x0143);
  return placePieces(pieces, { width, height, tileWidth, tileHeight, bits });
}

/** TIFF 6.0 section 2; only the types the writers use. */
function readDirectory(view: DataView, offset: number, isLittle: boolean): Directory {
  const fields = new Map<number, readonly number[]>();
  const count = view.getUint16(offset, isLittle);
  let lastTag = -1;
  for (let index = 0; index < count; index++) {
    const at = offset + 2 + 12 * index;
    const tag = view.getUint16(at, isLittle);
    if (tag <= lastTag) throw new Error(`field ${tag} comes after ${lastTag}`);
    lastTag = tag;
    const type = view.getUint16(at + 2, isLittle);
    const size = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8][type] ?? 0;
    const values = view.getUint32(at + 4, isLittle);
    const place = values * size > 4 ? view.getUint32(at + 8, isLittle) : at + 8;
    const read = (item: number): number => {
      if (size === 1) return view.getUint8(place + item);
      if (size === 2) return view.getUint16(place + 2 * item, isLittle);
      return view.getUint32(place + size * item, isLittle);
    };
    fields.set(
      tag,
      Array.from({ length: values }, (_, item) => read(item)),
    );
  }
  return fields;
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

interface Uncompressed {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly isLittle: boolean;
}

/** Words in the file's byte order where there are two bytes for each sample; else packed, highest bit first. */
function readUncompressed(strip: Uint8Array, layout: Uncompressed): Uint16Array {
  const { width, height, bits, isLittle } = layout;
  const view = new DataView(strip.buffer);
  if (strip.length === width * height * 2) {
    return Uint16Array.from({ length: width * height }, (_, index) =>
      view.getUint16(2 * index, isLittle),
    );
  }
  const rowBytes = Math.ceil((width * bits) / 8);
  if (strip.length !== rowBytes * height) throw new Error(`a strip of ${strip.length} bytes`);
  return Uint16Array.from({ length: width * height }, (_, index) => {
    const start = Math.floor(index / width) * rowBytes * 8 + (index % width) * bits;
    let value = 0;
    for (let bit = start; bit < start + bits; bit++) {
      value = value * 2 + (((strip[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
    }
    return value;
  });
}

interface Grid {
  readonly width: number;
  readonly height: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly bits: number;
}

function placePieces(pieces: readonly Uint8Array[], grid: Grid): SensorValues {
  const { width, height, tileWidth, tileHeight } = grid;
  const samples = new Uint16Array(width * height);
  const across = Math.ceil(width / tileWidth);
  if (pieces.length !== across * Math.ceil(height / tileHeight)) throw new Error('number of tiles');
  pieces.forEach((piece, index) => {
    const picture = readLosslessJpeg(piece);
    const lineLength = picture.width * picture.components;
    if (lineLength !== tileWidth || picture.height !== tileHeight || picture.bits !== grid.bits) {
      throw new Error(`a piece of ${lineLength} x ${picture.height} of ${picture.bits} bits`);
    }
    const [top, left] = [Math.floor(index / across) * tileHeight, (index % across) * tileWidth];
    for (let row = top; row < Math.min(top + tileHeight, height); row++) {
      const line = (row - top) * tileWidth;
      const count = Math.min(tileWidth, width - left);
      samples.set(picture.samples.subarray(line, line + count), row * width + left);
    }
  });
  return { width, height, samples };
}
