import { lstat } from 'node:fs/promises';
import type { VolumeMetadata } from '@photostructure/fs-metadata';
import { parseNativePath } from './node-path.ts';
import type { Volume, Volumes } from './world.ts';

/** How long facts of a mounted volume are believed: cards are swapped, and a new one may get the old one's number. */
const BELIEVED_MS = 5000;
/** A network drive that does not answer must not hold a run. */
const TIMEOUT_MS = 3000;

interface Known {
  readonly volume: Volume;
  readonly atMs: number;
}

/** Volumes of this machine; asked once for each device every few seconds. */
export function openNodeVolumes(): Volumes {
  const known = new Map<number, Known>();
  return {
    describe: async (path) => {
      const device = await lstat(path).then(
        (stats) => stats.dev,
        () => null,
      );
      if (device === null) return { id: '', label: '', fileSystem: '', mountPoint: '' };
      const before = known.get(device);
      const nowMs = performance.now();
      if (before !== undefined && nowMs - before.atMs < BELIEVED_MS) return before.volume;
      const volume = volumeOf(await readMetadata(path), device);
      known.set(device, { volume, atMs: nowMs });
      return volume;
    },
  };
}

async function readMetadata(path: string): Promise<Partial<VolumeMetadata>> {
  try {
    const { getVolumeMetadataForPath } = await import('@photostructure/fs-metadata');
    return await getVolumeMetadataForPath(path, { timeoutMs: TIMEOUT_MS });
  } catch {
    return {};
  }
}

function volumeOf(metadata: Partial<VolumeMetadata>, device: number): Volume {
  const { uuid, label, fstype, mountPoint } = metadata;
  return {
    id: uuid === undefined || uuid === '' ? `dev:${device}` : uuid,
    label: label ?? '',
    fileSystem: fstype ?? '',
    mountPoint: parseNativePath(Buffer.from(mountPoint ?? '')),
  };
}
