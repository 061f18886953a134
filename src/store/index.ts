/**
 * store: where bytes live and how they get there for good: read once, digest, write, sync, read back, publish.
 * Invariant: knows files and digests, neither journals nor pictures.
 */
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
export type { PartOutcome } from './part.ts';
export {
  type DurableFolder,
  ensureDurable,
  ensureFolder,
  type Publication,
  type PublishOutcome,
  publishFiles,
} from './publish.ts';
export { readSmallFile, writeSmallFile } from './small-file.ts';
export {
  type StageFile,
  type StageListener,
  type StageOutcome,
  stageFiles,
} from './stage.ts';
export { isStopped, STOPPED, StopFlag, type StopMemory, stoppedError } from './stop-flag.ts';
export { type Streamed, StreamStage } from './stream-stage.ts';
