import { lookAt, openByteSource } from '../analysis/index.ts';
import { messageOf } from '../base/index.ts';
import { readCosFacts, readQuickFacts, readSidecarCopies, roleOf } from '../metadata/index.ts';
import type { Task, TaskWorld } from '../platform/index.ts';
import type { LookFacts } from './kept.ts';

/** A file that is looked at. */
export interface LookRequest {
  /** Absolute path. */
  readonly path: string;
  /** Its name in the source. */
  readonly name: string;
}

/** More of a file than this is not asked for its quick facts. */
const HEAD_BYTES_MAX = 262_144;
/** A larger sidecar is kept and not understood. */
const SIDECAR_BYTES_MAX = 16_777_216;

/** Runs {@link lookAtFiles} in a worker. */
export const LOOK_TASK: Task<readonly LookRequest[], LookFacts[]> = {
  moduleUrl: import.meta.url,
  name: 'lookAtFiles',
};

/** What each file tells at once, in order. Never fails: what cannot be read or understood says so. */
export async function lookAtFiles(
  world: TaskWorld,
  files: readonly LookRequest[],
): Promise<LookFacts[]> {
  const looks: LookFacts[] = [];
  for (const file of files) {
    looks.push(
      await lookAtFile(world, file).catch((error: unknown) => ({
        ...NOTHING,
        trouble: `The file could not be read: ${messageOf(error)}`,
      })),
    );
  }
  return looks;
}

const NOTHING: LookFacts = { quick: null, look: null, editor: [], trouble: null };

async function lookAtFile({ disk }: TaskWorld, { path, name }: LookRequest): Promise<LookFacts> {
  const source = await openByteSource(disk, path);
  try {
    if (roleOf(name) === 'sidecar') {
      const bytes = await source.read(0, Math.min(source.sizeBytes, SIDECAR_BYTES_MAX));
      const read = /\.cos$/i.test(name) ? readCosFacts : readSidecarCopies;
      return { ...NOTHING, editor: read(name, bytes) ?? [] };
    }
    const head = await source.read(0, Math.min(source.sizeBytes, HEAD_BYTES_MAX));
    const { facts, trouble } = readQuickFacts(name, head);
    return { quick: facts, look: await lookAt(source, name), editor: [], trouble };
  } finally {
    await source.close();
  }
}
