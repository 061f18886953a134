import type { CoefficientPlane } from '../../kernels/index.ts';
import { toFrequencies } from './block-transform.ts';
import { PatchSampler } from './patch-sampler.ts';
import { type PlaneSamples, SAMPLE_UNIT } from './plane-samples.ts';
import {
  KNOT_BITS,
  KNOTS,
  knotLevel,
  type SiblingRecipe,
  TILE,
  tilesOf,
} from './sibling-recipe.ts';

/** What is expected of a coefficient is told up to this, in quarters of a step. */
const SAID_MAX = 8191;

/** Whether another frame's planes lie as those of the picture do: only then it can be a sibling. */
export function isLaidOutLike(
  planes: readonly CoefficientPlane[],
  sibling: readonly PlaneSamples[],
): boolean {
  return (
    planes.length === sibling.length &&
    planes.every(({ blocksWide, blocksHigh, h, v }, index) => {
      const other = sibling[index]!;
      const isLike = other.width === blocksWide * 8 && other.height === blocksHigh * 8;
      return isLike && other.h === h && other.v === v;
    })
  );
}

/**
 * By plane the coefficients that the picture would have if it showed what its sibling shows, in quarters of a step: the
 * sibling's samples through its tone curve, moved by tiles, transformed and divided by the picture's own steps. Sums and
 * products in a fixed order: the same on every machine.
 */
export function expectCoefficients(
  planes: readonly CoefficientPlane[],
  sibling: readonly PlaneSamples[],
  { curves, shifts }: SiblingRecipe,
): Int16Array[] {
  const [first] = planes;
  if (first === undefined) return [];
  const { across } = tilesOf(first.blocksWide * 8, first.blocksHigh * 8);
  return planes.map((plane, index) => {
    const toned = withCurve(sibling[index]!, curves[index]!);
    const scale = { x: first.h / plane.h, y: first.v / plane.v };
    return expectPlane(plane, toned, { shifts, across, scale });
  });
}

/** A plane with its samples changed by a tone curve. */
export function withCurve(plane: PlaneSamples, curve: Int16Array): PlaneSamples {
  const least = knotLevel(0);
  const levels = Int16Array.from({ length: knotLevel(KNOTS - 1) - least }, (_level, place) => {
    const knot = place >> KNOT_BITS;
    const low = curve[knot]!;
    return low + (((place - (knot << KNOT_BITS)) * (curve[knot + 1]! - low)) >> KNOT_BITS);
  });
  const from = plane.samples;
  const samples = new Int16Array(from.length);
  for (let at = 0; at < from.length; at++) {
    samples[at] = levels[Math.max(0, Math.min(levels.length - 1, from[at]! - least))]!;
  }
  return { ...plane, samples };
}

interface Moves {
  readonly shifts: Int16Array;
  readonly across: number;
  /** Samples of the first plane for one of this plane. */
  readonly scale: { readonly x: number; readonly y: number };
}

function expectPlane(
  { blocksWide, blocksHigh, quant }: CoefficientPlane,
  sibling: PlaneSamples,
  { shifts, across, scale }: Moves,
): Int16Array {
  const expected = new Int16Array(blocksWide * blocksHigh * 64);
  const sampler = new PatchSampler(8, 8);
  const frequencies = new Float64Array(64);
  // Nothing is divided twice: what one step is in sixteenths of a sample, for quarters of it.
  const ratios = Float64Array.from(quant, (step) => 4 / (SAMPLE_UNIT * Math.max(step, 1)));
  for (let number = 0; number < blocksWide * blocksHigh; number++) {
    const x = (number % blocksWide) * 8;
    const y = Math.floor(number / blocksWide) * 8;
    const column = Math.floor((x * scale.x) / TILE);
    const tile = 2 * (Math.floor((y * scale.y) / TILE) * across + column);
    sampler.take(sibling, x + shifts[tile]! / (4 * scale.x), y + shifts[tile + 1]! / (4 * scale.y));
    toFrequencies(sampler.patch, frequencies);
    for (let k = 0; k < 64; k++) {
      const value = Math.floor(frequencies[k]! * ratios[k]! + 0.5);
      expected[number * 64 + k] = Math.max(-SAID_MAX, Math.min(SAID_MAX, value));
    }
  }
  return expected;
}
