/**
 * backup: the engine's acts: it introduces pictures, policies and vaults to each other.
 * Invariant: nothing is removed here that is not proven to stand elsewhere or named by a person.
 */
export { type BackupOptions, backup } from './backup.ts';
export type { CapturedFrame } from './capture-file.ts';
export {
  type CaptureReport,
  type CaptureSinkOptions,
  type Incoming,
  VaultCaptureSink,
} from './capture-sink.ts';
export {
  type CardContent,
  type CardContents,
  cardContents,
  type LookOptions,
} from './card-contents.ts';
export { checkVault } from './check-vault.ts';
export { compact } from './compact/compact.ts';
export type { CompactOptions, CompactReport, CompactStop } from './compact/compact-report.ts';
export {
  SAVING_KINDS,
  type Saving,
  type SavingKind,
  type Savings,
  savingsOf,
} from './compact/savings.ts';
export { forget } from './forget.ts';
export { type ListedPath, listPaths, snapshotsOf } from './list-paths.ts';
export { type PathFilter, pathFilter } from './path-filter.ts';
export { type PlanBackupOptions, planBackup } from './plan-backup.ts';
export { type ForgetPlan, planForget } from './plan-forget.ts';
export { Progress } from './progress.ts';
export { type PruneOptions, type PruneReport, prune } from './prune.ts';
export { type Droppable, type PrunePlan, planPrune } from './prune-plan.ts';
export { refuseSameVaultTwice, refuseVaultAsSource } from './refusals.ts';
export { type RepairOptions, type RepairReport, repair } from './repair.ts';
export type { BackupReport, MirrorReport } from './report.ts';
export { restore } from './restore.ts';
export type { RestoreOptions, RestoreReport } from './restoring.ts';
export { findSources, type Source } from './sources.ts';
export { type SourceStatus, status, type VaultStatus } from './status.ts';
export type { BackupPlan, TierPlan, VaultShare } from './tiers/plan-report.ts';
export type { Tiering, TierOptions } from './tiers/tiering.ts';
