import type { Task, TaskWorld } from '../platform/index.ts';
import {
  type Publication,
  type PublishOutcome,
  publishFiles,
  type StopMemory,
} from '../store/index.ts';
import { type CopyOutcome, copyFiles, type FileCopy } from './copy-files.ts';

/** A batch of stored files to be copied and read back. */
export interface CopyRequest {
  readonly files: readonly FileCopy[];
  readonly syncEveryBytes: number;
  /** Counter of bytes that came over the link. */
  readonly counter: SharedArrayBuffer;
  readonly stop: StopMemory;
}

/** Verified files that get their names. */
export interface NamingRequest {
  readonly files: readonly Publication[];
  readonly folders: readonly string[];
}

/** Runs {@link copyBatch} in a worker. */
export const COPY_TASK: Task<CopyRequest, CopyOutcome[]> = {
  moduleUrl: import.meta.url,
  name: 'copyBatch',
};

/** Runs {@link nameBatch} in a worker. */
export const NAMING_TASK: Task<NamingRequest, PublishOutcome> = {
  moduleUrl: import.meta.url,
  name: 'nameBatch',
};

/** Copies a batch in a thread of its own. */
export async function copyBatch(world: TaskWorld, request: CopyRequest): Promise<CopyOutcome[]> {
  const count = new BigInt64Array(request.counter);
  return copyFiles(world.disk, request.files, {
    stop: request.stop,
    syncEveryBytes: request.syncEveryBytes,
    onBytes: (bytes) => {
      Atomics.add(count, 0, BigInt(bytes));
    },
  });
}

/** Gives a batch its final names. */
export async function nameBatch(world: TaskWorld, request: NamingRequest): Promise<PublishOutcome> {
  return publishFiles(world.disk, request.files, request.folders);
}
