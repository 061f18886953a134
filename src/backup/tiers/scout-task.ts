import { LIMITS } from '../../base/index.ts';
import {
  type EditorFacts,
  type QuickFacts,
  readCosFacts,
  readQuickFacts,
  readSidecarCopies,
  roleOf,
} from '../../metadata/index.ts';
import type { Disk, Task, TaskWorld } from '../../platform/index.ts';
import { readSmallFile } from '../../store/index.ts';

/** What a file says before it is copied. */
export interface Scouted {
  readonly quick: QuickFacts | null;
  /** What a sidecar says of its picture. */
  readonly editor: readonly EditorFacts[];
}

/** Files to look into. */
export interface ScoutRequest {
  /** Absolute paths; what each is stands in its extension. */
  readonly paths: readonly string[];
}

/** Nothing is said. */
export const SILENT: Scouted = { quick: null, editor: [] };

/** Runs {@link scoutFiles} in a worker. */
export const SCOUT_TASK: Task<ScoutRequest, Scouted[]> = {
  moduleUrl: import.meta.url,
  name: 'scoutFiles',
};

/** What each file says in its first bytes, in order. Never fails: the copy will meet the same trouble and report it. */
export async function scoutFiles({ disk }: TaskWorld, { paths }: ScoutRequest): Promise<Scouted[]> {
  const buffer = new Uint8Array(LIMITS.scoutBytesMax);
  const scouted: Scouted[] = [];
  for (const path of paths) scouted.push(await scout(disk, path, buffer).catch(() => SILENT));
  return scouted;
}

async function scout(disk: Disk, path: string, buffer: Uint8Array): Promise<Scouted> {
  if (roleOf(path) === 'sidecar') return scoutSidecar(disk, path);
  const file = await disk.openRead(path);
  try {
    const head = buffer.subarray(0, await file.read(buffer, 0));
    return { quick: readQuickFacts(path, head).facts, editor: [] };
  } finally {
    await file.close();
  }
}

async function scoutSidecar(disk: Disk, path: string): Promise<Scouted> {
  const bytes = await readSmallFile(disk, path, LIMITS.scoutSidecarBytesMax);
  if (bytes === null) return SILENT;
  const read = /\.cos$/i.test(path) ? readCosFacts : readSidecarCopies;
  return { quick: null, editor: read(path, bytes) ?? [] };
}
