import { LIMITS } from '../base/index.ts';
import type { TreeEntry } from '../vault/index.ts';
import type { Found } from './scan.ts';

/** What size and time say of a file, against what the vault knows of its path. */
export type Change = 'new' | 'changed' | 'unchanged';

/**
 * Compares a file with the vault's knowledge of its path. No inode and no ctime: on removable media they mean nothing.
 */
export function changeOf(known: TreeEntry | undefined, found: Found): Change {
  if (known === undefined || known.kind !== found.kind) return 'new';
  const driftMs = Math.abs(known.mtimeUs / 1000 - found.mtimeMs);
  const sizeBytes = found.kind === 'file' ? found.sizeBytes : 0;
  const isSame = known.sizeBytes === sizeBytes && driftMs <= LIMITS.mtimeToleranceMs;
  return isSame ? 'unchanged' : 'changed';
}

/** Microseconds since 1970 of a disk's time. */
export function microseconds(mtimeMs: number): number {
  return Math.round(mtimeMs * 1000);
}

/**
 * Whether an unchanged file is read again in this run: one file in {@link LIMITS.rollingSampleEvery}, another one each run,
 * so that after so many runs every file was read.
 * @param turn how many runs the source has had
 */
export function isInSample(path: string, turn: number): boolean {
  let hash = 0x811c9dc5;
  // FNV-1a: any even spread of paths will do.
  for (let index = 0; index < path.length; index += 1) {
    hash = Math.imul(hash ^ path.charCodeAt(index), 0x01000193) >>> 0;
  }
  return (hash + turn) % LIMITS.rollingSampleEvery === 0;
}
