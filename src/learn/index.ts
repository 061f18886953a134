/**
 * learn: what is known of the pictures in a vault: learns it, keeps it as facts, joins it into frames, finds frames.
 * Invariants: only reads originals; protects nothing and never stands in the way of what does; all of it can be
 * learned again.
 */

export { blobsWhere } from './blobs-where.ts';
export { type CompactChoice, compactChoice } from './compact-choice.ts';
export { type CullRule, parseCullRule } from './cull-rules.ts';
export type { CullWord, FrameLook } from './cull-verdict.ts';
export { FIND_ORDERS, type FindReport, type FindWorld, findFrames } from './find.ts';
export { type HeldFrames, heldFrames } from './held-frames.ts';
export { type LearnOptions, type LearnReport, learn } from './learn.ts';
export { type MarkReport, markFrames } from './mark-frames.ts';
export { sidecarOf } from './mark-sidecar.ts';
export { pathsWhere } from './paths-where.ts';
export {
  type PolicyFile,
  type PolicyTest,
  readPolicyFile,
  setPolicy,
  type TierShare,
  testPolicy,
} from './policy-acts.ts';
export { type KnownPreview, knownPreviews, learnPreviews } from './previews.ts';
export { type CulledFrame, SessionCuller, type SessionPart } from './session-cull.ts';
export { groupBursts } from './similar.ts';
export { type TierState, type TierStatus, tierStatus, type VaultRoomState } from './tier-status.ts';
export { marksOf, type PolicyInForce, policyOf } from './tiering.ts';
export { type ContentTiers, stricter, tiersByContent } from './tiers-by-content.ts';
export { type PreviewsReport, writePreviews } from './write-previews.ts';
