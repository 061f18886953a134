/**
 * FieldVault, the library: everything the command line does, callable.
 *
 * Order of calls: `openWorld`, then `createVault` or `openVault`, then the acts. Open the vault again after an act to
 * see what others wrote meanwhile.
 */

export type { Group, GroupKind, GroupMember, GroupOptions } from './analysis/index.ts';
export {
  type BackupPlan,
  type BackupReport as ProtectReport,
  type CompactReport,
  type CompactStop,
  checkVault as check,
  type Droppable,
  type ForgetPlan,
  forget,
  type ListedPath,
  listPaths,
  type MirrorReport,
  Progress,
  type PruneOptions,
  type PruneReport,
  prune,
  type RepairOptions,
  type RepairReport,
  type RestoreOptions,
  type RestoreReport,
  repair,
  restore,
  SAVING_KINDS,
  type Saving,
  type SavingKind,
  type Savings,
  type SourceStatus,
  savingsOf,
  snapshotsOf as listSnapshots,
  status,
  type VaultStatus,
} from './backup/index.ts';
export {
  type ErrorCode,
  FieldVaultError,
  type Issue,
  type IssueCode,
  type Retry,
  VERSION,
} from './base/index.ts';
export type {
  CameraCapabilities,
  CameraConnection,
  CameraEvent,
  CameraInfo,
  CameraObject,
  FrameTimes,
  SessionTimings,
} from './capture/index.ts';
export {
  type DecodeJpegOptions,
  decodeJpeg,
  type EncodeJpegOptions,
  encodeJpeg,
  isJpegRecoded,
  jpegDependencies,
  type KnownContent,
} from './codec/index.ts';
export { type CompactAndLearnReport, type CompactOptions, compact } from './compacting.ts';
export {
  absolutePath,
  findSnapshotOf as findSnapshot,
  makeScratchFolder,
  onInterrupt,
  openWorld,
  type SafeOptions,
  type SafeReport,
  safeToFormat,
  watchProgress,
} from './fieldvault.ts';
export { forgetByPolicy, planForgetByPolicy } from './forgetting.ts';
export {
  type CulledFrame,
  type CullRule,
  type CullWord,
  FIND_ORDERS,
  type FindReport,
  type FindWorld,
  findFrames,
  groupBursts,
  type KnownPreview,
  knownPreviews,
  type LearnOptions,
  type LearnReport,
  learn,
  type MarkReport,
  markFrames,
  type PolicyFile,
  type PolicyInForce,
  type PolicyTest,
  type PreviewsReport,
  parseCullRule,
  pathsWhere,
  policyOf,
  readPolicyFile,
  setPolicy,
  type TierShare,
  type TierState,
  type TierStatus,
  testPolicy,
  tierStatus,
  writePreviews,
} from './learn/index.ts';
export {
  type Editor,
  type EditorFacts,
  type RecordReader,
  readXmpFacts,
  setXmpProperty,
  type XmpItemsChange,
  type XmpNewValue,
} from './metadata/index.ts';
export type { World } from './platform/index.ts';
export type {
  Forms,
  Keep,
  MissingFile,
  Policy,
  SafeTier,
  SafeVerdict,
  Space,
  Tier,
  TierChange,
  When,
} from './priority/index.ts';
export {
  type BackupAndLearnOptions as BackupOptions,
  type BackupAndLearnReport as BackupReport,
  backup,
  type PlanOptions,
  planBackup,
} from './protecting.ts';
export {
  type FrameFacts,
  matches,
  parseQuery,
  type Query,
  QueryError,
  queryHelp,
} from './query/index.ts';
export type { FindOptions, FoundFrame, SearchOrder } from './search/index.ts';
export {
  type Conflict,
  listConflicts,
  type Merge,
  type MergeStrategy,
  type ResolveOptions,
  resolveConflict,
  type Settlement,
  type SyncDirection,
  type SyncReport,
} from './sync/index.ts';
export { type SyncVaultsOptions as SyncOptions, sync } from './sync-vaults.ts';
export {
  type CullOptions,
  type TetheredCamera,
  type TetheredFrame,
  type TetherOptions,
  type TetherReport,
  tether,
  tetherWith,
} from './tether.ts';
export {
  type CheckOptions,
  type CheckReport,
  createVault,
  openVault,
  type SnapshotSummary,
  type Vault,
} from './vault/index.ts';
