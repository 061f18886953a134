/**
 * backup: the engine's acts: it introduces pictures, policies and vaults to each other.
 * Invariant: nothing is removed here that is not proven to stand elsewhere or named by a person.
 */
export { type BackupOptions, backup } from './backup.ts';
export { Progress } from './progress.ts';
export type { BackupReport, MirrorReport } from './report.ts';
