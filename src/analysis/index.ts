/**
 * analysis: what a picture looks like, and which pictures belong together: previews, likeness, bursts, sharpness.
 * Invariant: likeness proposes neighbours and never says that a picture is not needed.
 */
export { type BurstHint, burstHintOf } from './burst-hint.ts';
export { findLookAlikes, type LookAlike } from './groups/find-look-alikes.ts';
export type { Group, GroupFrame, GroupKind, GroupMember } from './groups/group-frame.ts';
export { groupFrames } from './groups/group-frames.ts';
export { GROUP_DEFAULTS, type GroupOptions } from './groups/group-options.ts';
export type { SeriesKind } from './maker-tables.ts';
