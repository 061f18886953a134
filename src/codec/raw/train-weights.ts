import { RAW_SET, type RawKernel } from '../../kernels/index.ts';
import { activityAt } from './activity.ts';
import type { Shift } from './band-memory.ts';
import { type Reference, shiftOfRow } from './encode-samples.ts';
import { BATCH, nextEquations, openEquations, solveEquations } from './normal-equations.ts';
import { ACTIVITIES, WEIGHT_STEP } from './sample-model.ts';
import { type SamplePlane, type SampleScale, scaleOf } from './sample-plane.ts';
import { setBytesOf, type Tap, tapsOf } from './taps.ts';

/** Samples that the weights are trained on. */
const TRAINED_MAX = 400_000;

/** Samples for one more class of activity: below, a class's weights cost more than they give. */
const CLASS_SAMPLES = 300_000;

/** Value of the column for the bias: in the order of the others, so that the ridge treats it alike. */
const BIAS_COLUMN = 8;

/** The prediction's part of a model. */
export interface TrainedWeights {
  readonly classes: number;
  /** The first activity of each class but the first. */
  readonly limits: readonly number[];
  readonly classOf: Uint8Array;
  readonly sets: Int16Array;
}

/** Finds the weights of least squares, for each phase and class, from a spread of samples of the plane. */
export function trainWeights(
  plane: SamplePlane,
  reference: Reference | null,
  make: (memoryBytes: number) => RawKernel,
): TrainedWeights {
  const scale = scaleOf(plane.bits);
  const chosen = chooseSamples(plane, scale, reference);
  const classesMax = Math.round(Math.min(16, (plane.width * plane.height) / CLASS_SAMPLES));
  const classes = Math.max(1, classesMax);
  const limits = limitsOf(chosen.activities, classes);
  const classOf = new Uint8Array(ACTIVITIES);
  limits.forEach((limit, index) => {
    classOf.fill(index + 1, limit);
  });
  const hasReference = reference !== null;
  const taps = tapsOf(hasReference);
  const equations = openEquations(1, taps.length + 1, make)[0]!;
  const gather = gathererOf(plane, reference, taps);
  const size = setBytesOf(hasReference) / 2;
  const sets = new Int16Array(4 * classes * size);
  const groups = groupOf(plane, chosen, { classOf, classes });
  groups.forEach((members, set) => {
    for (let from = 0; from < members.length; from += BATCH) {
      const batch = members.subarray(from, from + BATCH);
      gather(equations.batch, chosen, batch);
      nextEquations(equations, batch.length);
    }
    const weights = solveEquations(equations, 1e-5);
    quantise(weights, taps, sets.subarray(set * size, (set + 1) * size));
  });
  return { classes, limits, classOf, sets };
}

interface Chosen {
  readonly places: Uint32Array;
  readonly activities: Uint16Array;
}

/** Samples with all neighbours, spread evenly with a little chance. */
function chooseSamples(
  plane: SamplePlane,
  scale: SampleScale,
  reference: Reference | null,
): Chosen {
  const { width, height } = plane;
  const room = Math.min(width * height, TRAINED_MAX * 2);
  const places = new Uint32Array(room);
  const activities = new Uint16Array(room);
  const stepMax = Math.max(1, Math.floor((2 * width * height) / TRAINED_MAX) - 1);
  const farthest = (pick: (shift: Shift) => number): number =>
    (reference?.shifts ?? []).reduce((most, shift) => Math.max(most, Math.abs(pick(shift))), 0) + 4;
  const dx = farthest((shift) => shift.dx);
  const dy = farthest((shift) => shift.dy);
  let count = 0;
  let seed = 12345;
  for (let row = Math.max(6, dy); row < height - (reference === null ? 0 : dy); row++) {
    let column = Math.max(8, dx);
    while (column < width - Math.max(7, dx) && count < places.length) {
      places[count] = row * width + column;
      activities[count] = Math.min(4095, activityAt(plane, row * width + column, scale));
      count += 1;
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      column += 1 + ((seed >>> 16) % stepMax);
    }
  }
  return { places: places.subarray(0, count), activities: activities.subarray(0, count) };
}

/** Activities that part the samples into classes of equal size. */
function limitsOf(activities: Uint16Array, classes: number): number[] {
  const counts = new Uint32Array(ACTIVITIES);
  for (const activity of activities) counts[activity]! += 1;
  const limits: number[] = [];
  let sum = 0;
  for (let activity = 0; activity < ACTIVITIES && limits.length < classes - 1; activity++) {
    sum += counts[activity]!;
    while (sum * classes >= activities.length * (limits.length + 1)) {
      if (limits.length === classes - 1) break;
      limits.push(activity + 1);
    }
  }
  while (limits.length < classes - 1) limits.push(ACTIVITIES);
  return limits;
}

function groupOf(
  { width }: SamplePlane,
  { places, activities }: Chosen,
  { classOf, classes }: { readonly classOf: Uint8Array; readonly classes: number },
): Uint32Array[] {
  const setOf = (member: number): number => {
    const place = places[member]!;
    const phase = ((Math.floor(place / width) & 1) << 1) | ((place % width) & 1);
    return phase * classes + classOf[activities[member]!]!;
  };
  const counts = new Uint32Array(4 * classes);
  for (let member = 0; member < places.length; member++) counts[setOf(member)]! += 1;
  const groups = [...counts].map((count) => new Uint32Array(count));
  counts.fill(0);
  for (let member = 0; member < places.length; member++) {
    const set = setOf(member);
    groups[set]![counts[set]!++] = member;
  }
  return groups;
}

type Gather = (batch: Float32Array, chosen: Chosen, members: Uint32Array) => void;

/**
 * Puts the equations of some samples into a batch, tap by tap: neighbours against a local mean, all times a weight that
 * falls with the activity.
 */
function gathererOf(
  { samples, width, height }: SamplePlane,
  reference: Reference | null,
  taps: readonly Tap[],
): Gather {
  const own = taps.filter(({ isReference }) => !isReference).length;
  const others = reference?.plane.samples ?? samples;
  const shifts = Int32Array.from({ length: reference === null ? 0 : height }, (_shift, row) => {
    const { dx, dy } = shiftOfRow(reference!, row);
    return dy * width + dx;
  });
  const places = new Int32Array(BATCH);
  const there = new Int32Array(BATCH);
  const weights = new Float64Array(BATCH);
  const means = new Float64Array(BATCH);
  const otherMeans = new Float64Array(BATCH);
  const putColumn = (
    column: Float32Array,
    from: { readonly values: Uint16Array; readonly at: Int32Array; readonly means: Float64Array },
    to: number,
  ): void => {
    for (let index = 0; index < column.length; index++) {
      column[index] = (from.values[from.at[index]! + to]! - from.means[index]!) * weights[index]!;
    }
  };
  return (batch, chosen, members) => {
    for (let index = 0; index < members.length; index++) {
      const member = members[index]!;
      const place = chosen.places[member]!;
      const other = place + (shifts[Math.floor(place / width)] ?? 0);
      const lively = chosen.activities[member]! / 12;
      places[index] = place;
      there[index] = other;
      weights[index] = Math.sqrt(1 / (lively * lively + 2));
      means[index] = (samples[place - 2]! + samples[place - 2 * width]!) / 2;
      otherMeans[index] = (others[other - 2]! + others[other - 2 * width]!) / 2;
    }
    const columnOf = (column: number): Float32Array =>
      batch.subarray(column * BATCH, column * BATCH + members.length);
    const here = { values: samples, at: places, means };
    const beside = { values: others, at: there, means: otherMeans };
    for (let tap = 0; tap < taps.length; tap++) {
      const { row, column } = taps[tap]!;
      putColumn(columnOf(tap), tap < own ? here : beside, row * width + column);
    }
    const bias = columnOf(taps.length);
    for (let index = 0; index < bias.length; index++) bias[index] = BIAS_COLUMN * weights[index]!;
    putColumn(columnOf(taps.length + 1), here, 0);
  };
}

/**
 * Makes whole numbers of weights. What rounding takes from one goes to the next of the same colour: a sum that is off
 * would count with the whole level of the signal.
 */
function quantise(found: Float64Array, taps: readonly Tap[], set: Int16Array): void {
  const one = 1 << RAW_SET.weightBits;
  const sums = [0, 0];
  taps.forEach(({ isReference }, index) => {
    sums[isReference ? 1 : 0]! += found[index]!;
  });
  const owed = new Float64Array(8);
  taps.forEach(({ lane, row, column, isReference }, index) => {
    const isMean = (row === 0 && column === -2) || (row === -2 && column === 0);
    const share = isReference ? -sums[1]! / 2 : (1 - sums[0]!) / 2;
    const colour = (isReference ? 4 : 0) + (row & 1) * 2 + (column & 1);
    const wanted = (found[index]! + (isMean ? share : 0)) * one + owed[colour]!;
    const steps = Math.round(wanted / WEIGHT_STEP);
    const most = Math.floor(32_767 / WEIGHT_STEP);
    const value = Math.max(-most, Math.min(most, steps)) * WEIGHT_STEP;
    owed[colour] = wanted - value;
    set[lane] = value;
  });
  const bias = Math.round(found[taps.length]! * BIAS_COLUMN * one);
  const words = new Int32Array(set.buffer, set.byteOffset, set.length / 2);
  words[RAW_SET.bias / 4] = Math.max(-(2 ** 30), Math.min(2 ** 30, bias));
}
