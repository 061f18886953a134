import {
  RAW_BLOCK_BYTES,
  RAW_SPREAD,
  RAW_SYMBOLS,
  RAW_TABLE_WORDS,
  RAW_WORD,
  type RawKernel,
} from '../../kernels/index.ts';
import { ACTIVITIES, CLASSES_MAX, type SampleModel } from './sample-model.ts';
import type { Band, SamplePlane, SampleScale } from './sample-plane.ts';
import { setBytesOf } from './taps.ts';

/** Rows above a band that the model looks at; columns at each side. */
export const ROWS_ABOVE = 6;
const COLUMNS_BESIDE = 8;

/** What a bench has to have room for. */
export interface BenchSize {
  readonly width: number;
  readonly rowsMax: number;
  readonly tables: number;
  readonly hasReference: boolean;
  /** Tokens and counts are kept: for encoding. */
  readonly keepsTokens: boolean;
  /** Bytes of words and of low bits at most. */
  readonly wordBytes: number;
  readonly rawBytes: number;
}

/** A kernel whose memory is laid out for bands of one plane. */
export interface Bench {
  readonly kernel: RawKernel;
  readonly bytes: Uint8Array;
  readonly shorts: Int16Array;
  readonly words: Int32Array;
  readonly size: BenchSize;
  /** Bytes from row to row, and the addresses of the parts. */
  readonly stride: number;
  readonly place: Places;
}

type Places = Readonly<Record<(typeof PARTS)[number] | 'bytes', number>>;

const PARTS = [
  'samples',
  'magnitudes',
  'reference',
  'above',
  'classOf',
  'weights',
  'spreads',
  'contexts',
  'tables',
  'lookup',
  'counts',
  'tokens',
  'wordSpace',
  'raw',
] as const;

/** Makes a bench. */
export function openBench(size: BenchSize, make: (memoryBytes: number) => RawKernel): Bench {
  const stride = ((size.width + 4 * COLUMNS_BESIDE) * 2 + 15) & ~15;
  const place = layOut(size, stride);
  const kernel = make(place.bytes);
  const { memory } = kernel;
  const bench = {
    ...{ kernel, size, stride, place },
    bytes: new Uint8Array(memory),
    shorts: new Int16Array(memory),
    words: new Int32Array(memory),
  };
  const { words } = bench;
  words[RAW_WORD.width] = size.width;
  words[RAW_WORD.stride] = stride;
  words[RAW_WORD.samples] = place.samples;
  words[RAW_WORD.magnitudes] = place.magnitudes;
  words[RAW_WORD.above] = place.above;
  words[RAW_WORD.classOf] = place.classOf;
  words[RAW_WORD.weights] = place.weights;
  words[RAW_WORD.spreads] = place.spreads;
  words[RAW_WORD.contexts] = place.contexts;
  words[RAW_WORD.tables] = place.tables;
  words[RAW_WORD.lookup] = place.lookup;
  words[RAW_WORD.raw] = place.raw;
  return bench;
}

function layOut(size: BenchSize, stride: number): Places {
  let next = RAW_BLOCK_BYTES;
  const take = (bytes: number): number => {
    const start = next;
    next = (start + bytes + 31) & ~15;
    return start;
  };
  // A row's first sample stands behind its margin; rows above and three spare ones below.
  const plane = (above: number): number => {
    const start = take((size.rowsMax + above + 3) * stride);
    return start + above * stride + 2 * COLUMNS_BESIDE;
  };
  const samples = size.rowsMax * size.width;
  const places = {
    samples: plane(ROWS_ABOVE),
    magnitudes: plane(ROWS_ABOVE),
    reference: size.hasReference ? plane(2) : 0,
    above: take((size.width + 16) * 2),
    classOf: take(ACTIVITIES),
    weights: take(4 * CLASSES_MAX * setBytesOf(size.hasReference)),
    spreads: take(CLASSES_MAX * RAW_SPREAD.bytes),
    contexts: take(4 * 96),
    tables: take(size.tables * RAW_TABLE_WORDS * 4),
    lookup: take(size.tables * 512),
    counts: size.keepsTokens ? take(size.tables * RAW_SYMBOLS * 4) : 0,
    tokens: size.keepsTokens ? take(samples * 4) : 0,
    // What one row may read too much before the band is given up.
    wordSpace: take(size.wordBytes + size.width * 2 + 16),
    raw: take(size.rawBytes + size.width * 2 + 16),
  };
  return { ...places, bytes: next };
}

/** Puts a model and the scales into the memory. */
export function setModel(bench: Bench, model: SampleModel, scale: SampleScale): void {
  const { words, bytes, place } = bench;
  bytes.set(model.classOf, place.classOf);
  const weights = new Int16Array(bytes.buffer, place.weights, model.sets.length);
  weights.set(model.sets);
  new Int16Array(bytes.buffer, place.spreads, model.spreads.length).set(model.spreads);
  new Uint32Array(bytes.buffer, place.contexts, model.contexts.length).set(model.contexts);
  new Uint32Array(bytes.buffer, place.tables, model.tables.length).set(model.tables);
  bytes.set(model.lookup, place.lookup);
  words[RAW_WORD.bits] = scale.bits;
  words[RAW_WORD.errorBits] = scale.errorBits;
  words[RAW_WORD.activityShift] = scale.activityShift;
  words[RAW_WORD.levelShift] = scale.levelShift;
  words[RAW_WORD.offset] = scale.offset;
  words[RAW_WORD.setBytes] = setBytesOf(model.hasReference);
  words[RAW_WORD.classes] = model.classes;
  words[RAW_WORD.reference] = model.hasReference ? place.reference : 0;
}

/** What stands above a band's first row: a value for each of the four colours, and a magnitude. */
export interface BandStart {
  readonly levels: readonly number[];
  readonly magnitude: number;
}

/** Prepares the memory for a band: rows above, states and cursors at the beginning. */
export function startBand(bench: Bench, band: Band, start: BandStart, scale: SampleScale): void {
  const { words, shorts, stride, place } = bench;
  const rowWords = stride >> 1;
  for (let row = -ROWS_ABOVE; row < 0; row++) {
    const from = (place.samples >> 1) + row * rowWords - COLUMNS_BESIDE;
    const phase = (row & 1) * 2;
    for (let column = 0; column < rowWords; column++) {
      shorts[from + column] = start.levels[phase | (column & 1)]! - scale.offset;
    }
    const magnitudes = (place.magnitudes >> 1) + row * rowWords - COLUMNS_BESIDE;
    shorts.fill(start.magnitude, magnitudes, magnitudes + rowWords);
  }
  words[RAW_WORD.rows] = band.rows;
  words[RAW_WORD.firstPhase] = band.firstRow & 1;
  words[RAW_WORD.mirrors] = 1;
  words[RAW_WORD.rawBit] = 0;
  words[RAW_WORD.wrong] = 0;
  words[RAW_WORD.counts] = 0;
  words[RAW_WORD.token] = place.tokens;
  words[RAW_WORD.tokensFrom] = place.tokens;
  words[RAW_WORD.words] = place.wordSpace;
}

/** Copies rows of a plane into the memory, `row` rows from the band's first. */
export function putRows(
  { shorts, place, stride }: Bench,
  { samples, width }: SamplePlane,
  rows: { readonly from: number; readonly count: number; readonly at: number },
  offset: number,
): void {
  for (let row = 0; row < rows.count; row++) {
    const source = (rows.from + row) * width;
    const target = (place.samples >> 1) + (rows.at + row) * (stride >> 1);
    if (offset === 0) shorts.set(samples.subarray(source, source + width), target);
    else {
      for (let column = 0; column < width; column++) {
        shorts[target + column] = samples[source + column]! - offset;
      }
    }
  }
}

/** Copies a decoded band out of the memory. */
export function takeRows(
  { shorts, place, stride }: Bench,
  { samples, width }: SamplePlane,
  band: Band,
  offset: number,
): void {
  for (let row = 0; row < band.rows; row++) {
    const source = (place.samples >> 1) + row * (stride >> 1);
    const target = (band.firstRow + row) * width;
    if (offset === 0) samples.set(shorts.subarray(source, source + width), target);
    else {
      for (let column = 0; column < width; column++) {
        samples[target + column] = shorts[source + column]! + offset;
      }
    }
  }
}

/** Where another frame is looked at: its sample at (x + dx, y + dy) belongs to (x, y); both even. */
export interface Shift {
  readonly dx: number;
  readonly dy: number;
}

/** Copies the rows of another frame that belong to a band; beyond its sides the nearest sample of the same colour. */
export function putReference(
  { shorts, place, stride }: Bench,
  reference: SamplePlane,
  band: Band & Shift,
  offset: number,
): void {
  const { samples, width, height } = reference;
  const inside = (at: number, size: number): number => {
    if (at < 0) return at & 1;
    return at < size ? at : size - 2 + ((at - size) & 1);
  };
  const columns = Int32Array.from({ length: width + 2 * COLUMNS_BESIDE }, (_at, index) =>
    inside(index - COLUMNS_BESIDE + band.dx, width & ~1),
  );
  for (let row = -2; row < band.rows + 2; row++) {
    const source = inside(band.firstRow + row + band.dy, height & ~1) * width;
    const target = (place.reference >> 1) + row * (stride >> 1) - COLUMNS_BESIDE;
    for (let index = 0; index < columns.length; index++) {
      shorts[target + index] = samples[source + columns[index]!]! - offset;
    }
  }
}
