import { captureDay } from '../metadata/index.ts';
import type { Task, TaskWorld } from '../platform/index.ts';
import {
  headOf,
  type Publication,
  type PublishOutcome,
  publishFiles,
  type StageFile,
  type StageOutcome,
  type StopMemory,
  stageFiles,
} from '../store/index.ts';
import { addBytes } from './progress.ts';

/** A batch of files to copy to unfinished files. */
export interface StageRequest {
  readonly files: readonly StageFile[];
  /** Counter of bytes read. */
  readonly counter: SharedArrayBuffer;
  /** Once it is raised, what is not verified yet is given up within one chunk. */
  readonly stop: StopMemory;
}

/** What became of a batch, and the local day each picture was taken where its file says. */
export interface StageReply {
  readonly outcomes: readonly StageOutcome[];
  readonly days: readonly (string | null)[];
}

/** Verified files that get their names. */
export interface PublishRequest {
  readonly files: readonly Publication[];
  readonly folders: readonly string[];
}

/** Files whose first bytes may be known. */
export interface HeadsRequest {
  /** Absolute paths. */
  readonly paths: readonly string[];
}

/** Runs {@link readHeads} in a worker. */
export const HEADS_TASK: Task<HeadsRequest, (string | null)[]> = {
  moduleUrl: import.meta.url,
  name: 'readHeads',
};

/** Runs {@link stageBatch} in a worker. */
export const STAGE_TASK: Task<StageRequest, StageReply> = {
  moduleUrl: import.meta.url,
  name: 'stageBatch',
};

/** Runs {@link publishBatch} in a worker. */
export const PUBLISH_TASK: Task<PublishRequest, PublishOutcome> = {
  moduleUrl: import.meta.url,
  name: 'publishBatch',
};

/** The head of each file, in order; null where it could not be read. */
export async function readHeads(
  world: TaskWorld,
  request: HeadsRequest,
): Promise<(string | null)[]> {
  const heads: (string | null)[] = [];
  for (const path of request.paths) heads.push(await headOf(world.disk, path).catch(() => null));
  return heads;
}

/** Copies and verifies a batch; pictures are asked for their day while their first bytes are in memory. */
export async function stageBatch(world: TaskWorld, request: StageRequest): Promise<StageReply> {
  const days: (string | null)[] = request.files.map(() => null);
  const outcomes = await stageFiles(world.disk, request.files, {
    onHead: (index, bytes) => {
      days[index] = captureDay(request.files[index]?.source ?? '', bytes);
    },
    onBytes: (count) => addBytes(request.counter, count),
    stop: request.stop,
  });
  return { outcomes, days };
}

/** Gives a batch its final names. */
export async function publishBatch(
  world: TaskWorld,
  request: PublishRequest,
): Promise<PublishOutcome> {
  return publishFiles(world.disk, request.files, request.folders);
}
