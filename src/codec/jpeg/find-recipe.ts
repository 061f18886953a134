import { withCurve } from './expect-coefficients.ts';
import { findShifts } from './find-shifts.ts';
import { type PlaneSamples, SAMPLE_UNIT } from './plane-samples.ts';
import { KNOTS, knotLevel, type SiblingRecipe } from './sibling-recipe.ts';

/** Finds how a sibling becomes like a picture of the same layout: as bright, and shifted so that both show the same. */
export function findRecipe(
  picture: readonly PlaneSamples[],
  sibling: readonly PlaneSamples[],
): SiblingRecipe {
  const curves = picture.map(({ samples }, index) =>
    curveBetween(sibling[index]!.samples, samples),
  );
  const toned = withCurve(sibling[0]!, curves[0]!);
  return { curves, shifts: findShifts(picture[0]!, toned) };
}

/** By knot the level of `to` below which lies the same share of samples as below the knot in `from`. */
function curveBetween(from: Int16Array, to: Int16Array): Int16Array {
  const below = countBelow(from);
  const wanted = countBelow(to);
  let level = 0;
  return Int16Array.from({ length: KNOTS }, (_level, knot) => {
    const count = below[knot * 8]!;
    while (level < 255 && wanted[level + 1]! < count) level += 1;
    const width = wanted[level + 1]! - wanted[level]!;
    const part = width > 0 ? Math.max(0, Math.min(1, (count - wanted[level]!) / width)) : 0;
    return knotLevel(0) + Math.round((level + part) * SAMPLE_UNIT);
  });
}

/** Samples of a plane that are counted, about. */
const COUNTED = 1_048_576;

/** By grey level 0 to 256 how many samples are below it. */
function countBelow(samples: Int16Array): Uint32Array {
  const below = new Uint32Array(257);
  const every = Math.max(1, Math.floor(samples.length / COUNTED));
  for (let at = 0; at < samples.length; at += every) {
    const level = (samples[at]! - knotLevel(0)) >> 4;
    below[Math.max(0, Math.min(255, level)) + 1]! += 1;
  }
  for (let level = 1; level <= 256; level++) below[level]! += below[level - 1]!;
  return below;
}
