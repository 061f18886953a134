import { type FrameTable, gapSeconds, sceneDistance, stopsOf } from './frame-table.ts';
import { openRuns, place, type Series } from './series.ts';
import type { Stream } from './streams.ts';

/** More frames than this are no bracket that a camera offers (Nikon, Pentax: 9; Magic Lantern: more, by script). */
export const BRACKET_FRAMES_MAX = 15;
/** Frames of one focus stack at most (OM System: 999). */
const FOCUS_FRAMES_MAX = 1000;

/** Exposure brackets and focus stacks that nobody marked: found in exposures and focus distances of one scene. */
export function steadySeries(table: FrameTable, { frames, isTimed }: Stream): Series[] {
  if (!isTimed) return [];
  const found: Series[] = [];
  for (const run of openRuns(table, frames)) {
    let from = 0;
    while (from < run.length) {
      const series = bracketAt(table, run, from) ?? focusStackAt(table, run, from);
      if (series === null) {
        from += 1;
        continue;
      }
      place(table, series.frames);
      found.push(series);
      from += series.frames.length;
    }
  }
  return found;
}

function bracketAt(table: FrameTable, run: readonly number[], from: number): Series | null {
  const { limits } = table;
  const frames: number[] = [];
  const stops: number[] = [];
  for (const frame of run.slice(from, from + BRACKET_FRAMES_MAX)) {
    const here = stopsOf(table.frames[frame]!);
    if (here === null || isToldOtherwise(table, frame)) break;
    if (stops.some((one) => Math.abs(one - here) < limits.bracketStepStops)) break;
    if (frames.length > 0) {
      const { bracketGapSeconds: gapMax, bracketDistanceMax: distanceMax } = limits;
      // Six stops apart one scene looks like two: each exposure is compared with the nearest one.
      const like = frames[nearestIndex(stops, here)]!;
      if (!follows(table, frames.at(-1)!, frame, { gapMax, like, distanceMax })) break;
    }
    frames.push(frame);
    stops.push(here);
  }
  for (let count = frames.length; count >= Math.max(2, limits.seriesFramesMin); count--) {
    const steps = stepsOf(stops.slice(0, count));
    if (Math.max(...steps) - Math.min(...steps) > limits.stepToleranceStops) continue;
    const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
    const reason = `${count} exposures of one scene, ${mean.toFixed(1)} stops apart, follow each other.`;
    return found('bracket', frames.slice(0, count), reason);
  }
  return null;
}

function nearestIndex(stops: readonly number[], here: number): number {
  let nearest = 0;
  for (const [index, stop] of stops.entries()) {
    if (Math.abs(stop - here) < Math.abs(stops[nearest]! - here)) nearest = index;
  }
  return nearest;
}

function stepsOf(stops: readonly number[]): number[] {
  const sorted = stops.toSorted((left, right) => left - right);
  return sorted.slice(1).map((stop, index) => stop - sorted[index]!);
}

function focusStackAt(table: FrameTable, run: readonly number[], from: number): Series | null {
  const { limits } = table;
  const frames: number[] = [];
  let direction = 0;
  for (let at = from; at < Math.min(run.length, from + FOCUS_FRAMES_MAX); at++) {
    const frame = run[at]!;
    const { focusDistance, hint } = table.frames[frame]!;
    if (focusDistance === null || hint?.isContinuous === true || isToldOtherwise(table, frame))
      break;
    const before = frames.at(-1);
    if (before !== undefined) {
      const step = Math.sign(
        focusDistance - (table.frames[before]!.focusDistance ?? focusDistance),
      );
      if (step === 0 || (direction !== 0 && step !== direction)) break;
      const { focusGapSeconds: gapMax, burstDistanceMax: distanceMax } = limits;
      if (!follows(table, before, frame, { gapMax, like: frames[0]!, distanceMax })) break;
      if (!areExposedAlike(table, frames[0]!, frame)) break;
      direction = step;
    }
    frames.push(frame);
  }
  if (frames.length < Math.max(2, limits.seriesFramesMin)) return null;
  const way = direction > 0 ? 'farther' : 'nearer';
  const reason = `${frames.length} frames of one scene with one exposure, each focused ${way} than the one before.`;
  return found('focus-stack', frames, reason);
}

function found(kind: 'bracket' | 'focus-stack', frames: readonly number[], reason: string): Series {
  return { kind, frames, reason, sureness: frames.map(() => 1), isMakersWord: false };
}

/** Whether the maker says that the frame is part of a burst. */
function isToldOtherwise({ frames }: FrameTable, frame: number): boolean {
  return frames[frame]!.hint?.kind === 'burst';
}

/** What it takes to follow: seconds after the one before, and bits from the frame it has to be like. */
interface Following {
  readonly gapMax: number;
  readonly like: number;
  readonly distanceMax: number;
}

function follows(table: FrameTable, before: number, frame: number, by: Following): boolean {
  const gap = gapSeconds(table, before, frame);
  return gap !== null && gap <= by.gapMax && sceneDistance(table, by.like, frame) <= by.distanceMax;
}

/** Whether two exposures are the same as far as both are known. */
export function areExposedAlike(table: FrameTable, left: number, right: number): boolean {
  const one = stopsOf(table.frames[left]!);
  const other = stopsOf(table.frames[right]!);
  if (one === null || other === null) return true;
  return Math.abs(one - other) <= table.limits.sameExposureStops;
}
