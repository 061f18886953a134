/**
 * store: where bytes live and how they get there for good: read once, digest, write, sync, read back, publish.
 * Invariant: knows files and digests, neither journals nor pictures.
 */
export { withS3 } from './bucket-world.ts';
export { clearAbandoned } from './clear-abandoned.ts';
export {
  type ContentNeed,
  type ContentPlace,
  type Delivery,
  type DeliveryOutcome,
  deliverFiles,
  type ReadPlace,
  readVerbatim,
} from './deliver.ts';
export { digestFile, type FileDigest, headOf, RunningDigest, readChunks } from './digest-file.ts';
export { type Failure, failureOf } from './failure.ts';
export { FolderStore } from './folder-store.ts';
export { isObjectPath, objectPath } from './object-address.ts';
export { ObjectDisk, type ObjectDiskOptions } from './object-disk.ts';
export {
  type ByteRange,
  type ListPage,
  type ListRequest,
  listAll,
  type ObjectFacts,
  type ObjectStore,
  type PutOptions,
  type PutOutcome,
  type StoredBytes,
  storeError,
  type Upload,
  type UploadedPart,
} from './object-store.ts';
export { compareKeys, type KeyPage, pageKeys } from './page-keys.ts';
export type { PartOutcome } from './part.ts';
export { probeStore, type StoreAbilities } from './probe-store.ts';
export {
  type DurableFolder,
  ensureDurable,
  ensureFolder,
  type Publication,
  type PublishOutcome,
  publishFiles,
} from './publish.ts';
export { type Patience, retryingStore } from './retrying-store.ts';
export { type OpenBucket, withBuckets } from './routed-disk.ts';
export { openS3Store, type S3Options } from './s3-store.ts';
export { readSmallFile, writeSmallFile } from './small-file.ts';
export {
  type StageFile,
  type StageListener,
  type StageOutcome,
  stageFiles,
} from './stage.ts';
export { isStopped, STOPPED, StopFlag, type StopMemory, stoppedError } from './stop-flag.ts';
export { type Streamed, StreamStage } from './stream-stage.ts';
export { throttledStore } from './throttled-store.ts';
