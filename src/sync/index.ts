/**
 * sync: replicas, what differs between them, how it travels, and how states that both sides changed become one.
 * Invariants: absence is no deletion; stored files travel as they are, nothing is decoded; every loser of a merge is kept.
 */
export {
  type Conflict,
  listConflicts,
  type ResolveOptions,
  resolveConflict,
  type Settlement,
} from './conflicts.ts';
export type { Accepted } from './guard.ts';
export type { MergeStrategy } from './merge-states.ts';
export type { Merge } from './merging.ts';
export { nothingNew } from './nothing-new.ts';
export { syncVaults } from './sync.ts';
export type { Heal, SyncDirection, SyncOptions, SyncReport } from './sync-report.ts';
