import type { SeriesKind } from '../maker-tables.ts';
import { distanceOf, type FrameTable, UNKNOWN } from './frame-table.ts';
import type { Group, GroupKind, GroupMember } from './group-frame.ts';

/** Frames found to belong together, by number, the first one first. */
export interface Series {
  readonly kind: SeriesKind | 'user';
  readonly frames: readonly number[];
  readonly reason: string;
  /** By frame how sure it is that it belongs here apart from likeness, 0 to 1: a maker's word, or nearness in time. */
  readonly sureness: readonly number[];
  /** Whether likeness says nothing about it, because the maker's word does. */
  readonly isMakersWord: boolean;
}

/** Marks the frames of a series: none of them can be part of another. */
export function place({ isPlaced }: FrameTable, frames: readonly number[]): void {
  for (const frame of frames) isPlaced[frame] = 1;
}

/** Runs of frames that have no place yet; a frame that has ends a run. */
export function* openRuns(
  { isPlaced }: FrameTable,
  frames: readonly number[],
): Generator<readonly number[]> {
  let start = 0;
  for (let end = 0; end <= frames.length; end++) {
    if (end < frames.length && isPlaced[frames[end]!] === 0) continue;
    if (end - start >= 2) yield frames.slice(start, end);
    start = end + 1;
  }
}

/** The likeness of two looks as a number: 1 the same, 0 as two unrelated pictures are. */
export function likenessScore(distance: number): number {
  return Math.max(0, 1 - distance / 128);
}

/** The group as it is told: half of a score is likeness to the first frame, half sureness; a maker's word is all. */
export function seriesGroup(table: FrameTable, series: Series): Group {
  const [first = 0] = series.frames;
  const members = series.frames.map((frame, index): GroupMember => {
    const distance = distanceOf(table, first, frame);
    const sureness = series.sureness[index] ?? 0;
    const likeness = distance === UNKNOWN ? 0 : likenessScore(distance);
    const score = series.isMakersWord ? sureness : (sureness + likeness) / 2;
    return memberOf(table, frame, { distance, score: index === 0 ? 1 : score });
  });
  return groupOf(series.kind, members, series.reason);
}

/** A member as it is told; scores have three digits. */
export function memberOf(
  { frames }: FrameTable,
  frame: number,
  { distance, score }: { readonly distance: number; readonly score: number },
): GroupMember {
  return {
    id: frames[frame]!.id,
    distance: distance === UNKNOWN ? null : distance,
    score: rounded(score),
  };
}

/** A group with its id and mean score. */
export function groupOf(kind: GroupKind, members: readonly GroupMember[], reason: string): Group {
  const others = members.slice(1);
  const mean = others.reduce((sum, { score }) => sum + score, 0) / Math.max(1, others.length);
  return { id: `${kind}:${members[0]!.id}`, kind, frames: members, reason, score: rounded(mean) };
}

function rounded(score: number): number {
  return Math.round(Math.min(1, Math.max(0, score)) * 1000) / 1000;
}

/** Seconds as a sentence has them. */
export function formatSeconds(seconds: number): string {
  return `${Number(seconds.toFixed(seconds < 10 ? 2 : 0))} s`;
}
