import type { Disk, Task, Volumes, Workers, World } from '../platform/index.ts';
import { callTask } from '../platform/index.ts';
import { isObjectPath, parseObjectPath } from './object-address.ts';
import { storeError } from './object-store.ts';

/** Opens the disk of a bucket; called once for each. */
export type OpenBucket = (bucket: string) => Promise<Disk & { close?(): Promise<void> }>;

/**
 * The same world, in which paths that begin with `s3://` lead to buckets. Tasks that speak of one run in this thread,
 * where its uploads are known; the link is slower than any digest.
 */
export function withBuckets<W extends World>(world: W, openBucket: OpenBucket): W {
  const buckets = new Map<string, ReturnType<OpenBucket>>();
  const bucketOf = (path: string): Promise<Disk> => {
    const { bucket } = parseObjectPath(path);
    const opened = buckets.get(bucket) ?? openBucket(bucket);
    buckets.set(bucket, opened);
    return opened;
  };
  const disk = routedDisk(world.disk, bucketOf);
  const close = async (): Promise<void> => {
    await world.workers.close();
    for (const opened of buckets.values()) await (await opened.catch(() => null))?.close?.();
  };
  const workers = routedWorkers(world.workers, disk, close);
  return { ...world, disk, workers, volumes: routedVolumes(world.volumes) };
}

function routedDisk(local: Disk, bucketOf: (path: string) => Promise<Disk>): Disk {
  const at = async (path: string): Promise<Disk> => (isObjectPath(path) ? bucketOf(path) : local);
  return {
    listFolder: async (path) => (await at(path)).listFolder(path),
    stat: async (path) => (path === 's3:/' ? null : (await at(path)).stat(path)),
    openRead: async (path, options) => (await at(path)).openRead(path, options),
    createNew: async (path) => (await at(path)).createNew(path),
    syncFile: async (path) => (await at(path)).syncFile(path),
    makeFolder: async (path) => (await at(path)).makeFolder(path),
    rename: async (source, target) => {
      const [from, to] = [await at(source), await at(target)];
      if (from === to) return from.rename(source, target);
      throw storeError('EXDEV', `${source} and ${target} are on different volumes`);
    },
    removeFile: async (path) => (await at(path)).removeFile(path),
    removeFolder: async (path) => (await at(path)).removeFolder(path),
    syncFolder: async (path) => (await at(path)).syncFolder(path),
    setMtime: async (path, mtimeMs) => (await at(path)).setMtime(path, mtimeMs),
    setMode: async (path, mode) => (await at(path)).setMode(path, mode),
    readLink: async (path) => (await at(path)).readLink(path),
    makeLink: async (path, target) => (await at(path)).makeLink(path, target),
    freeBytes: async (path) => (await at(path)).freeBytes(path),
    resolve: async (path) => (await at(path)).resolve(path),
    localPath: (path) => (isObjectPath(path) ? null : local.localPath(path)),
  };
}

function routedWorkers(workers: Workers, disk: Disk, close: () => Promise<void>): Workers {
  return {
    count: workers.count,
    run: <Input, Output>(task: Task<Input, Output>, input: Input): Promise<Output> =>
      namesBucket(input, DEPTH_MAX) ? callTask({ disk }, task, input) : workers.run(task, input),
    close,
  };
}

/** Inputs of tasks are plain records a few levels deep. */
const DEPTH_MAX = 8;

function namesBucket(value: unknown, depthLeft: number): boolean {
  if (typeof value === 'string') return isObjectPath(value);
  if (typeof value !== 'object' || value === null || depthLeft === 0) return false;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return false;
  const values = value instanceof Map ? [...value.keys(), ...value.values()] : Object.values(value);
  return values.some((inner) => namesBucket(inner, depthLeft - 1));
}

function routedVolumes(volumes: Volumes): Volumes {
  return {
    describe: async (path) => {
      if (!isObjectPath(path)) return volumes.describe(path);
      const mountPoint = `s3://${parseObjectPath(path).bucket}`;
      return { id: '', label: '', fileSystem: 's3', mountPoint };
    },
  };
}
