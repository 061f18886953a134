import type { Group, GroupFrame } from '../src/analysis/index.ts';

/** What many tools do: frames of one body that follow each other within so many seconds are a group. */
export function groupByTime(frames: readonly GroupFrame[], gapSecondsMax: number): Group[] {
  const sorted = frames
    .filter(({ body, takenMs }) => body !== null && takenMs !== null)
    .toSorted((left, right) => compare(left.body, right.body) || timeOf(left) - timeOf(right));
  const groups: GroupFrame[][] = [];
  for (const frame of sorted) {
    const before = groups.at(-1)?.at(-1);
    const follows =
      before?.body === frame.body && timeOf(frame) - timeOf(before) <= gapSecondsMax * 1000;
    if (follows) groups.at(-1)?.push(frame);
    else groups.push([frame]);
  }
  return groups.filter((group) => group.length > 1).map(asGroup);
}

/** What duplicate finders do: each frame joins the first group whose first frame looks like it. */
export function groupByLikeness(frames: readonly GroupFrame[], distanceMax: number): Group[] {
  const groups: { readonly bits: bigint; readonly frames: GroupFrame[] }[] = [];
  for (const frame of frames) {
    if (frame.fingerprint === null) continue;
    const bits = BigInt(`0x${frame.fingerprint}`);
    const group = groups.find((one) => onesOf(one.bits ^ bits) <= distanceMax);
    if (group === undefined) groups.push({ bits, frames: [frame] });
    else group.frames.push(frame);
  }
  return groups
    .map((group) => group.frames)
    .filter((group) => group.length > 1)
    .map(asGroup);
}

function asGroup(frames: readonly GroupFrame[]): Group {
  return {
    id: frames[0]?.id ?? '',
    kind: 'burst',
    frames: frames.map(({ id }) => ({ id, distance: null, score: 1 })),
    reason: 'A baseline.',
    score: 1,
  };
}

function timeOf({ takenMs }: GroupFrame): number {
  return takenMs ?? 0;
}

function compare(left: string | null, right: string | null): number {
  return (left ?? '') < (right ?? '') ? -1 : Number(left !== right);
}

function onesOf(bits: bigint): number {
  return bits.toString(2).replaceAll('0', '').length;
}
