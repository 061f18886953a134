import { openByteSource, smallCopyOf } from '../analysis/index.ts';
import type { Task, TaskWorld } from '../platform/index.ts';

/** Pictures that small copies are made of. */
export interface PreviewRequest {
  /** Absolute paths. */
  readonly paths: readonly string[];
}

/** Runs {@link makePreviews} in a worker. */
export const PREVIEW_TASK: Task<PreviewRequest, (Uint8Array | null)[]> = {
  moduleUrl: import.meta.url,
  name: 'makePreviews',
};

/** A small copy of each picture, in order; null where there is nothing to see. Never fails. */
export async function makePreviews(
  world: TaskWorld,
  { paths }: PreviewRequest,
): Promise<(Uint8Array | null)[]> {
  const copies: (Uint8Array | null)[] = [];
  for (const path of paths) copies.push(await makePreview(world, path).catch(() => null));
  return copies;
}

async function makePreview({ disk }: TaskWorld, path: string): Promise<Uint8Array | null> {
  const source = await openByteSource(disk, path);
  try {
    return await smallCopyOf(source);
  } finally {
    await source.close();
  }
}
