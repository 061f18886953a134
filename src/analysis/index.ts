/**
 * analysis: what a picture looks like, and which pictures belong together: previews, likeness, bursts, sharpness.
 * Invariant: likeness proposes neighbours and never says that a picture is not needed.
 */
export { type BurstHint, burstHintOf } from './burst-hint.ts';
export {
  type ByteSource,
  byteSourceOf,
  type OpenByteSource,
  openByteSource,
} from './byte-source.ts';
export { QUALITY_MIN } from './fingerprint.ts';
export { findLookAlikes, type LookAlike } from './groups/find-look-alikes.ts';
export type { Group, GroupFrame, GroupKind, GroupMember } from './groups/group-frame.ts';
export { groupFrames } from './groups/group-frames.ts';
export { GROUP_DEFAULTS, type GroupOptions } from './groups/group-options.ts';
export { type Look, type LookOptions, lookAt } from './look.ts';
export type { SeriesKind } from './maker-tables.ts';
export { findPreviews } from './previews/find-previews.ts';
export type { Preview } from './previews/preview.ts';
export type { Scores } from './scores.ts';
export { smallCopyOf } from './small-copy.ts';
export { colourDistance, toneDistance } from './tone-colour.ts';
