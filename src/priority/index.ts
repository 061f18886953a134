/**
 * priority: tiers, the policies that make them, and the plan that fits what there is to what space there is.
 * Invariants: pure, without a clock; what a person marked wins; no plan deletes an original, and no capture is ever
 * among what may be dropped.
 */
export { askedFields } from './asked-fields.ts';
export { reservedBytes } from './floors.ts';
export { type Arrival, FORECAST_DAYS, type Forecast, forecast } from './forecast.ts';
export { formatPolicy } from './format-policy.ts';
export { parsePolicy } from './parse-policy.ts';
export type {
  FrameCopy,
  Moment,
  Occasion,
  Plan,
  PlanFrame,
  PlanInput,
  PlanVault,
  Relief,
  Step,
  VaultPlan,
  Waiting,
  WaitWhy,
  Way,
} from './plan.ts';
export { isReplica } from './plan-frames.ts';
export { planTiers } from './plan-tiers.ts';
export {
  byOrder,
  DEFAULT_POLICY,
  type Forms,
  type Keep,
  POLICY_LIMITS,
  type Policy,
  REST,
  type Tier,
  type When,
} from './policy.ts';
export { PolicyError, type PolicyProblem, problemText } from './policy-error.ts';
export {
  type KeepReason,
  planRetention,
  type RetentionPlan,
  type Version,
} from './retention.ts';
export {
  type CardFile,
  type HeldCopy,
  type MissingFile,
  type SafeInput,
  type SafeTier,
  type SafeVerdict,
  safeVerdict,
} from './safe.ts';
export { formatSpace, parseSpace, type Space, spaceBytes } from './space.ts';
export { summarizeTiers, type TierSummary } from './summary.ts';
export { type PolicyChange, type TierChange, tierChanges } from './tier-changes.ts';
export {
  lastMarks,
  type Mark,
  type TierChoice,
  type TierReason,
  type TierRules,
  tierOf,
  tierRules,
} from './tier-of.ts';
export { SCRATCH_BYTES_MAX } from './vault-room.ts';
