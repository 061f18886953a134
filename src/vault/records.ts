import type { BlobId } from '../base/index.ts';
import type { ReplicaRecord } from './replica-records.ts';

/** A run, and the snapshot it made: 16 lower-case hex digits. */
export type RunId = string;

/** First line of every journal file: whose vault, whose pen. */
export interface OpenRecord {
  readonly type: 'open';
  readonly format: number;
  readonly vault: string;
  readonly label: string;
  readonly writer: string;
  readonly software: string;
  readonly host: string;
  readonly pid: number;
  readonly time: string;
}

/** A file of the vault that is no blob is durable. */
export interface FileRecord {
  readonly type: 'file';
  readonly at: string;
  readonly size: number;
  readonly sha256: BlobId;
}

/** A file of facts is durable: what was learned about these blobs, which can be learned again. */
export interface FactsRecord {
  readonly type: 'facts';
  readonly at: string;
  readonly size: number;
  readonly sha256: BlobId;
  /** What kind of facts: one file holds one kind. */
  readonly holds: string;
  /** Version of what learned them. */
  readonly version: number;
  /** First 16 digits of each blob it tells of. */
  readonly blobs: readonly string[];
}

/** One source of a run: its top-level name in the snapshot, where it was, and the run whose state it continues. */
export interface RunSource {
  readonly source: string;
  readonly origin: string;
  readonly volume: { readonly id: string; readonly label: string; readonly fileSystem: string };
  /** Path of the source on its volume; '' for the whole volume. */
  readonly within?: string;
  readonly parent: RunId | null;
  /** Further runs whose states a merge took in beside its parent's. */
  readonly merged?: readonly RunId[];
}

/** A backup began. */
export interface RunRecord {
  readonly type: 'run';
  readonly run: RunId;
  readonly time: string;
  readonly sources: readonly RunSource[];
  /** Id of the vault that a sync brought it from. */
  readonly from?: string;
}

/** How content was read back before it was believed. */
export type Verification = 'direct' | 'cached';

/** A file of the vault as it lies there. */
export interface StoredDigest {
  readonly size: number;
  readonly sha256: BlobId;
}

/** A file that lies beside a stored form and belongs to it, such as a preview cut out of a RAW file. */
export interface PartRecord extends StoredDigest {
  readonly at: string;
}

/** A form of a blob is durable and verified. */
export interface BlobRecord {
  readonly type: 'blob';
  readonly blob: BlobId;
  readonly size: number;
  /** How it is stored: `verbatim`, `jpeg-recoded`, `raw-recoded`, `zstd` or `delta`. */
  readonly form: string;
  readonly at: string;
  /** First 16 digits of the digest of the first 64 KiB of the original. */
  readonly head: string;
  readonly verified: Verification;
  readonly time: string;
  /** The file at `at`; left out where it is the original, `verbatim`. */
  readonly stored?: StoredDigest;
  /** Other blobs without which this form cannot be decoded. They stand in a form that needs none. */
  readonly needs?: readonly BlobId[];
  /** Files beside it that belong to this form, in the order the decoder takes them. */
  readonly parts?: readonly PartRecord[];
}

/** A source path had this content. */
export interface EntryRecord {
  readonly type: 'entry';
  readonly run: RunId;
  readonly source: string;
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link';
  readonly size: number;
  /** Microseconds since 1970. */
  readonly mtimeUs: number;
  readonly mode: number;
  /** Content of a file. */
  readonly blob?: BlobId;
  /** Text of a link. */
  readonly target?: string;
}

/** A path of the parent state was not there any more. */
export interface GoneRecord {
  readonly type: 'gone';
  readonly run: RunId;
  readonly source: string;
  readonly path: string;
}

/** An unchanged-looking capture was read with other content, which is kept beside the good one. */
export interface SuspectRecord {
  readonly type: 'suspect';
  readonly run: RunId;
  readonly source: string;
  readonly path: string;
  readonly blob: BlobId;
  readonly size: number;
  readonly mtimeUs: number;
}

/** One source of a snapshot, with what proves that its state was rebuilt right. */
export interface SnapshotSource extends RunSource {
  readonly files: number;
  readonly folders: number;
  readonly links: number;
  readonly bytes: number;
  readonly tree: string;
}

/** A run ended. */
export interface SnapshotRecord {
  readonly type: 'snapshot';
  readonly run: RunId;
  readonly time: string;
  readonly complete: boolean;
  readonly issues: number;
  readonly sources: readonly SnapshotSource[];
}

/** Snapshots were dropped by a person or a policy. */
export interface ForgetRecord {
  readonly type: 'forget';
  readonly snapshots: readonly RunId[];
  readonly time: string;
}

/** A stored file is about to be removed by prune. */
export interface DropRecord {
  readonly type: 'drop';
  readonly blob: BlobId;
  readonly at: string;
  readonly time: string;
}

/** Blobs were read whole and were right; named by their first 16 digits. */
export interface VerifiedRecord {
  readonly type: 'verified';
  readonly blobs: readonly string[];
  readonly how: Verification;
  readonly time: string;
}

/** A stored file was read and is wrong. */
export interface DamagedRecord {
  readonly type: 'damaged';
  readonly blob: BlobId;
  readonly at: string;
  /** Its digest now, `missing` or `unreadable`. */
  readonly found: string;
  readonly time: string;
}

/** One loss that a person accepted, named so exactly that no later one is taken for it. */
export interface AcceptedLoss {
  /** As `check` names it: a journal file, the first of missing numbers, or a `SHA256SUMS`. */
  readonly path: string;
  /** Digest of what was still there of the file; left out where nothing of it could be read. */
  readonly sha256?: BlobId;
  /** The last of missing numbers. */
  readonly last?: number;
}

/** A person knows what the journals do not say any more, and goes on without it. */
export interface AcceptedRecord {
  readonly type: 'accepted';
  readonly losses: readonly AcceptedLoss[];
  readonly time: string;
}

/** Tiers as data: the newest one is in force. */
export interface PolicyRecord {
  readonly type: 'policy';
  /** YAML, as a person wrote it. */
  readonly text: string;
  readonly time: string;
  /** Who set it. */
  readonly who?: string;
}

/** A frame as a mark names it. */
export interface MarkedFrame {
  readonly id: string;
  /** `<source>/<path>` of the picture that stands for it, for people. */
  readonly path: string;
}

/** A person's word about frames: it wins over every rule. */
export interface MarkRecord {
  readonly type: 'mark';
  readonly frames: readonly MarkedFrame[];
  /** Name of a tier; null takes an earlier word back. */
  readonly tier: string | null;
  readonly who: string;
  readonly time: string;
}

/** The writer is still there. */
export interface AliveRecord {
  readonly type: 'alive';
  readonly time: string;
}

/** A cut-off journal file ends here, says the next writer. */
export interface ClosedRecord {
  readonly type: 'closed';
  readonly journal: string;
  readonly bytes: number;
  readonly sha256: BlobId;
}

/** Last line of a journal file whose writer ended well. */
export interface SealRecord {
  readonly type: 'seal';
  readonly lines: number;
  readonly sha256: BlobId;
}

/** Everything a journal can say. */
export type JournalRecord =
  | OpenRecord
  | FileRecord
  | FactsRecord
  | RunRecord
  | BlobRecord
  | EntryRecord
  | GoneRecord
  | SuspectRecord
  | SnapshotRecord
  | ForgetRecord
  | DropRecord
  | VerifiedRecord
  | DamagedRecord
  | AcceptedRecord
  | PolicyRecord
  | MarkRecord
  | AliveRecord
  | ClosedRecord
  | SealRecord
  | ReplicaRecord;
