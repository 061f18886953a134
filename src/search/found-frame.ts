import type { FrameFacts } from '../query/index.ts';

/** A frame that was found, with what lists and acts need of it. */
export type FoundFrame = Pick<
  FrameFacts,
  'id' | 'paths' | 'takenMs' | 'camera' | 'rating' | 'tier' | 'burst' | 'kinds' | 'sizeBytes'
>;

/** What of a frame is kept for finding it. */
export function foundOf(facts: FrameFacts): FoundFrame {
  const { id, paths, takenMs, camera, rating, tier, burst, kinds, sizeBytes } = facts;
  return { id, paths, takenMs, camera, rating, tier, burst, kinds, sizeBytes };
}
