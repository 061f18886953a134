import { distanceOf, type FrameTable, gapSeconds, sceneDistance, UNKNOWN } from './frame-table.ts';
import { formatSeconds, openRuns, place, type Series } from './series.ts';
import type { Stream } from './streams.ts';

/** Gaps that the median is taken of: the last ones. */
const GAPS_KEPT = 31;

/** A burst that is being found. */
interface OpenBurst {
  readonly frames: number[];
  readonly sureness: number[];
  /** Seconds between its last frames. */
  readonly gaps: number[];
  /** The first frame of each view it turned to: later ones are compared with the last of these. */
  readonly views: number[];
  /** Bits to the first frame, the most. */
  distanceMax: number;
  /** Joined by the maker's numbers alone. */
  told: number;
}

/** How a frame goes on a burst. */
interface Link {
  /** Null where nothing is known of time: the numbers in the names follow each other. */
  readonly gap: number | null;
  readonly sureness: number;
  readonly isTold: boolean;
  /** Whether it turns to another view. */
  readonly isTurn: boolean;
}

/**
 * Bursts: frames that follow each other by the maker's numbers, or by time and likeness both. Each frame is compared
 * with the first one of its view too, so that no burst wanders from one scene to another. Frames whose look says
 * nothing are left out and break nothing.
 */
export function burstsOf(table: FrameTable, stream: Stream): Series[] {
  const found: Series[] = [];
  const close = (burst: OpenBurst): void => {
    if (burst.frames.length < 2) return;
    place(table, burst.frames);
    found.push(seriesOf(table, burst));
  };
  for (const run of openRuns(table, stream.frames)) {
    let burst: OpenBurst | null = null;
    for (const frame of run) {
      const link: Link | null = burst === null ? null : linkOf(table, burst, frame, stream.isTimed);
      if (burst !== null && link !== null) {
        append(table, burst, frame, link);
        continue;
      }
      if (burst !== null && !isTold(table, frame) && table.isSeen[frame] === 0) continue;
      if (burst !== null) close(burst);
      burst = { frames: [frame], sureness: [1], gaps: [], views: [frame], distanceMax: 0, told: 0 };
    }
    if (burst !== null) close(burst);
  }
  return found;
}

function isTold({ frames }: FrameTable, frame: number): boolean {
  return (frames[frame]!.hint?.sequence ?? null) !== null;
}

function append(table: FrameTable, burst: OpenBurst, frame: number, link: Link): void {
  const distance = distanceOf(table, burst.frames[0]!, frame);
  if (distance !== UNKNOWN) burst.distanceMax = Math.max(burst.distanceMax, distance);
  burst.frames.push(frame);
  burst.sureness.push(link.sureness);
  if (link.isTold) burst.told += 1;
  if (link.isTurn) burst.views.push(frame);
  if (link.gap === null) return;
  burst.gaps.push(link.gap);
  if (burst.gaps.length > GAPS_KEPT) burst.gaps.shift();
}

function linkOf(table: FrameTable, burst: OpenBurst, frame: number, isTimed: boolean): Link | null {
  const before = burst.frames.at(-1)!;
  const gap = gapSeconds(table, before, frame);
  const counted = countedOn(table, before, frame);
  if (counted === false) return null;
  if (counted === true && gap !== null && gap <= table.limits.continuousGapSeconds) {
    return { gap, sureness: 1, isTold: true, isTurn: !isAlike(table, burst, frame) };
  }
  if (!isTimed) return followsByNumber(table, burst, frame);
  return gap === null ? null : followsInTime(table, burst, frame, gap);
}

/** Whether the maker's numbers go on; null where one of the frames has none. */
function countedOn({ frames }: FrameTable, before: number, frame: number): boolean | null {
  const from = frames[before]!.hint?.sequence ?? null;
  const to = frames[frame]!.hint?.sequence ?? null;
  return from === null || to === null ? null : to > from;
}

function followsByNumber(table: FrameTable, burst: OpenBurst, frame: number): Link | null {
  const from = table.frames[burst.frames.at(-1)!]!.fileNumber;
  const to = table.frames[frame]!.fileNumber;
  if (from === null || to === null || to - from > 1) return null;
  return isAlike(table, burst, frame) ? { ...GUESSED, gap: null, sureness: 0.5 } : null;
}

function followsInTime(
  table: FrameTable,
  burst: OpenBurst,
  frame: number,
  gap: number,
): Link | null {
  const { limits } = table;
  const allowed = gapAllowed(table, burst, frame);
  const isTurn = !isAlike(table, burst, frame);
  if (gap <= allowed && (!isTurn || mayTurn(table, burst, frame, gap))) {
    return { ...GUESSED, gap, sureness: surenessOf(gap, allowed), isTurn };
  }
  const before = burst.frames.at(-1)!;
  if (gap > limits.steadyGapSeconds) return null;
  if (sceneDistance(table, before, frame) > limits.steadyDistanceMax) return null;
  // Refocusing changes a view little by little: frames of a focus stack are like their neighbours only.
  const isRefocused = sceneDistance(table, burst.views.at(-1)!, frame) > limits.steadyDistanceMax;
  if (isRefocused && burst.views.length >= limits.burstViewsMax) return null;
  const sureness = surenessOf(gap, limits.steadyGapSeconds) / 2;
  return { ...GUESSED, gap, sureness, isTurn: isRefocused };
}

const GUESSED = { isTold: false, isTurn: false } as const;

/** Whether a frame that is like the one before only is so soon after it that the camera must have been turned. */
function mayTurn(table: FrameTable, burst: OpenBurst, frame: number, gap: number): boolean {
  const { frames, limits } = table;
  const before = burst.frames.at(-1)!;
  return (
    frames[before]!.hasSubSeconds &&
    frames[frame]!.hasSubSeconds &&
    gap <= limits.viewGapSeconds &&
    burst.views.length < limits.burstViewsMax &&
    sceneDistance(table, before, frame) <= limits.burstDistanceMax
  );
}

/** 1 for no gap at all, a half for the longest. */
function surenessOf(gap: number, allowed: number): number {
  return allowed > 0 ? 1 - gap / allowed / 2 : 1;
}

function gapAllowed({ frames, limits }: FrameTable, burst: OpenBurst, frame: number): number {
  const before = frames[burst.frames.at(-1)!]!;
  const after = frames[frame]!;
  const isContinuous = before.hint?.isContinuous === true && after.hint?.isContinuous === true;
  const isCoarse = !before.hasSubSeconds || !after.hasSubSeconds;
  if (isContinuous || isCoarse) return limits.continuousGapSeconds;
  const longer = Math.min(
    limits.burstGapMedians * medianOf(burst.gaps),
    limits.continuousGapSeconds,
  );
  return Math.max(limits.burstGapSeconds, longer);
}

function medianOf(gaps: readonly number[]): number {
  const sorted = gaps.toSorted((left, right) => left - right);
  return sorted[sorted.length >> 1] ?? 0;
}

/** Like the frame before and like the first one of the view. */
function isAlike(table: FrameTable, { frames, views }: OpenBurst, frame: number): boolean {
  const { limits } = table;
  return (
    sceneDistance(table, frames.at(-1)!, frame) <= limits.burstDistanceMax &&
    sceneDistance(table, views.at(-1)!, frame) <= limits.burstDistanceMax
  );
}

function seriesOf(table: FrameTable, { frames, sureness, distanceMax, told }: OpenBurst): Series {
  const count = frames.length;
  const isMakersWord = told === count - 1;
  const span = spanSeconds(table, frames);
  const when = span === null ? 'with consecutive numbers' : `within ${formatSeconds(span)}`;
  const reason = isMakersWord
    ? `The camera numbered these ${count} frames as one series (${table.frames[frames[0]!]!.hint?.from}), taken ${when}.`
    : `${count} frames of one body ${when}, looks at most ${distanceMax} of 256 bits from the first.`;
  return { kind: 'burst', frames, reason, sureness, isMakersWord };
}

function spanSeconds({ frames }: FrameTable, run: readonly number[]): number | null {
  const first = frames[run[0]!]!.takenMs;
  const last = frames[run.at(-1)!]!.takenMs;
  return first === null || last === null ? null : (last - first) / 1000;
}
