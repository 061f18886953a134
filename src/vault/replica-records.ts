import type { BlobId } from '../base/index.ts';

/**
 * What another vault holds, as it was seen when both were synced; only proof for the day it was given: it ages.
 * A line without blobs says that the vault was met.
 */
export interface ReceiptRecord {
  readonly type: 'receipt';
  /** Id of the other vault. */
  readonly vault: string;
  readonly label: string;
  /** Where it was: its folder, as this machine saw it. */
  readonly where: string;
  /** Highest number of a journal file it had: with a lower one it is an older copy of itself. */
  readonly journal: number;
  /** First 16 digits of each blob. */
  readonly blobs: readonly string[];
  /** `lost`: it held these and does not any more. */
  readonly state: 'held' | 'lost';
  /** How they were read back there. */
  readonly how: 'direct' | 'cached';
  /** When the one of them that was not read for longest was last read there and right. */
  readonly verified: string;
  readonly time: string;
  /**
   * The other vault's writer in a sync after which neither lacked anything of the other and no conflict was open: while
   * both journals end so, there is nothing to sync.
   */
  readonly writer?: string;
  /** Beside `writer`: how many journal files it has, and some of its stored files: one sees that they are still there. */
  readonly journals?: number;
  readonly sample?: readonly { readonly at: string; readonly size: number }[];
}

/** One side of a conflict: what a path held there. */
export interface ConflictSide {
  /** Run whose state it was. */
  readonly run: string;
  /** What it held; null where it was not there. */
  readonly entry: {
    readonly kind: 'file' | 'folder' | 'link';
    readonly size: number;
    readonly mtimeUs: number;
    readonly mode: number;
    readonly blob?: BlobId;
    readonly target?: string;
  } | null;
  /** Where this version stands in the merged state; null where only history has it. */
  readonly path: string | null;
}

/** Both sides changed the same thing: what was done about it, and both versions. */
export interface ConflictRecord {
  readonly type: 'conflict';
  /** 16 hex digits, the same for the same conflict wherever it is found. */
  readonly conflict: string;
  /** The run that merged. */
  readonly run: string;
  readonly source: string;
  readonly path: string;
  /** What kind of conflict. */
  readonly what: string;
  /** What a person needs to know of it. */
  readonly message: string;
  readonly field: ConflictSide;
  readonly studio: ConflictSide;
  readonly time: string;
}

/** A merge took a path away because one side had deleted it; history keeps its content. */
export interface TombstoneRecord {
  readonly type: 'tombstone';
  readonly run: string;
  readonly source: string;
  readonly path: string;
  /** Content of a file, text of a link, or nothing. */
  readonly content: string;
  /** The run on whose side it was deleted. */
  readonly by: string;
  readonly time: string;
}

/** A person settled a conflict. */
export interface ResolveRecord {
  readonly type: 'resolve';
  readonly conflict: string;
  readonly take: 'field' | 'studio' | 'both';
  /** The run that made it so; null where the merge had done it. */
  readonly run: string | null;
  readonly who: string;
  readonly time: string;
}

/** What sync writes into journals besides what it brings over. */
export type ReplicaRecord = ReceiptRecord | ConflictRecord | TombstoneRecord | ResolveRecord;
