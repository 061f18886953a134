import type { BlobId } from '../base/index.ts';
import type { Task, TaskWorld } from '../platform/index.ts';
import { digestFile, type Failure, failureOf } from '../store/index.ts';

/** Files to read whole, past the page cache where the system can. */
export interface DigestRequest {
  /** Absolute paths. */
  readonly paths: readonly string[];
}

/** What one file's bytes are now, or why they could not be read. */
export type DigestOutcome =
  | {
      readonly state: 'read';
      readonly blob: BlobId;
      readonly sizeBytes: number;
      readonly isDirect: boolean;
    }
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
      const { blob, sizeBytes, isDirect } = await digestFile(world.disk, path, { direct: true });
      outcomes.push({ state: 'read', blob, sizeBytes, isDirect });
    } catch (error) {
      outcomes.push({ state: 'unreadable', failure: failureOf(error) });
    }
  }
  return outcomes;
}
