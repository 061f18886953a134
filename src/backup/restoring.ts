import type { BlobId, Issue, IssueLog } from '../base/index.ts';
import type { StopFlag } from '../store/index.ts';
import type { Vault } from '../vault/index.ts';
import type { Progress } from './progress.ts';
import type { NameMap } from './restore-names.ts';

/** What to restore and where. */
export interface RestoreOptions {
  /** Folder that gets one folder for each source; made where it is not there. */
  readonly to: string;
  /** Glob on `<source>/<path>` or `<path>`; a folder that fits brings all it holds. */
  readonly path?: string;
  /** Only these, as `<source>/<path>`. */
  readonly only?: ReadonlySet<string>;
  /** Replace files that are there with other content; otherwise they are kept and reported. */
  readonly overwrite?: boolean;
  /** Save what can be read of damaged files, as `<name>.damaged`. */
  readonly partial?: boolean;
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
  readonly onIssue?: (issue: Issue) => void;
}

/** What a restore did. */
export interface RestoreReport {
  readonly snapshot: string;
  /** Files that now stand in the folder with exactly their bytes, names and times. */
  readonly files: number;
  readonly bytes: number;
  readonly folders: number;
  readonly links: number;
  /** Of the files: those that were there already with the right content. */
  readonly alreadyThere: number;
  readonly isInterrupted: boolean;
  readonly issues: readonly Issue[];
  readonly issueCount: number;
  readonly durationMs: number;
}

/** A restore under way. */
export interface Restoring {
  readonly vault: Vault;
  /** Absolute folder that is restored into. */
  readonly root: string;
  readonly names: NameMap;
  readonly options: RestoreOptions;
  readonly issues: IssueLog;
  /** Raised when the signal aborts: it reaches the threads. */
  readonly stop: StopFlag;
  /** Looks for blobs by the digits in names; made when the first one is missing. */
  byName?: Promise<(blob: BlobId) => readonly string[]>;
}
