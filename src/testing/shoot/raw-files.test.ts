import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { type SensorFrame, shootFrame, simCamera } from './camera.ts';
import { writeCameraJpeg } from './camera-jpeg.ts';
import { type DngLayout, writeDng } from './dng.ts';
import { encodeLosslessJpeg, type Predictor } from './ljpeg-writer.ts';
import { writeNef } from './nef.ts';
import { renderPreviews } from './previews.ts';
import { planFrames } from './shoot-plan.ts';
import { RAW_FORMATS, tinyShoot } from './shoot-presets.ts';

// The readers below are written for these tests alone, from TIFF 6.0 and ITU T.81, and share nothing with the writers.

interface Directory {
  readonly [tag: number]: readonly number[];
}

/** Every value of one image file directory as plain numbers; rationals as quotients. */
function readDirectory(file: Uint8Array, at: number): Directory {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const isLittle = file[0] === 0x49;
  const sizes: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 10: 8 };
  const found: Record<number, number[]> = {};
  let lastTag = -1;
  for (let entry = 0; entry < view.getUint16(at, isLittle); entry++) {
    const start = at + 2 + entry * 12;
    const tag = view.getUint16(start, isLittle);
    expect(tag).toBeGreaterThan(lastTag);
    lastTag = tag;
    const type = view.getUint16(start + 2, isLittle);
    const count = view.getUint32(start + 4, isLittle);
    const size = sizes[type]!;
    const from = count * size > 4 ? view.getUint32(start + 8, isLittle) : start + 8;
    expect(from % 2).toBe(0);
    found[tag] = Array.from({ length: count }, (_value, index) => {
      const place = from + index * size;
      if (size === 1) return view.getUint8(place);
      if (size === 2) return view.getUint16(place, isLittle);
      if (size === 4) return view.getUint32(place, isLittle);
      const top = type === 10 ? view.getInt32(place, isLittle) : view.getUint32(place, isLittle);
      return top / view.getUint32(place + 4, isLittle);
    });
  }
  return found;
}

function firstDirectory(file: Uint8Array): Directory {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const isLittle = file[0] === 0x49;
  expect(view.getUint16(2, isLittle)).toBe(42);
  return readDirectory(file, view.getUint32(4, isLittle));
}

function text(values: readonly number[] | undefined): string {
  return String.fromCharCode(...(values ?? []).slice(0, -1));
}

function bytesAt(file: Uint8Array, offset: number | undefined, length: number | undefined) {
  return file.subarray(offset, (offset ?? 0) + (length ?? 0));
}

/** Reads bits, highest first. */
class Bits {
  #at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(count: number): number {
    let value = 0;
    for (let bit = 0; bit < count; bit++, this.#at++) {
      value = value * 2 + ((this.#bytes[this.#at >> 3]! >> (7 - (this.#at & 7))) & 1);
    }
    return value;
  }
}

interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly samples: number[];
}

/** Decodes SOF3 one bit and one sample at a time. */
function decodeLosslessJpeg(bytes: Uint8Array): Decoded {
  const tables = new Map<number, Map<string, number>>();
  const frame = { bits: 0, height: 0, columns: 0, components: 0 };
  let at = 2;
  for (;;) {
    const marker = bytes[at + 1]!;
    const content = bytes.subarray(at + 4, at + 2 + bytes[at + 2]! * 256 + bytes[at + 3]!);
    at += 4 + content.length;
    if (marker === 0xc4) tables.set(content[0]!, readTable(content));
    if (marker === 0xc3) {
      frame.bits = content[0]!;
      frame.height = content[1]! * 256 + content[2]!;
      frame.columns = content[3]! * 256 + content[4]!;
      frame.components = content[5]!;
    }
    if (marker !== 0xda) continue;
    const predictor = content[1 + content[0]! * 2]!;
    const used = Array.from({ length: frame.components }, (_value, index) => {
      return tables.get(content[2 + index * 2]! >> 4)!;
    });
    return decodeScan(unstuffed(bytes.subarray(at)), { ...frame, predictor, used });
  }
}

function readTable(content: Uint8Array): Map<string, number> {
  const codes = new Map<string, number>();
  let code = 0;
  let symbol = 17;
  for (let length = 1; length <= 16; length++, code *= 2) {
    for (let index = 0; index < content[length]!; index++, code++) {
      const word = code.toString(2).padStart(length, '0');
      expect(word).not.toMatch(/^1+$/);
      codes.set(word, content[symbol++]!);
    }
  }
  expect(symbol).toBe(content.length);
  return codes;
}

function unstuffed(bytes: Uint8Array): Uint8Array {
  const plain: number[] = [];
  for (let index = 0; !(bytes[index] === 0xff && bytes[index + 1] === 0xd9); index++) {
    plain.push(bytes[index]!);
    if (bytes[index] === 0xff) expect(bytes[++index]).toBe(0);
  }
  return new Uint8Array(plain);
}

function decodeScan(
  data: Uint8Array,
  scan: {
    readonly bits: number;
    readonly height: number;
    readonly columns: number;
    readonly components: number;
    readonly predictor: number;
    readonly used: readonly Map<string, number>[];
  },
): Decoded {
  const { components, predictor } = scan;
  const width = scan.columns * components;
  const samples: number[] = [];
  const input = new Bits(data);
  for (let index = 0; index < width * scan.height; index++) {
    let word = '';
    const table = scan.used[index % components]!;
    while (!table.has(word)) word += input.take(1);
    const category = table.get(word)!;
    let difference = input.take(category);
    if (category > 0 && difference < 2 ** (category - 1)) difference += 1 - 2 ** category;
    const a = samples[index - components]!;
    const b = samples[index - width]!;
    const c = samples[index - width - components]!;
    const half = (value: number): number => Math.floor(value / 2);
    const choices = [0, a, b, c, a + b - c, a + half(b - c), b + half(a - c), half(a + b)];
    let predicted = choices[predictor]!;
    if (index < components) predicted = 2 ** (scan.bits - 1);
    else if (index < width) predicted = a;
    else if (index % width < components) predicted = b;
    samples.push(predicted + difference);
  }
  return { width, height: scan.height, samples };
}

/** The samples of a RAW directory, however they are stored. */
function readSamples(file: Uint8Array, raw: Directory): number[] {
  const [width = 0] = raw[256]!;
  const [height = 0] = raw[257]!;
  const [bits = 0] = raw[258]!;
  if (raw[259]![0] === 7) return readPieces(file, raw);
  const strip = bytesAt(file, raw[273]![0], raw[279]![0]);
  const isWords = strip.length === width * height * 2;
  if (!isWords) {
    const rows = Array.from({ length: height }, (_value, row) => {
      const input = new Bits(strip.subarray(row * Math.ceil((width * bits) / 8)));
      return Array.from({ length: width }, () => input.take(bits));
    });
    return rows.flat();
  }
  const view = new DataView(strip.buffer, strip.byteOffset, strip.length);
  return Array.from({ length: width * height }, (_value, index) =>
    view.getUint16(index * 2, file[0] === 0x49),
  );
}

function readPieces(file: Uint8Array, raw: Directory): number[] {
  const [width = 0] = raw[256]!;
  const [height = 0] = raw[257]!;
  if (raw[273] !== undefined) {
    return decodeLosslessJpeg(bytesAt(file, raw[273][0], raw[279]![0])).samples;
  }
  const [size = 0] = raw[322]!;
  const across = Math.ceil(width / size);
  const samples: number[] = new Array(width * height);
  raw[324]!.forEach((offset, index) => {
    const tile = decodeLosslessJpeg(bytesAt(file, offset, raw[325]![index]));
    expect([tile.width, tile.height]).toEqual([size, size]);
    tile.samples.forEach((sample, place) => {
      const column = (index % across) * size + (place % size);
      const row = Math.floor(index / across) * size + Math.floor(place / size);
      if (column < width && row < height) samples[row * width + column] = sample;
    });
  });
  return samples;
}

const [shot] = planFrames(tinyShoot(3));
const facts = shot!.facts;

function frameOf(bits: 12 | 14, width = 70, height = 66): SensorFrame {
  return shootFrame(simCamera({ seed: 5, width, height, bits, iso: 400 }));
}

const LAYOUTS: [string, DngLayout][] = [
  ['words', { kind: 'words' }],
  ['packed', { kind: 'packed' }],
  ['one strip', { kind: 'lossless-jpeg', components: 1, predictor: 4, tileSize: null }],
  ['tiles', { kind: 'lossless-jpeg', components: 2, predictor: 1, tileSize: 32 }],
];

describe('writeDng()', () => {
  it.each(LAYOUTS)('holds exactly the samples as %s', async (_name, layout) => {
    for (const bits of [12, 14] as const) {
      const frame = frameOf(bits);
      const previews = await renderPreviews(frame);
      for (const order of ['II', 'MM'] as const) {
        const file = writeDng(frame, { layout, facts, previews, order });
        const [raw = 0, preview = 0] = firstDirectory(file)[330]!;
        const directory = readDirectory(file, raw);
        expect(readSamples(file, directory)).toEqual([...frame.samples]);
        expect(directory[0xc61a]).toEqual([frame.blackLevel]);
        expect(directory[0xc61d]).toEqual([frame.whiteLevel]);
        const jpeg = readDirectory(file, preview);
        const { width, height } = await sharp(
          bytesAt(file, jpeg[273]![0], jpeg[279]![0]),
        ).metadata();
        expect({ width, height }).toEqual({ width: 70, height: 66 });
      }
    }
  });

  it('says who, when, where and how', async () => {
    const frame = frameOf(14);
    const previews = await renderPreviews(frame);
    const file = writeDng(frame, { layout: { kind: 'words' }, facts, previews });
    const first = firstDirectory(file);
    expect(text(first[0x0110])).toBe(facts.model);
    expect(first[0xc612]).toEqual([1, 4, 0, 0]);
    const exif = readDirectory(file, first[0x8769]![0]!);
    expect(text(exif[0x9003])).toBe('2026:11:21 06:12:05');
    expect(text(exif[0x9291])).toBe('25');
    expect(text(exif[0x9011])).toBe('+03:00');
    expect(exif[0x829a]).toEqual([1 / facts.shutterPerSecond]);
    expect(exif[0x829d]).toEqual([facts.aperture]);
    expect(text(exif[0xa431])).toBe(facts.serial);
    const gps = readDirectory(file, first[0x8825]![0]!);
    const [degrees = 0, minutes = 0, seconds = 0] = gps[2]!;
    expect(text(gps[1])).toBe('S');
    expect(-degrees - minutes / 60 - seconds / 3600).toBeCloseTo(facts.place!.latitude, 5);
  });
});

describe('writeNef()', () => {
  it.each([12, 14] as const)('holds exactly the samples of %i bits, and a JPEG', async (bits) => {
    const frame = frameOf(bits);
    const previews = await renderPreviews(frame);
    for (const order of ['II', 'MM'] as const) {
      const file = writeNef(frame, { facts, previews, order });
      const first = firstDirectory(file);
      const [jpeg = 0, raw = 0] = first[330]!;
      expect(readSamples(file, readDirectory(file, raw))).toEqual([...frame.samples]);
      const preview = readDirectory(file, jpeg);
      const picture = await sharp(bytesAt(file, preview[513]![0], preview[514]![0])).metadata();
      expect([picture.width, picture.height]).toEqual([70, 66]);
      const exif = readDirectory(file, first[0x8769]![0]!);
      const note = new Uint8Array(exif[0x927c]!);
      expect(String.fromCharCode(...note.subarray(0, 5))).toBe('Nikon');
      expect(firstDirectory(note.slice(10))[0x00a7]).toEqual([facts.shutterCount]);
    }
  });
});

describe('writeCameraJpeg()', () => {
  it('is a JPEG of the whole frame with EXIF and a thumbnail', async () => {
    const frame = frameOf(14, 128, 96);
    const kept = await renderPreviews(frame);
    const file = await writeCameraJpeg(frame, facts, kept);
    const again = await writeCameraJpeg(frame, facts, await renderPreviews(frame, false));
    expect(again).toEqual(file);
    const { width, height, exif } = await sharp(file).metadata();
    expect([width, height]).toEqual([128, 96]);
    const tiff = new Uint8Array(exif!).slice(6);
    expect(text(firstDirectory(tiff)[0x010f])).toBe(facts.make);
    const view = new DataView(tiff.buffer);
    const next = view.getUint32(8 + 2 + view.getUint16(8, true) * 12, true);
    const thumbnail = readDirectory(tiff, next);
    const small = await sharp(bytesAt(tiff, thumbnail[513]![0], thumbnail[514]![0])).metadata();
    expect([small.width, small.height]).toEqual([32, 24]);
  });
});

describe('encodeLosslessJpeg()', () => {
  it('comes back exactly from any samples, with every predictor', () => {
    const grids = fc
      .record({ width: fc.integer({ min: 1, max: 9 }), height: fc.integer({ min: 1, max: 9 }) })
      .chain(({ width, height }) => {
        const samples = fc.array(fc.integer({ min: 0, max: 16383 }), {
          minLength: width * height * 2,
          maxLength: width * height * 2,
        });
        return fc.record({ samples, width: fc.constant(width * 2), height: fc.constant(height) });
      });
    const components = fc.constantFrom<1 | 2>(1, 2);
    const predictors = fc.integer({ min: 1, max: 7 }) as fc.Arbitrary<Predictor>;
    fc.assert(
      fc.property(grids, components, predictors, (grid, count, predictor) => {
        const place = { left: 0, top: 0, stride: grid.width };
        const bytes = encodeLosslessJpeg(
          { ...grid, ...place, samples: Uint16Array.from(grid.samples) },
          { bits: 14, components: count, predictor },
        );
        expect(decodeLosslessJpeg(bytes).samples).toEqual(grid.samples);
      }),
    );
  });

  it('is seen to fail where one bit is flipped', () => {
    const samples = Uint16Array.from({ length: 64 }, (_value, index) => (index * 97) % 1000);
    const grid = { samples, stride: 8, left: 0, top: 0, width: 8, height: 8 };
    const bytes = encodeLosslessJpeg(grid, { bits: 14, components: 1, predictor: 1 });
    // Not a bit that makes a marker of it.
    bytes[bytes.length - 12]! ^= 1;
    expect(decodeLosslessJpeg(bytes).samples).not.toEqual([...samples]);
  });
});

it('every preset format is one that the tests above read', () => {
  const kinds = Object.values(RAW_FORMATS).map((format) => {
    return format.kind === 'nef' ? 'nef' : format.layout.kind;
  });
  expect(new Set(kinds)).toEqual(new Set(['nef', 'words', 'packed', 'lossless-jpeg']));
});
