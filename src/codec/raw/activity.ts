import type { SamplePlane, SampleScale } from './sample-plane.ts';

/** How lively the picture is around a sample with two columns at its left and three rows above: as the kernels see it. */
export function activityAt(
  { samples, width }: SamplePlane,
  at: number,
  { activityShift: shift }: SampleScale,
): number {
  const a = at - width;
  const b = a - width;
  const c = b - width;
  const two = samples[at - 2]!;
  const three = samples[at - 3]!;
  const near = samples[a]!;
  const far = samples[b]!;
  const left =
    apart(two, samples[at - 4]!) +
    apart(three, samples[at - 5]!) +
    apart(two, samples[b - 2]!) +
    apart(three, samples[b - 3]!) +
    apart(far, two);
  return (
    (apart(near, samples[a - 2]!) >> shift) +
    (apart(near, samples[a + 2]!) >> shift) +
    (apart(far, samples[b - 2]!) >> shift) +
    (apart(far, samples[b + 2]!) >> shift) +
    (apart(samples[a - 1]!, samples[c - 1]!) >> shift) +
    (apart(near, samples[c]!) >> shift) +
    (apart(samples[a + 1]!, samples[c + 1]!) >> shift) +
    (left >> shift)
  );
}

function apart(one: number, other: number): number {
  return one < other ? other - one : one - other;
}
