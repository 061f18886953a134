import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { absolutePath } from './node-path.ts';

/**
 * Makes a new empty folder where this system keeps what may be thrown away.
 * @param name how its name begins
 * @returns its absolute path
 */
export async function makeScratchFolder(name: string): Promise<string> {
  return absolutePath(await mkdtemp(join(tmpdir(), `${name}-`)));
}

/** Removes a folder of {@link makeScratchFolder} with all that is in it; what cannot be removed is left to the system. */
export async function removeScratchFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 2 }).catch(() => {});
}
