import type { BlobId } from '../base/index.ts';
import type { Task, TaskWorld } from '../platform/index.ts';
import { digestFile, type Failure, failureOf, STOPPED, type StopMemory } from '../store/index.ts';

/** Files to read whole, past the page cache where the system can. */
export interface DigestRequest {
  /** Absolute paths. */
  readonly paths: readonly string[];
  /** Once it is raised, reading ends within one chunk. */
  readonly stop?: StopMemory;
}

/** What one file's bytes are now, or why they could not be read. */
export type DigestOutcome =
  | {
      readonly state: 'read';
      readonly blob: BlobId;
      readonly sizeBytes: number;
      readonly isDirect: boolean;
    }
  /** Nothing is known of it: reading was ended before its last byte. */
  | { readonly state: 'stopped' }
  | { readonly state: 'unreadable'; readonly failure: Failure };

/** Runs {@link digestFiles} in a worker. */
export const DIGEST_TASK: Task<DigestRequest, DigestOutcome[]> = {
  moduleUrl: import.meta.url,
  name: 'digestFiles',
};

/** Reads every file whole; one that cannot be read does not stop the others. */
export async function digestFiles(
  world: TaskWorld,
  request: DigestRequest,
): Promise<DigestOutcome[]> {
  const outcomes: DigestOutcome[] = [];
  for (const path of request.paths) {
    try {
      const options = { direct: true, stop: request.stop };
      const { blob, sizeBytes, isDirect } = await digestFile(world.disk, path, options);
      outcomes.push({ state: 'read', blob, sizeBytes, isDirect });
    } catch (error) {
      const failure = failureOf(error);
      const isStopped = failure.code === STOPPED;
      outcomes.push(isStopped ? { state: 'stopped' } : { state: 'unreadable', failure });
    }
  }
  return outcomes;
}
