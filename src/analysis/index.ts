/**
 * analysis: what a picture looks like, and which pictures belong together: previews, likeness, bursts, sharpness.
 * Invariant: likeness proposes neighbours and never says that a picture is not needed.
 */
export { type BurstHint, burstHintOf } from './burst-hint.ts';
export type { SeriesKind } from './maker-tables.ts';
