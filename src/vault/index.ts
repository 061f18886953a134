/**
 * vault: originals, journal, snapshots, leases: the folder a photographer's pictures live in, and its truth.
 * Invariant: knows bytes and names, not pictures; a recipe is data that is kept, never interpreted.
 */
export { type CheckOptions, type CheckReport, check } from './check.ts';
export { createVault, fileRecord } from './create.ts';
export { type Learned, learnedOf, listStrayFacts, readFacts } from './facts.ts';
export { findGaps, type Gap, type Gaps } from './gaps.ts';
export {
  filesOfPlace,
  findByName,
  type Inventory,
  listOriginals,
  placeKey,
  type StoredFile,
  storedFiles,
} from './inventory.ts';
export { type JournalTail, readJournalTail } from './journal-tail.ts';
export { targetError } from './journal-writer.ts';
export { type HeldLease, takeLease } from './leases.ts';
export {
  Ledger,
  type Place,
  type Run,
  type StoredBlob,
  type TreeEntry,
  treeEntry,
} from './ledger.ts';
export { findLeftOver, type LeftOver } from './left-over.ts';
export { FORMAT, openVault, type Vault, type VaultIdentity } from './open.ts';
export { isSafePath } from './parse-record.ts';
export { JOURNAL_NUMBER_MAX, type JournalFacts, type LineDamage } from './read-journal.ts';
export type {
  AcceptedLoss,
  AcceptedRecord,
  BlobRecord,
  DamagedRecord,
  DropRecord,
  EntryRecord,
  FactsRecord,
  GoneRecord,
  JournalRecord,
  MarkedFrame,
  MarkRecord,
  PartRecord,
  PolicyRecord,
  RunId,
  RunRecord,
  RunSource,
  SnapshotRecord,
  SnapshotSource,
  StoredDigest,
  SuspectRecord,
  Verification,
  VerifiedRecord,
} from './records.ts';
export type {
  ConflictRecord,
  ConflictSide,
  ReceiptRecord,
  ReplicaRecord,
  ResolveRecord,
  TombstoneRecord,
} from './replica-records.ts';
export { type KnownReplica, type Receipt, Replicas } from './replicas.ts';
export { findSnapshot, listSnapshots, type SnapshotSummary } from './snapshots.ts';
export { type SourceState, walkStates } from './states.ts';
export { dayOfPlace, digitsIn, type NameTail, sourceNameOf, splitPlace } from './stored-name.ts';
export { type Tree, totalsOf, treeOf } from './tree.ts';
export { VaultWriter } from './writer.ts';
