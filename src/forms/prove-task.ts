import type { Task, TaskWorld } from '../platform/index.ts';
import type { ContentNeed, StopMemory } from '../store/index.ts';
import { originalOf } from './read-place.ts';

/** A content, and the places that are to be tried. */
export interface ProveRequest {
  readonly content: ContentNeed;
  readonly stop: StopMemory;
}

/** Runs {@link proveContent} in a worker. */
export const PROVE_TASK: Task<ProveRequest, boolean> = {
  moduleUrl: import.meta.url,
  name: 'proveContent',
};

/** Whether one of the places gives the content, decoded and compared by its digest; false too where it was stopped. */
export async function proveContent(
  { disk }: TaskWorld,
  { content, stop }: ProveRequest,
): Promise<boolean> {
  try {
    await originalOf(disk, content, stop);
    return true;
  } catch {
    return false;
  }
}
