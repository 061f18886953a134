import {
  RAW_SPREAD,
  RAW_SYMBOLS,
  RAW_WORD,
  type RawKernel,
  rawKernel,
} from '../../kernels/index.ts';
import { readNumbers } from '../numbers.ts';
import { activityAt } from './activity.ts';
import { type Bench, putReference, putRows, setModel, startBand } from './band-memory.ts';
import { openEncodingBench, type Reference, shiftOfRow } from './encode-samples.ts';
import { formatModel, logsOf } from './format-model.ts';
import { nextEquations, openEquations, solveEquations } from './normal-equations.ts';
import { contextsOf, parseModel, type SampleModel, sharesOf, tablesOf } from './sample-model.ts';
import { type Band, type SamplePlane, scaleOf } from './sample-plane.ts';
import { type TrainedWeights, trainWeights } from './train-weights.ts';

/** A model and its bytes. */
export interface TrainedModel {
  readonly model: SampleModel;
  readonly numbers: Uint8Array;
}

/** Samples that magnitudes and tables are learned from, and those that make an equation. */
const PROBED = 1_500_000;
const EQUATIONS = 200_000;

/** Rows of one probe; the first of them have no magnitudes above. */
const PROBE_ROWS = 16;
const PROBE_REST = 2;

/** Trains a model for a plane, alone or beside another frame. */
export function trainModel(
  plane: SamplePlane,
  reference: Reference | null,
  make: (memoryBytes: number) => RawKernel = rawKernel,
): TrainedModel {
  const scale = scaleOf(plane.bits);
  const trained = trainWeights(plane, reference, make);
  const probes = planProbes(plane);
  const bench = openEncodingBench(plane, probes, { hasReference: reference !== null, make });
  const plain = provisional(trained, reference !== null, scale.errorBits);
  setModel(bench, plain, scale);
  const spreads = trainSpreads(bench, plane, { reference, probes, trained, make });
  setModel(bench, { ...plain, spreads }, scale);
  const counts = countSymbols(bench, plane, reference, probes);
  const tables = logsOf(counts, plain.contexts, scale.errorBits);
  const numbers = formatModel({ ...trained, hasReference: reference !== null, spreads, tables });
  const model = parseModel(readNumbers(numbers), scale.errorBits);
  if (model === null) throw new Error('FieldVault bug: a trained model cannot be read');
  return { model, numbers };
}

/** Runs of rows, evenly spread; the whole plane where it is small. */
function planProbes({ width, height }: SamplePlane): Band[] {
  const wanted = Math.ceil(PROBED / (PROBE_ROWS * width));
  const room = Math.floor((height - 6) / PROBE_ROWS);
  if (room <= wanted) return [{ firstRow: 0, rows: height }];
  return Array.from({ length: wanted }, (_probe, index) => {
    const firstRow = 6 + 2 * Math.floor((index * (height - 6 - PROBE_ROWS)) / wanted / 2);
    return { firstRow, rows: PROBE_ROWS };
  });
}

/** Weights as trained, no foretold magnitudes, tables in which every symbol is as likely as the others. */
function provisional(
  { classes, classOf, sets }: TrainedWeights,
  hasReference: boolean,
  errorBits: number,
): SampleModel {
  const { contexts, tables: count } = contextsOf(errorBits);
  const shares = sharesOf(new Uint8Array(RAW_SYMBOLS).fill(1));
  const filled = tablesOf(Array.from({ length: count }, () => shares));
  const spreads = new Int16Array((classes * RAW_SPREAD.bytes) / 2);
  return { classes, hasReference, classOf, sets, spreads, contexts, ...filled };
}

function scanProbe(
  bench: Bench,
  plane: SamplePlane,
  reference: Reference | null,
  probe: Band,
): void {
  const scale = scaleOf(plane.bits);
  startBand(bench, probe, { levels: [0, 0, 0, 0], magnitude: 64 }, scale);
  const above = Math.min(6, probe.firstRow);
  const rows = { from: probe.firstRow - above, count: probe.rows + above, at: -above };
  putRows(bench, plane, rows, scale.offset);
  if (above > 0) {
    bench.words[RAW_WORD.mirrors] = 0;
    for (let row = -above; row < 0; row++) fillMargins(bench, row);
  }
  if (reference !== null) {
    const shift = shiftOfRow(reference, probe.firstRow);
    putReference(bench, reference.plane, { ...probe, ...shift }, scale.offset);
  }
}

function fillMargins({ shorts, place, stride, size }: Bench, row: number): void {
  const from = (place.samples >> 1) + row * (stride >> 1);
  const end = from + size.width;
  for (let left = 1; left <= 8; left++) shorts[from - left] = shorts[from + (left & 1)]!;
  for (let right = 0; right < 8; right++) shorts[end + right] = shorts[end - 2 + (right & 1)]!;
}

interface Probing {
  readonly reference: Reference | null;
  readonly probes: readonly Band[];
  readonly trained: TrainedWeights;
  readonly make: (memoryBytes: number) => RawKernel;
}

/** Foretells magnitudes from those around, the level and the activity: least squares, each class for itself. */
function trainSpreads(bench: Bench, plane: SamplePlane, probing: Probing): Int16Array {
  const { reference, probes, trained, make } = probing;
  const taps = spreadTaps(bench.stride >> 1);
  const all = openEquations(trained.classes, taps.length + 3, make);
  const scale = scaleOf(plane.bits);
  const total = probes.reduce((sum, { rows }) => sum + rows * plane.width, 0);
  const stepMax = Math.max(1, Math.floor((2 * total) / EQUATIONS) - 1);
  let seed = 777;
  for (const probe of probes) {
    scanProbe(bench, plane, reference, probe);
    bench.kernel.scanBand();
    const { shorts, place, stride } = bench;
    for (let row = PROBE_REST; row < probe.rows; row++) {
      if (probe.firstRow + row < 6) continue;
      const magnitudes = (place.magnitudes >> 1) + row * (stride >> 1);
      const from = (probe.firstRow + row) * plane.width;
      for (let column = 8; column < plane.width - 4; ) {
        const lively = activityAt(plane, from + column, scale);
        const equations = all[trained.classOf[Math.min(4095, lively)]!]!;
        const { batch, filled } = equations;
        let sum = 24;
        for (const to of taps) sum += shorts[magnitudes + column + to]!;
        const weight = 1000 / sum;
        let at = filled;
        for (let tap = 0; tap < taps.length; tap++, at += 64) {
          batch[at] = shorts[magnitudes + column + taps[tap]!]! * weight;
        }
        batch[at] = (levelAt(plane, from + column) >> scale.levelShift) * weight;
        batch[at + 64] = lively * weight;
        batch[at + 128] = 16 * weight;
        batch[at + 192] = shorts[magnitudes + column]! * weight;
        nextEquations(equations, 1);
        seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
        column += 1 + ((seed >>> 16) % stepMax);
      }
    }
  }
  const spreads = new Int16Array((trained.classes * RAW_SPREAD.bytes) / 2);
  all.forEach((equations, kind) => {
    const hasEnough = equations.count > 100;
    const found = hasEnough ? solveEquations(equations, 1e-6) : evenSpread(taps.length);
    putSpread(found, spreads.subarray(kind * 32, kind * 32 + 32));
  });
  return spreads;
}

/** The mean of the magnitudes around: for classes with too few samples. */
function evenSpread(taps: number): Float64Array {
  const found = new Float64Array(taps + 3);
  found.fill(1 / taps, 0, taps);
  return found;
}

function putSpread(found: Float64Array, target: Int16Array): void {
  const limit = (value: number, most: number): number =>
    Math.max(-most, Math.min(most, Math.round(value * 4096)));
  for (let lane = 0; lane < 24; lane++) target[lane] = limit(found[lane]!, 32_767);
  const words = new Int32Array(target.buffer, target.byteOffset, 16);
  words[RAW_SPREAD.level / 4] = limit(found[24]!, 2 ** 15);
  words[RAW_SPREAD.activity / 4] = limit(found[25]!, 2 ** 15);
  words[RAW_SPREAD.bias / 4] = limit(found[26]! * 16, 2 ** 28);
}

function levelAt({ samples, width }: SamplePlane, at: number): number {
  return (samples[at - 2]! + samples[at - 2 * width]!) >> 1;
}

/** Where the magnitudes lie that foretell one, in 16-bit words from it, in the order of the kernel's lanes. */
function spreadTaps(rowWords: number): number[] {
  return RAW_SPREAD.taps.flatMap(({ row, from }) =>
    Array.from({ length: 8 }, (_lane, lane) => row * rowWords + from + lane),
  );
}

function countSymbols(
  bench: Bench,
  plane: SamplePlane,
  reference: Reference | null,
  probes: readonly Band[],
): Uint32Array {
  const { words, bytes, place, size } = bench;
  const counts = new Uint32Array(bytes.buffer, place.counts, size.tables * RAW_SYMBOLS);
  counts.fill(0);
  for (const probe of probes) {
    scanProbe(bench, plane, reference, probe);
    words[RAW_WORD.counts] = place.counts;
    bench.kernel.scanBand();
  }
  return counts.slice();
}
