import type { Issue } from '../base/index.ts';
import type { RunId } from '../vault/index.ts';
import type { BackupPlan } from './tiers/plan-report.ts';

/** What a backup did. */
export interface BackupReport {
  /** The snapshot this run made; of an interrupted run, what it got done so far. */
  readonly snapshot: RunId;
  /** Files in the snapshot, over all sources. */
  readonly files: number;
  /** Bytes of these files. */
  readonly bytes: number;
  /** Files whose content was already in the vault and did not have to be read. */
  readonly unchanged: number;
  /** Contents that were new to the vault. */
  readonly newBlobs: number;
  readonly bytesRead: number;
  /** Bytes written to the vault as originals. */
  readonly bytesStored: number;
  /** How new originals were read back: past the page cache, or through it. */
  readonly verified: { readonly direct: number; readonly cached: number };
  /** Whether the drive would not promise that writes are durable. */
  readonly isWeak: boolean;
  /** Whether the run was interrupted; everything protected so far is safe. */
  readonly isInterrupted: boolean;
  /** Whether files were held back because the vault's drive is full. */
  readonly isFull: boolean;
  /** Operating-system litter that was left out. */
  readonly leftOut: { readonly count: number; readonly names: readonly string[] };
  readonly mirrors: readonly MirrorReport[];
  /** What the work was planned to be: by tier, and what would make room for what waits. */
  readonly plan: BackupPlan;
  /** The first issues; `issueCount` counts all. */
  readonly issues: readonly Issue[];
  readonly issueCount: number;
  readonly durationMs: number;
}

/** What became of one mirror. */
export interface MirrorReport {
  readonly path: string;
  readonly state: 'complete' | 'with-issues' | 'lost';
  readonly newBlobs: number;
  readonly bytesStored: number;
}
