import { distanceOf, type FrameTable, gapSeconds, sceneDistance } from './frame-table.ts';
import { openRuns, place, type Series } from './series.ts';
import { areExposedAlike } from './steady-series.ts';
import type { Stream } from './streams.ts';

/** Frames of one panorama at most: what is compared again from each frame on has to have an end. */
const PANORAMA_FRAMES_MAX = 256;

/**
 * Panoramas that nobody marked: frames with one exposure, each like the one before it, whose first and last have nothing
 * in common, taken too slowly for a burst.
 */
export function panoramasOf(table: FrameTable, { frames, isTimed }: Stream): Series[] {
  if (!isTimed) return [];
  const found: Series[] = [];
  for (const run of openRuns(table, frames)) {
    let from = 0;
    while (from < run.length) {
      const panorama = panoramaAt(table, run, from);
      if (panorama !== null) {
        place(table, panorama.frames);
        found.push(panorama);
      }
      from += panorama?.frames.length ?? 1;
    }
  }
  return found;
}

function panoramaAt(table: FrameTable, run: readonly number[], from: number): Series | null {
  const { limits } = table;
  const frames = [run[from]!];
  for (let at = from + 1; at < Math.min(run.length, from + PANORAMA_FRAMES_MAX); at++) {
    const before = frames.at(-1)!;
    const frame = run[at]!;
    const gap = gapSeconds(table, before, frame);
    if (gap === null || gap > limits.seriesGapSeconds || gap <= limits.burstGapSeconds) break;
    if (isOfBurst(table, frame) || !areExposedAlike(table, frames[0]!, frame)) break;
    const step = sceneDistance(table, before, frame);
    if (step > limits.burstDistanceMax || step <= limits.steadyDistanceMax) break;
    frames.push(frame);
  }
  if (frames.length < Math.max(3, limits.seriesFramesMin)) return null;
  const across = distanceOf(table, frames[0]!, frames.at(-1)!);
  if (across < limits.panoramaEndsMin) return null;
  const reason = `${frames.length} frames with one exposure, each like the one before, the last nothing like the first: ${across} of 256 bits.`;
  const sureness = frames.map(() => 0.5);
  return { kind: 'panorama', frames, reason, sureness, isMakersWord: false };
}

function isOfBurst({ frames }: FrameTable, frame: number): boolean {
  const { hint } = frames[frame]!;
  return hint?.kind === 'burst' || hint?.isContinuous === true;
}
