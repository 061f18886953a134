import { RAW_WORD, type RawKernel, rawKernel } from '../../kernels/index.ts';
import {
  type BandStart,
  type Bench,
  openBench,
  putReference,
  type Shift,
  setModel,
  startBand,
  takeRows,
} from './band-memory.ts';
import type { SampleModel } from './sample-model.ts';
import { type Band, type SamplePlane, scaleOf } from './sample-plane.ts';

/** One coded band: how it starts, and its two streams. */
export interface CodedBand {
  readonly start: BandStart;
  /** The other frame's place; null where the band does not look at it. */
  readonly shift: Shift | null;
  readonly states: readonly number[];
  readonly words: Uint8Array;
  readonly raw: Uint8Array;
  readonly rawBits: number;
}

/** All of a coded plane. */
export interface CodedPlane {
  readonly bands: readonly Band[];
  readonly coded: readonly CodedBand[];
  /** For bands alone and for bands that look at another frame; null where no band is of that kind. */
  readonly models: readonly [SampleModel | null, SampleModel | null];
}

/** The state of the coder before the first token was written. */
const FIRST_STATE = 65_536;

/**
 * Decodes all bands into a plane. False where the streams do not end as they were written: they are damaged, or the
 * other frame is not the one they were coded with.
 */
export function decodePlane(
  plane: SamplePlane,
  source: CodedPlane,
  reference: SamplePlane | null,
  make: (memoryBytes: number) => RawKernel = rawKernel,
): boolean {
  const longest = (pick: (band: CodedBand) => number): number =>
    source.coded.reduce((most, band) => Math.max(most, pick(band)), 0);
  const [alone, together] = source.models;
  const tables = (alone ?? together)!.lookup.length >> 9;
  const bench = openBench(
    {
      width: plane.width,
      rowsMax: source.bands.reduce((most, { rows }) => Math.max(most, rows), 0),
      tables,
      hasReference: together !== null,
      keepsTokens: false,
      wordBytes: longest(({ words }) => words.length),
      rawBytes: longest(({ raw }) => raw.length),
    },
    make,
  );
  const scale = scaleOf(plane.bits);
  let current: SampleModel | null = null;
  return source.bands.every((band, index) => {
    const coded = source.coded[index]!;
    const model = coded.shift === null ? alone : together;
    if (model === null || (coded.shift !== null && reference === null)) return false;
    if (model !== current) setModel(bench, model, scale);
    current = model;
    startBand(bench, band, coded.start, scale);
    if (coded.shift !== null && reference !== null) {
      putReference(bench, reference, { ...band, ...coded.shift }, scale.offset);
    }
    if (!decodeBand(bench, coded)) return false;
    takeRows(bench, plane, band, scale.offset);
    return true;
  });
}

function decodeBand({ kernel, words, bytes, place }: Bench, coded: CodedBand): boolean {
  bytes.set(coded.words, place.wordSpace);
  bytes.fill(0, place.wordSpace + coded.words.length, place.raw);
  bytes.set(coded.raw, place.raw);
  bytes.fill(0, place.raw + coded.raw.length, place.bytes);
  words[RAW_WORD.wordsEnd] = place.wordSpace + coded.words.length;
  words[RAW_WORD.rawBitEnd] = coded.rawBits;
  words.set(coded.states, RAW_WORD.states);
  kernel.decodeBand();
  return (
    words[RAW_WORD.wrong]! >= 0 &&
    words[RAW_WORD.words] === words[RAW_WORD.wordsEnd] &&
    words[RAW_WORD.rawBit] === coded.rawBits &&
    [0, 1, 2, 3].every((at) => words[RAW_WORD.states + at] === FIRST_STATE)
  );
}
