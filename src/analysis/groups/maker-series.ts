import { type FrameTable, gapSeconds, sceneDistance, stopsOf, UNKNOWN } from './frame-table.ts';
import type { GroupFrame } from './group-frame.ts';
import { openRuns, place, type Series } from './series.ts';
import { BRACKET_FRAMES_MAX } from './steady-series.ts';
import { compareTaken, type Stream } from './streams.ts';

/** Series that the maker names: all frames of one body with one identity, wherever they lie. */
export function identifiedSeries(table: FrameTable): Series[] {
  const { frames, isPlaced, limits } = table;
  const identities = new Map<string, number[]>();
  for (const [index, { hint, body }] of frames.entries()) {
    if (hint === null || hint.id === null || isPlaced[index] === 1) continue;
    const key = `${body}\n${hint.kind}\n${hint.id}`;
    const list = identities.get(key);
    if (list === undefined) identities.set(key, [index]);
    else list.push(index);
  }
  const found: Series[] = [];
  for (const list of identities.values()) {
    list.sort((left, right) => compareTaken(frames[left]!, frames[right]!));
    for (const run of split(list, (before, after) => {
      const gap = gapSeconds(table, before, after);
      return gap === null || gap <= limits.identityGapSeconds;
    })) {
      // Also a frame whose siblings are gone: the maker's word says that it belongs to nothing else.
      place(table, run);
      const hint = frames[run[0]!]!.hint;
      if (run.length < 2 || hint === null) continue;
      const kind = hint.kind ?? 'burst';
      const reason = `The camera itself gave these ${run.length} frames one identity (${hint.from}).`;
      found.push({ kind, frames: run, reason, sureness: run.map(() => 1), isMakersWord: true });
    }
  }
  return found;
}

/** Brackets, focus stacks, panoramas and pixel shift that the maker tells frame by frame. */
export function toldSeries(table: FrameTable, { frames, isTimed }: Stream): Series[] {
  if (!isTimed) return [];
  const found: Series[] = [];
  for (const run of openRuns(table, frames)) {
    for (const list of splitTold(table, run)) {
      const hint = table.frames[list[0]!]!.hint;
      if (list.length < 2 || hint === null || hint.kind === null || hint.kind === 'burst') continue;
      place(table, list);
      const reason = `The camera says of each of these ${list.length} frames that it is one of a ${WORDS[hint.kind]} (${hint.from}), and they follow each other.`;
      found.push({
        kind: hint.kind,
        frames: list,
        reason,
        sureness: list.map(() => 1),
        isMakersWord: true,
      });
    }
  }
  return found;
}

const WORDS = {
  bracket: 'bracket',
  'focus-stack': 'focus stack',
  panorama: 'panorama',
  'pixel-shift': 'pixel shift series',
} as const;

function splitTold(table: FrameTable, run: readonly number[]): number[][] {
  const lists: number[][] = [];
  let open: number[] = [];
  for (const frame of run) {
    if (open.length > 0 && goesOn(table, open, frame)) {
      open.push(frame);
      continue;
    }
    if (open.length > 0) lists.push(open);
    open = [frame];
  }
  if (open.length > 0) lists.push(open);
  return lists;
}

function goesOn(table: FrameTable, open: readonly number[], frame: number): boolean {
  const { frames, limits } = table;
  const first = frames[open[0]!]!;
  const before = frames[open.at(-1)!]!;
  const after = frames[frame]!;
  const kind = first.hint?.kind ?? null;
  if (kind === null || kind === 'burst' || after.hint?.kind !== kind) return false;
  const gap = gapSeconds(table, open.at(-1)!, frame);
  if (gap === null || gap > limits.seriesGapSeconds) return false;
  if (first.hint?.length !== null && open.length >= (first.hint?.length ?? 0)) return false;
  const from = before.hint?.sequence ?? null;
  const to = after.hint?.sequence ?? null;
  if (from !== null && to !== null) return to > from;
  if (kind === 'bracket' && open.length >= BRACKET_FRAMES_MAX) return false;
  // Without numbers only the pictures and settings tell where one series ends and the next begins.
  if (
    kind === 'bracket' &&
    beginsAnew(
      open.map((one) => frames[one]!),
      after,
      limits.sameExposureStops,
    )
  )
    return false;
  if (kind === 'panorama') return true;
  const distance = sceneDistance(table, open[0]!, frame);
  return distance === UNKNOWN || distance <= limits.bracketDistanceMax;
}

/** Whether a bracket of exposures has this exposure already. */
function beginsAnew(open: readonly GroupFrame[], frame: GroupFrame, same: number): boolean {
  const stops = stopsOf(frame);
  const known = open.map(stopsOf);
  if (stops === null || known.some((one) => one === null)) return false;
  const apart = (one: number | null, other: number | null): number =>
    Math.abs((one ?? 0) - (other ?? 0));
  const isOfExposures = known.some((one) => apart(one, known[0] ?? 0) > same);
  return isOfExposures && known.some((one) => apart(one, stops) <= same);
}

/** Parts a list wherever two neighbours do not belong together. */
export function split(
  list: readonly number[],
  belong: (before: number, after: number) => boolean,
): number[][] {
  const runs: number[][] = [];
  for (const frame of list) {
    const open = runs.at(-1);
    if (open !== undefined && belong(open.at(-1)!, frame)) open.push(frame);
    else runs.push([frame]);
  }
  return runs;
}
