/**
 * search: a rebuildable index of frames (node:sqlite) and its answers.
 * Invariant: an index is a cache. Losing or damaging it loses nothing, and what it answers is what
 * `matches` of the room query answers for the same frames.
 */
export type { FindOptions, SearchOrder } from './find-frames.ts';
export type { FoundFrame } from './found-frame.ts';
export type { IndexWorld } from './index-files.ts';
export {
  type FrameSource,
  type IndexChanges,
  type IndexState,
  openIndex,
  openReadyIndex,
  type SearchIndex,
} from './search-index.ts';
