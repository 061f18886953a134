import type { BlobId, Issue } from '../base/index.ts';
import type { Vault } from '../vault/index.ts';
import type { Accepted } from './guard.ts';
import type { ReadOriginal } from './merge-sidecars.ts';
import type { MergeStrategy } from './merge-states.ts';
import type { Merge } from './merging.ts';

/** How two vaults are synced. */
export interface SyncOptions {
  /** Says of each vault in which order its contents travel; smaller goes first. Asked only where something travels. */
  readonly ranksOf?: (vault: Vault) => Promise<(blob: BlobId) => number>;
  /** The only contents of a vault that travel; all of them where it is left out. */
  readonly wantedOf?: (vault: Vault) => Promise<(blob: BlobId) => boolean>;
  /** Reads a content whole, whatever its form: sidecars are merged by what they say. */
  readonly readOriginal?: ReadOriginal;
  /** Mends stored files of a vault with bytes of the other one. */
  readonly heal?: Heal;
  /** At most so many bytes a second. */
  readonly bytesPerSecond?: number;
  /** Copies nothing more after so many minutes; the next sync goes on there. */
  readonly maxMinutes?: number;
  /** Whose version keeps its name where both sides changed a file; `keep-both` where it is left out. */
  readonly strategy?: MergeStrategy;
  /** Only says what would be copied. */
  readonly dryRun?: boolean;
  /** What looks dangerous and a person says is all right. */
  readonly accept?: readonly Accepted[];
  /** Ends the sync within a chunk; what was copied stays, and the next one goes on there. */
  readonly signal?: AbortSignal;
  readonly onIssue?: (issue: Issue) => void;
  /** Told the bytes that came over the link, and those there were to come. */
  readonly onProgress?: (bytesDone: number, bytesTotal: number) => void;
}

/** Mends stored files, named by their places; returns those that are whole again. */
export type Heal = (
  vault: Vault,
  damaged: readonly string[],
  from: Vault,
) => Promise<readonly string[]>;

/** What came to one vault. */
export interface SyncDirection {
  readonly vault: string;
  readonly root: string;
  readonly label: string;
  /** Originals it got, or would get. */
  readonly blobs: number;
  /** Bytes of their stored files. */
  readonly bytes: number;
  /** Snapshots it heard of. */
  readonly snapshots: number;
  /** Originals it still lacks. */
  readonly awaited: number;
  /** Stored files that were damaged or lost there and are whole again. */
  readonly healed: readonly string[];
}

/** What a sync did. */
export interface SyncReport {
  readonly blobsCopied: number;
  readonly bytesCopied: number;
  /** Bytes of them that an earlier sync had brought over before it was cut. */
  readonly bytesResumed: number;
  /** Bytes that were read over the link in this sync. */
  readonly bytesSent: number;
  /** What the first vault got, then the second. */
  readonly directions: readonly [SyncDirection, SyncDirection];
  /** Histories that both sides had continued, and that became one. */
  readonly merges: readonly Merge[];
  /** Conflicts that nobody has settled yet, of this sync and of earlier ones. */
  readonly conflicts: number;
  /** Originals for which a drive had no room. */
  readonly heldBack: number;
  readonly isInterrupted: boolean;
  /** Whether the time it was given ran out. */
  readonly isOutOfTime: boolean;
  readonly isDryRun: boolean;
  readonly issues: readonly Issue[];
  readonly issueCount: number;
  readonly durationMs: number;
}
