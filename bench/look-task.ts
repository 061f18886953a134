import sharp from 'sharp';
import { lookAt, openByteSource } from '../src/analysis/index.ts';
import type { Task, TaskWorld } from '../src/platform/index.ts';

/** Files that one worker looks at. */
export interface LookRequest {
  readonly paths: readonly string[];
  /** `decode`: the peer, which decodes a JPEG whole and does nothing with it. */
  readonly how: 'scores' | 'fingerprint' | 'decode';
}

/** Runs {@link lookAtPaths} in a worker. */
export const LOOK_TASK: Task<LookRequest, number> = {
  moduleUrl: import.meta.url,
  name: 'lookAtPaths',
};

/** Looks at the files one after the other; how many showed something. */
export async function lookAtPaths(world: TaskWorld, request: LookRequest): Promise<number> {
  let seen = 0;
  for (const path of request.paths) {
    if (request.how === 'decode') {
      const { data } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
      if (data.length > 0) seen += 1;
      continue;
    }
    await using source = await openByteSource(world.disk, path);
    if ((await lookAt(source, path, { purpose: request.how })) !== null) seen += 1;
  }
  return seen;
}
