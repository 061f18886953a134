import type { BlobId, Issue } from '../../base/index.ts';
import type { Progress } from '../progress.ts';
import type { Choice } from './candidates.ts';
import type { Saving, SavingKind } from './savings.ts';

/** What is compacted, and what ends it early. */
export interface CompactOptions extends Choice {
  /** Nothing new is begun after so many minutes; what is begun is finished. */
  readonly maxMinutes?: number;
  /** Work on battery too; otherwise nothing is done there. */
  readonly onBattery?: boolean;
  /** Ends the work; what is compacted until then stays so. */
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
  readonly onIssue?: (issue: Issue) => void;
}

/** Why a run ended before everything was looked at. */
export type CompactStop = 'battery' | 'time' | 'signal' | 'full' | 'weak';

/** What a run did. */
export interface CompactReport {
  /** Contents that stand in a smaller form now. */
  readonly blobs: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly byKind: Readonly<Record<SavingKind, Saving>>;
  /** Contents that stand verbatim again, as their tier has changed. */
  readonly returned: number;
  /** Contents that no form makes smaller; they stay verbatim and are not tried again. */
  readonly withoutGain: number;
  /** Contents that could be compacted and were not reached. */
  readonly left: number;
  readonly stoppedBy: CompactStop | null;
  readonly issues: readonly Issue[];
  readonly issueCount: number;
  readonly durationMs: number;
}

/** A content with what it takes now and before, in bytes. */
export interface Compacted {
  readonly blob: BlobId;
  readonly kind: SavingKind;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}
