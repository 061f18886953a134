import type { Look } from '../analysis/index.ts';
import { bestIdsOf, type Library } from './library.ts';

/** What stands out in a frame; proposals, and never a reason to drop it. */
export type CullWord =
  /** The sharpest of its burst. */
  | 'best'
  /** Clearly less sharp than the best of its burst. */
  | 'soft'
  /** A large part is black without detail. */
  | 'clipped-dark'
  /** A large part is white without detail. */
  | 'clipped-bright'
  /** Much darker or brighter than the frames around it. */
  | 'exposure-outlier'
  /** Looks like another frame beside it. */
  | 'near-duplicate';

/** What is seen of one frame. */
export interface FrameLook {
  readonly words: readonly CullWord[];
  /** 0 to some 100: of the sharpest part; to be compared within a burst only. Null where nothing was seen. */
  readonly sharpness: number | null;
  /** Parts of the picture, 0 to 1. */
  readonly clippedDark: number | null;
  readonly clippedBright: number | null;
  /** Stops from the middle of the frames around it. */
  readonly exposureOffset: number | null;
  /** Place in its burst, from 1; null where it stands alone. */
  readonly burst: { readonly position: number; readonly count: number } | null;
}

/** Less of the burst's best than this is soft. */
const SOFT_BELOW = 0.6;
const CLIPPED_DARK_MIN = 0.25;
const CLIPPED_BRIGHT_MIN = 0.05;
/** Stops from the middle of the frames around. */
const OUTLIER_STOPS = 1.5;
/** Fewer frames have no middle. */
const NEIGHBOURS_MIN = 5;
/** Bits of 256 by which near-duplicates differ at most: half of pictures shifted by 3 % of their width are within 46. */
const NEAR_BITS_MAX = 31;

/** Judges every frame of a library by its look and its group. Pure. */
export function judgeLooks(library: Library): ReadonlyMap<string, FrameLook> {
  const looks = new Map<string, Look | null>();
  for (const { frame, parts } of library.frames) {
    looks.set(frame.id, parts.find(({ file }) => file.look !== null)?.file.look ?? null);
  }
  const exposures = [...looks.values()].flatMap((look) => (look === null ? [] : [look.exposure]));
  const middle = exposures.length < NEIGHBOURS_MIN ? null : medianOf(exposures);
  const best = bestIdsOf(library);
  const bursts = burstsOf(library, looks);
  const near = nearDuplicates(library);
  const judged = new Map<string, FrameLook>();
  for (const [id, look] of looks) {
    const burst = bursts.get(id) ?? null;
    const exposureOffset =
      look === null || middle === null ? null : rounded(look.exposure - middle);
    const words: CullWord[] = [];
    if (best.has(id)) words.push('best');
    if (look !== null) {
      const { bestTileSharpness: sharpness, clippedDark, clippedBright } = look;
      if (burst !== null && sharpness < SOFT_BELOW * burst.sharpest) words.push('soft');
      if (clippedDark >= CLIPPED_DARK_MIN) words.push('clipped-dark');
      if (clippedBright >= CLIPPED_BRIGHT_MIN) words.push('clipped-bright');
    }
    if (Math.abs(exposureOffset ?? 0) >= OUTLIER_STOPS) words.push('exposure-outlier');
    if (near.has(id)) words.push('near-duplicate');
    judged.set(id, {
      words,
      sharpness: look?.bestTileSharpness ?? null,
      clippedDark: look?.clippedDark ?? null,
      clippedBright: look?.clippedBright ?? null,
      exposureOffset,
      burst: burst === null ? null : { position: burst.position, count: burst.count },
    });
  }
  return judged;
}

interface InBurst {
  readonly position: number;
  readonly count: number;
  /** Sharpness of the sharpest frame that was seen as large. */
  readonly sharpest: number;
}

function burstsOf(
  { groups }: Library,
  looks: ReadonlyMap<string, Look | null>,
): ReadonlyMap<string, InBurst> {
  const found = new Map<string, InBurst>();
  for (const { kind, frames } of groups) {
    if (kind !== 'burst') continue;
    for (const [index, { id }] of frames.entries()) {
      const seen = looks.get(id)?.seenPixels;
      // Looks at pictures of another size do not compare.
      const sharpest = frames.reduce((most, member) => {
        const look = looks.get(member.id);
        return look?.seenPixels === seen ? Math.max(most, look?.bestTileSharpness ?? 0) : most;
      }, 0);
      found.set(id, { position: index + 1, count: frames.length, sharpest });
    }
  }
  return found;
}

function nearDuplicates({ groups }: Library): ReadonlySet<string> {
  const near = new Set<string>();
  for (const { frames } of groups) {
    for (const { id, distance } of frames.slice(1)) {
      if (distance !== null && distance <= NEAR_BITS_MAX) near.add(id);
    }
  }
  return near;
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
