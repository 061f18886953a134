import { openHamming } from '../../kernels/index.ts';
import { frameTable, readWords } from './frame-table.ts';
import type { GroupFrame } from './group-frame.ts';
import type { GroupOptions } from './group-options.ts';
import { compareTexts } from './look-alikes.ts';
import { likenessScore } from './series.ts';

/** A frame that looks like the one asked for. */
export interface LookAlike {
  readonly id: string;
  /** Bits of 256 that differ. */
  readonly distance: number;
  /** 1 the same look, 0 as two unrelated pictures. */
  readonly score: number;
}

/**
 * Searches all frames for those that look like a given one, whenever and with whatever they were taken: copies, edits,
 * other visits to one place. Says nothing of belonging together.
 * @param query a fingerprint of 64 hex digits, or a frame, which does not find itself
 * @param options `lookAlikeDistanceMax` and `qualityMin` are used
 * @returns nearest first; none where the query has no look that says anything
 */
export function findLookAlikes(
  query: string | Pick<GroupFrame, 'id' | 'fingerprint' | 'quality'>,
  frames: readonly GroupFrame[],
  options: GroupOptions = {},
): LookAlike[] {
  const asked = typeof query === 'string' ? { id: null, fingerprint: query, quality: null } : query;
  const words = new Int32Array(8);
  const table = frameTable(frames, options);
  const { qualityMin, lookAlikeDistanceMax } = table.limits;
  if (asked.fingerprint === null || !readWords(asked.fingerprint, words, 0)) return [];
  if (asked.quality !== null && asked.quality < qualityMin) return [];
  const rows = new Uint8Array(table.words.buffer);
  const distances = openHamming().distances(new Uint8Array(words.buffer), rows);
  const found: LookAlike[] = [];
  for (const [index, distance] of distances.entries()) {
    if (table.isSeen[index] === 0 || distance > lookAlikeDistanceMax) continue;
    const { id } = frames[index]!;
    if (id !== asked.id) found.push({ id, distance, score: likenessScore(distance) });
  }
  return found.sort(
    (left, right) => left.distance - right.distance || compareTexts(left.id, right.id),
  );
}
