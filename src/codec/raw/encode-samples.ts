import { RAW_WORD, type RawKernel, rawKernel } from '../../kernels/index.ts';
import {
  type BandStart,
  type Bench,
  openBench,
  putReference,
  putRows,
  type Shift,
  setModel,
  startBand,
} from './band-memory.ts';
import type { CodedBand, CodedPlane } from './decode-samples.ts';
import { contextsOf, type SampleModel } from './sample-model.ts';
import { type Band, planBands, type SamplePlane, scaleOf } from './sample-plane.ts';

/** Another frame of the same size, and where each band looks at it. */
export interface Reference {
  readonly plane: SamplePlane;
  readonly shifts: readonly Shift[];
}

/** Where a row of a plane looks at the other frame. */
export function shiftOfRow({ plane, shifts }: Reference, row: number): Shift {
  const rowsEach = planBands(plane.width, plane.height)[0]!.rows;
  return shifts[Math.min(shifts.length - 1, Math.floor(row / rowsEach))]!;
}

/** Models to choose from, and the frame that the second looks at. */
export interface PlaneModels {
  readonly alone: SampleModel;
  readonly together: { readonly model: SampleModel; readonly reference: Reference } | null;
}

/** Codes all bands of a plane; each looks at the other frame only where that makes it smaller. */
export function encodePlane(
  plane: SamplePlane,
  { alone, together }: PlaneModels,
  make: (memoryBytes: number) => RawKernel = rawKernel,
): CodedPlane {
  const bands = planBands(plane.width, plane.height);
  const bench = openEncodingBench(plane, bands, { hasReference: together !== null, make });
  const coded = bands.map((band): CodedBand => {
    const single = encodeBand(bench, plane, band, { model: alone, reference: null });
    if (together === null) return single;
    const double = encodeBand(bench, plane, band, together);
    return bytesOf(double) < bytesOf(single) ? double : single;
  });
  const isUsed = (hasShift: boolean): boolean =>
    coded.some(({ shift }) => (shift !== null) === hasShift);
  const models = [
    isUsed(false) ? alone : null,
    together !== null && isUsed(true) ? together.model : null,
  ] as const;
  return { bands, coded, models };
}

function bytesOf({ words, raw }: CodedBand): number {
  return words.length + raw.length;
}

/** A bench with room for everything that an encoder needs for the longest of these bands. */
export function openEncodingBench(
  plane: SamplePlane,
  bands: readonly Band[],
  options: { readonly hasReference: boolean; readonly make: (memoryBytes: number) => RawKernel },
): Bench {
  const rowsMax = bands.reduce((most, { rows }) => Math.max(most, rows), 0);
  const samples = rowsMax * plane.width;
  return openBench(
    {
      width: plane.width,
      rowsMax,
      tables: contextsOf(scaleOf(plane.bits).errorBits).tables,
      hasReference: options.hasReference,
      keepsTokens: true,
      // A token writes one word at most; a sample leaves 16 low bits at most.
      wordBytes: samples * 2,
      rawBytes: samples * 2,
    },
    options.make,
  );
}

/** What a band is coded with. */
interface BandModel {
  readonly model: SampleModel;
  readonly reference: Reference | null;
}

function encodeBand(
  bench: Bench,
  plane: SamplePlane,
  band: Band,
  { model, reference }: BandModel,
): CodedBand {
  const { kernel, words, bytes, place, size } = bench;
  const scale = scaleOf(plane.bits);
  const start = startOf(plane, band);
  setModel(bench, model, scale);
  startBand(bench, band, start, scale);
  putRows(bench, plane, { from: band.firstRow, count: band.rows, at: 0 }, scale.offset);
  const shift = reference === null ? null : shiftOfRow(reference, band.firstRow);
  if (reference !== null && shift !== null) {
    putReference(bench, reference.plane, { ...band, ...shift }, scale.offset);
  }
  kernel.scanBand();
  const end = place.wordSpace + size.wordBytes;
  words[RAW_WORD.wordsEnd] = end;
  kernel.emitBand();
  const rawBits = words[RAW_WORD.rawBit]!;
  return {
    start,
    shift,
    states: [0, 1, 2, 3].map((at) => words[RAW_WORD.states + at]! >>> 0),
    words: bytes.slice(words[RAW_WORD.words], end),
    raw: bytes.slice(place.raw, place.raw + ((rawBits + 7) >> 3)),
    rawBits,
  };
}

/** The means of the four colours in the band's first rows; the magnitude is a middling one of the sample's scale. */
function startOf({ samples, width }: SamplePlane, band: Band): BandStart {
  const sums = [0, 0, 0, 0];
  const counts = [0, 0, 0, 0];
  for (let row = 0; row < Math.min(2, band.rows); row++) {
    const from = (band.firstRow + row) * width;
    for (let column = 0; column < width; column++) {
      const phase = (row & 1) * 2 + (column & 1);
      sums[phase]! += samples[from + column]!;
      counts[phase]! += 1;
    }
  }
  const levels = sums.map((sum, phase) => Math.round(sum / Math.max(1, counts[phase]!)));
  return { levels, magnitude: 64 };
}
