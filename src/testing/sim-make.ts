import type { Content } from './sim-content.ts';
import type { SimEntry, SimFile, SimFolder, SimTree, SimVolume } from './sim-node.ts';
import { type DiskProfile, storedMtimeMs } from './sim-profile.ts';

/** An empty disk. */
export function makeTree(volume: SimVolume, nowMs: number): SimTree {
  const root = makeFolderNode(0, volume, nowMs);
  return { root, pending: [], lastNumber: 0 };
}

/** A folder with nothing in it. */
export function makeFolderNode(id: number, volume: SimVolume, nowMs: number): SimFolder {
  const mtimeMs = storedMtimeMs(volume.profile, nowMs);
  const mode = volume.profile.keepsMode ? 0o755 : 0o777;
  const entries = new Map<string, SimEntry>();
  return { kind: 'folder', id, volume, entries, durable: new Map(), mtimeMs, mode };
}

/** A file with this content, none of it durable. */
export function makeFileNode(content: Content, profile: DiskProfile, nowMs: number): SimFile {
  const mtimeMs = storedMtimeMs(profile, nowMs);
  const mode = profile.keepsMode ? 0o644 : 0o777;
  return { kind: 'file', content, durableBytes: 0, place: '', syncedAs: '', mtimeMs, mode };
}
