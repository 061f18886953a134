import type { BlobId } from '../base/index.ts';
import type { Verification } from './records.ts';
import type {
  ConflictRecord,
  ReceiptRecord,
  ReplicaRecord,
  ResolveRecord,
  TombstoneRecord,
} from './replica-records.ts';

/** A verified copy that another vault was seen to hold. */
export interface Receipt {
  readonly vault: string;
  readonly label: string;
  /** When it was last read there and right, in milliseconds since 1970. */
  readonly verifiedMs: number;
  readonly how: Verification;
}

/** Another vault as it was last met. */
export interface KnownReplica {
  readonly vault: string;
  label: string;
  where: string;
  /** Highest number of a journal file it was seen to have. */
  journal: number;
  /** When it was last met, in milliseconds since 1970. */
  seenMs: number;
  /** By the first 16 digits of a blob. */
  readonly blobs: Map<string, { readonly verifiedMs: number; readonly how: Verification }>;
}

/** What a vault knows of other vaults, and of merges with them; a part of the ledger. */
export class Replicas {
  /** Other vaults by id. */
  readonly known: Map<string, KnownReplica> = new Map();
  /** By id, settled ones among them. */
  readonly conflicts: Map<string, ConflictRecord> = new Map();
  /** What persons settled, by the id of the conflict; the last word counts. */
  readonly resolved: Map<string, ResolveRecord> = new Map();
  readonly tombstones: TombstoneRecord[] = [];

  apply(record: ReplicaRecord): void {
    switch (record.type) {
      case 'receipt':
        this.#addReceipt(record);
        break;
      case 'conflict':
        this.conflicts.set(record.conflict, record);
        break;
      case 'tombstone':
        this.tombstones.push(record);
        break;
      case 'resolve':
        this.resolved.set(record.conflict, record);
        break;
      default:
        record satisfies never;
    }
  }

  /** Copies of a blob that other vaults were seen to hold, whatever their age. */
  receiptsOf(blob: BlobId): Receipt[] {
    const digits = blob.slice(0, 16);
    const receipts: Receipt[] = [];
    for (const { vault, label, blobs } of this.known.values()) {
      const held = blobs.get(digits);
      if (held !== undefined) receipts.push({ vault, label, ...held });
    }
    return receipts;
  }

  /** Conflicts that nobody has settled, in the order they were found. */
  open(): ConflictRecord[] {
    return [...this.conflicts.values()].filter(({ conflict }) => !this.resolved.has(conflict));
  }

  #addReceipt(record: ReceiptRecord): void {
    const { vault, label, where, journal, how } = record;
    const replica = this.known.get(vault) ?? {
      vault,
      label,
      where,
      journal,
      seenMs: 0,
      blobs: new Map(),
    };
    this.known.set(vault, replica);
    replica.label = label;
    replica.where = where;
    replica.journal = journal;
    replica.seenMs = Date.parse(record.time) || 0;
    const verifiedMs = Date.parse(record.verified) || 0;
    for (const digits of record.blobs) {
      if (record.state === 'lost') replica.blobs.delete(digits);
      else replica.blobs.set(digits, { verifiedMs, how });
    }
  }
}
