import { distanceOf, type FrameTable } from './frame-table.ts';
import type { GroupFrame } from './group-frame.ts';
import { type NearFrame, openNearIndex } from './near-index.ts';
import { mayBeSameShot, secondOf, splitBody } from './same-shot.ts';

/** One shot, and the other files that show it. */
export interface ShotCopies {
  readonly original: number;
  readonly copies: readonly NearFrame[];
}

/** More frames of one second than this are looked up instead of compared with each other. */
const COMPARED_MAX = 256;

/**
 * Finds copies, edits and resizes. Each file is a copy of the nearest better file that may show the same shot and is
 * itself no copy: nothing is joined over a third file. Two shots of one camera are never copies of each other, however
 * alike they look. Copies are marked as placed, so that no series takes them.
 */
export function findCopies(table: FrameTable): ShotCopies[] {
  const candidates = candidatesOf(table);
  const { seconds, loose } = partByTime(table, candidates);
  const copies = new Map<number, NearFrame[]>();
  const isCopy = new Uint8Array(table.frames.length);
  const keep = (frame: number, near: NearFrame): void => {
    isCopy[frame] = 1;
    const list = copies.get(near.frame) ?? [];
    list.push({ frame, distance: near.distance });
    copies.set(near.frame, list);
  };
  for (const second of seconds) {
    const originals: number[] = [];
    for (const frame of second) {
      const near = nearestOf(table, frame, originals);
      if (near === null) originals.push(frame);
      else keep(frame, near);
    }
  }
  if (loose.size > 0) {
    const index = openNearIndex(table, table.limits.lookAlikeDistanceMax);
    for (const frame of candidates) {
      if (isCopy[frame] === 1) continue;
      const near = loose.has(frame)
        ? index.nearest(frame, (other) => mayBeSameShot(table.frames[frame]!, table.frames[other]!))
        : null;
      if (near === null) index.add(frame);
      else keep(frame, near);
    }
  }
  for (let frame = 0; frame < isCopy.length; frame++) {
    if (isCopy[frame] === 1) table.isPlaced[frame] = 1;
  }
  return [...copies].map(([original, list]) => ({ original, copies: list }));
}

/** All frames with a look, the likelier originals first; a total order, so that the result does not depend on theirs. */
function candidatesOf({ frames, isSeen, isPlaced }: FrameTable): number[] {
  const candidates: number[] = [];
  for (let frame = 0; frame < frames.length; frame++) {
    if (isSeen[frame] === 1 && isPlaced[frame] === 0) candidates.push(frame);
  }
  const ranks = Float64Array.from(frames, rankOf);
  return candidates.sort(
    (left, right) =>
      ranks[right]! - ranks[left]! || compareTexts(frames[left]!.id, frames[right]!.id),
  );
}

/** What a camera wrote itself knows most: body and time, maker notes, exposure; then the larger picture. */
function rankOf({
  body,
  takenMs,
  hint,
  hasSubSeconds,
  shutterSeconds,
  ...frame
}: GroupFrame): number {
  const claims = [
    body !== null && takenMs !== null,
    hint !== null,
    hasSubSeconds,
    shutterSeconds !== null,
  ];
  const known = claims.reduce((sum, claim) => sum * 2 + Number(claim), 0);
  return known * 2 ** 40 + (frame.width ?? 0) * (frame.height ?? 0);
}

/** Code unit order: the same everywhere. */
export function compareTexts(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Frames that can only be copies of frames of their own second, and those that may be copies of any. */
function partByTime(
  { frames }: FrameTable,
  candidates: readonly number[],
): { readonly seconds: readonly (readonly number[])[]; readonly loose: ReadonlySet<number> } {
  const seconds = new Map<string, number[]>();
  const loose = new Set<number>();
  for (const frame of candidates) {
    const { body, takenMs } = frames[frame]!;
    if (body === null || takenMs === null) {
      loose.add(frame);
      continue;
    }
    const key = `${secondOf(takenMs)}|${splitBody(body)[0]}`;
    const list = seconds.get(key);
    if (list === undefined) seconds.set(key, [frame]);
    else list.push(frame);
  }
  const small: number[][] = [];
  for (const list of seconds.values()) {
    if (list.length > COMPARED_MAX) for (const frame of list) loose.add(frame);
    else if (list.length > 1) small.push(list);
  }
  return { seconds: small, loose };
}

function nearestOf(
  table: FrameTable,
  frame: number,
  originals: readonly number[],
): NearFrame | null {
  const { frames, limits } = table;
  let best: NearFrame | null = null;
  for (const other of originals) {
    if (!mayBeSameShot(frames[frame]!, frames[other]!)) continue;
    const distance = distanceOf(table, frame, other);
    if (distance > limits.lookAlikeDistanceMax) continue;
    if (best === null || distance < best.distance) best = { frame: other, distance };
  }
  return best;
}
