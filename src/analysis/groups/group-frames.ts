import { burstsOf } from './bursts.ts';
import { type FrameTable, frameTable } from './frame-table.ts';
import type { Group, GroupFrame } from './group-frame.ts';
import type { GroupOptions } from './group-options.ts';
import { compareTexts, findCopies, type ShotCopies } from './look-alikes.ts';
import { identifiedSeries, toldSeries } from './maker-series.ts';
import { panoramasOf } from './panoramas.ts';
import { groupOf, likenessScore, memberOf, place, seriesGroup } from './series.ts';
import { steadySeries } from './steady-series.ts';
import { compareTaken, streamsOf } from './streams.ts';

/**
 * Groups frames that belong together. In this order, each frame in at most one series: a person's own groups; copies
 * and edits, which no series takes; identities that makers wrote; series that makers told frame by frame; brackets
 * and focus stacks by their settings; panoramas; bursts by time and likeness together. A shot with copies is in a
 * group of look-alikes and may besides be in a series.
 *
 * The order of the frames does not matter. Takes time and memory in proportion to the frames (some 0.5 kB each), apart
 * from files without body or time: each of these is looked up among all, which takes longer the more there are.
 *
 * Never deletes, never says that a picture is not needed: a group is a proposal with a reason and a score.
 */
export function groupFrames(frames: readonly GroupFrame[], options: GroupOptions = {}): Group[] {
  const table = frameTable(frames, options);
  const groups = userGroups(table);
  for (const copies of findCopies(table)) groups.push(copiesGroup(table, copies));
  for (const series of identifiedSeries(table)) groups.push(seriesGroup(table, series));
  for (const stream of streamsOf(table)) {
    for (const find of [toldSeries, steadySeries, panoramasOf, burstsOf]) {
      for (const series of find(table, stream)) groups.push(seriesGroup(table, series));
    }
  }
  return inOrder(frames, groups);
}

/** What a person grouped stays as it is, also where it is a single frame. */
function userGroups(table: FrameTable): Group[] {
  const byName = new Map<string, number[]>();
  for (const [index, { userGroup }] of table.frames.entries()) {
    if (userGroup === null) continue;
    const list = byName.get(userGroup);
    if (list === undefined) byName.set(userGroup, [index]);
    else list.push(index);
  }
  return [...byName].map(([name, list]) => {
    place(table, list);
    list.sort((left, right) => compareTaken(table.frames[left]!, table.frames[right]!));
    const sureness = list.map(() => 1);
    const reason = 'A person put these frames together.';
    const series = { kind: 'user', frames: list, reason, sureness, isMakersWord: true } as const;
    return { ...seriesGroup(table, series), id: `user:${name}` };
  });
}

function copiesGroup(table: FrameTable, { original, copies }: ShotCopies): Group {
  const first = memberOf(table, original, { distance: 0, score: 1 });
  const others = copies
    .map(({ frame, distance }) =>
      memberOf(table, frame, { distance, score: likenessScore(distance) }),
    )
    .sort((left, right) => compareTexts(left.id, right.id));
  const most = copies.reduce((far, { distance }) => Math.max(far, distance), 0);
  const reason = `${copies.length + 1} files that may all show one shot, at most ${most} of 256 bits from the first.`;
  return groupOf('look-alikes', [first, ...others], reason);
}

/** By the time of the first frame, then by id. */
function inOrder(frames: readonly GroupFrame[], groups: readonly Group[]): Group[] {
  const times = new Map(frames.map(({ id, takenMs }) => [id, takenMs ?? Number.MAX_VALUE]));
  const timeOf = ({ frames: [first] }: Group): number => times.get(first?.id ?? '') ?? 0;
  return groups.toSorted(
    (left, right) => timeOf(left) - timeOf(right) || compareTexts(left.id, right.id),
  );
}
