import type { FrameFacts } from '../query/index.ts';

/** A frame that was found: all that is known of it but its tags, which are many. */
export type FoundFrame = Omit<FrameFacts, 'tags'>;

/** What of a frame is kept for finding it. */
export function foundOf({ tags, ...found }: FrameFacts): FoundFrame {
  return found;
}
