import type { World } from '../index.ts';
import type { FolderEntry } from './scratch.ts';

/** What a comparison of two folders found; paths are below the folders. */
export interface Comparison {
  /** Files whose every byte, name and time is the same. */
  readonly sameFiles: number;
  readonly sameBytes: number;
  /** Paths whose content or time differs, with what differs. */
  readonly different: readonly string[];
  /** Paths that only the first folder has; what lies in such a folder is not counted. */
  readonly onlyInFirst: readonly string[];
  readonly onlyInSecond: readonly string[];
}

/** Two times closer than this are the same: disks keep microseconds, numbers a little less. */
const TIME_STEP_MS = 0.002;
const CHUNK_BYTES = 1_048_576;

/**
 * Compares two folders byte by byte, with nothing of the library but its disk: what it says does not rest on digests.
 * @param onBytes told the bytes compared since it was called last
 */
export async function compareFolders(
  { disk }: Pick<World, 'disk'>,
  first: string,
  second: string,
  onBytes: (count: number) => void = () => {},
): Promise<Comparison> {
  const found = {
    sameFiles: 0,
    sameBytes: 0,
    different: [] as string[],
    onlyInFirst: [] as string[],
    onlyInSecond: [] as string[],
  };
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const there = new Map<string, FolderEntry>();
    for (const entry of await disk.listFolder(`${second}${folder}`)) there.set(entry.name, entry);
    const entries = await disk.listFolder(`${first}${folder}`).catch(() => null);
    if (entries === null) found.onlyInFirst.push(`${folder.slice(1)} (cannot be listed)`);
    for (const entry of entries ?? []) {
      const path = `${folder}/${entry.name}`;
      const other = there.get(entry.name);
      there.delete(entry.name);
      if (other === undefined) {
        found.onlyInFirst.push(path.slice(1));
        continue;
      }
      const files = { first: `${first}${path}`, second: `${second}${path}` };
      const why = await differenceOf(disk, files, [entry, other], onBytes);
      if (why !== null) found.different.push(`${path.slice(1)} (${why})`);
      else if (entry.kind === 'folder') folders.push(path);
      else if (entry.kind === 'file') {
        found.sameFiles += 1;
        found.sameBytes += entry.sizeBytes;
      }
    }
    for (const name of there.keys()) found.onlyInSecond.push(`${folder}/${name}`.slice(1));
  }
  return found;
}

/** What differs between two things of the same name; null: nothing. */
async function differenceOf(
  disk: World['disk'],
  paths: { readonly first: string; readonly second: string },
  [one, other]: readonly [FolderEntry, FolderEntry],
  onBytes: (count: number) => void,
): Promise<string | null> {
  if (one.kind !== other.kind) return 'kind';
  if (one.kind === 'link') {
    const targets = [await disk.readLink(paths.first), await disk.readLink(paths.second)];
    return targets[0] === targets[1] ? null : 'target';
  }
  if (one.kind !== 'file') return null;
  if (Math.abs(one.mtimeMs - other.mtimeMs) > TIME_STEP_MS) return 'time';
  if (one.sizeBytes !== other.sizeBytes) return 'size';
  try {
    return (await hasSameBytes(disk, paths, onBytes)) ? null : 'bytes';
  } catch (error) {
    // Only what the system says is a finding; the caller's own way to stop is none.
    if (error instanceof Error && 'code' in error) return error.message;
    throw error;
  }
}

async function hasSameBytes(
  disk: World['disk'],
  paths: { readonly first: string; readonly second: string },
  onBytes: (count: number) => void,
): Promise<boolean> {
  const one = await disk.openRead(paths.first);
  const other = await disk.openRead(paths.second);
  try {
    const [left, right] = [Buffer.allocUnsafe(CHUNK_BYTES), Buffer.allocUnsafe(CHUNK_BYTES)];
    for (let position = 0; ; position += CHUNK_BYTES) {
      const counts = await Promise.all([one.read(left, position), other.read(right, position)]);
      if (!left.subarray(0, counts[0]).equals(right.subarray(0, counts[1]))) return false;
      onBytes(counts[0]);
      if (counts[0] < CHUNK_BYTES) return true;
    }
  } finally {
    await one.close();
    await other.close();
  }
}
