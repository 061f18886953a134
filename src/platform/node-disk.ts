import { constants, lstatSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { systemCodeOf } from '../base/index.ts';
import type { Disk, FileFacts, FolderEntry, SyncStrength } from './disk.ts';
import { blockingCalls, type FileCalls, patientCalls } from './node-calls.ts';
import { factsOf, kindOf, mtimeMsOf, utimeSeconds } from './node-facts.ts';
import { NOT_FOLLOWING, openNodeNew, openNodeRead, syncOpenFile } from './node-file.ts';
import {
  decodeName,
  encodeName,
  joinPath,
  type NativePath,
  nativePath,
  parseNativePath,
} from './node-path.ts';

/** How a disk of this machine waits: in the calling thread (for worker threads), or beside the event loop. */
export interface NodeDiskOptions {
  readonly blocking: boolean;
}

/** One slice of lstat calls on the event loop's thread, in milliseconds. */
const SLICE_MS_MAX = 8;
const STAT_OPTIONS = { throwIfNoEntry: false } as const;
/** Absent on Windows. */
const ONLY_FOLDER = constants.O_DIRECTORY ?? 0;
const NOTHING_THERE = new Set(['ENOENT', 'ENOTDIR']);
const STATFS_UNSUPPORTED = new Set(['ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL']);
/** Windows opens no folder for a flush. */
const FOLDER_SYNC_REFUSED = new Set(['EPERM', 'EISDIR', 'EACCES', 'EBADF', 'EINVAL']);
const MODE_UNSUPPORTED = new Set(['ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EPERM']);

/** The disks of this machine, over node:fs. */
export function openNodeDisk(options: NodeDiskOptions): Disk {
  const calls = options.blocking ? blockingCalls : patientCalls;
  return {
    listFolder: (path) => listFolder(calls, path, options.blocking),
    stat: (path) => readFacts(calls, path),
    openRead: (path, how) => openNodeRead(calls, nativePath(path), how?.direct === true),
    createNew: (path) => openNodeNew(calls, nativePath(path)),
    syncFile: (path) => syncFile(calls, path),
    makeFolder: (path) => makeFolder(calls, path),
    rename: (source, target) => calls.rename(nativePath(source), nativePath(target)),
    removeFile: (path) => calls.unlink(nativePath(path)),
    removeFolder: (path) => calls.rmdir(nativePath(path)),
    syncFolder: (path) => syncFolder(calls, path),
    setMtime: (path, mtimeMs) => calls.lutimes(nativePath(path), utimeSeconds(mtimeMs)),
    setMode: (path, mode) => setMode(calls, path, mode),
    readLink: async (path) => decodeName(await calls.readlink(nativePath(path))),
    makeLink: (path, target) => calls.symlink(encodeName(target), nativePath(path)),
    freeBytes: (path) => freeBytes(calls, path),
    resolve: async (path) => parseNativePath(await calls.realpath(nativePath(path))),
    localPath: (path) => (path.isWellFormed() ? path : null),
  };
}

/**
 * An entry whose facts cannot be read (a bad sector below its inode, a folder of the system on Windows) is listed as a
 * file of size 0 and time 0: reading it brings the error, and the other entries are not lost with it.
 */
async function listFolder(
  calls: FileCalls,
  path: string,
  isBlocking: boolean,
): Promise<FolderEntry[]> {
  const entries: FolderEntry[] = [];
  let sliceStartMs = performance.now();
  let seen = 0;
  for (const name of await readNames(calls, path)) {
    // 100,000 asynchronous lstat calls take several times as long: call in the thread, but in short slices.
    const entry = readEntry(name, nativePath(joinPath(path, name)));
    if (entry !== null) entries.push(entry);
    seen += 1;
    if (!isBlocking && seen % 32 === 0 && performance.now() - sliceStartMs > SLICE_MS_MAX) {
      await setImmediate();
      sliceStartMs = performance.now();
    }
  }
  return entries;
}

async function readNames(calls: FileCalls, path: string): Promise<string[]> {
  const names = await calls.readNames(nativePath(path));
  if (!names.some((name) => name.includes('\ufffd'))) return names;
  return (await calls.readNameBytes(nativePath(path))).map(decodeName);
}

function readEntry(name: string, path: NativePath): FolderEntry | null {
  try {
    const stats = lstatSync(path, STAT_OPTIONS);
    if (stats === undefined) return null;
    return {
      name,
      kind: kindOf(stats.mode),
      sizeBytes: stats.size,
      mtimeMs: mtimeMsOf(stats),
      mode: stats.mode & 0o7777,
    };
  } catch {
    return { name, kind: 'file', sizeBytes: 0, mtimeMs: 0, mode: 0 };
  }
}

async function readFacts(calls: FileCalls, path: string): Promise<FileFacts | null> {
  try {
    const stats = await calls.lstat(nativePath(path));
    return stats === undefined ? null : factsOf(stats);
  } catch (error) {
    if (NOTHING_THERE.has(systemCodeOf(error))) return null;
    throw error;
  }
}

async function makeFolder(calls: FileCalls, path: string): Promise<boolean> {
  try {
    await calls.mkdir(nativePath(path));
    return true;
  } catch (error) {
    if (systemCodeOf(error) !== 'EEXIST') throw error;
    if ((await readFacts(calls, path))?.kind === 'folder') return false;
    throw error;
  }
}

async function syncFile(calls: FileCalls, path: string): Promise<SyncStrength> {
  // Windows flushes only what is open for writing; elsewhere a read-only file must be syncable too.
  const access = process.platform === 'win32' ? constants.O_RDWR : constants.O_RDONLY;
  const file = await calls.open(nativePath(path), access | NOT_FOLLOWING);
  try {
    return await syncOpenFile(calls, file);
  } finally {
    await calls.close(file);
  }
}

async function syncFolder(calls: FileCalls, path: string): Promise<SyncStrength> {
  try {
    const folder = await calls.open(nativePath(path), constants.O_RDONLY | ONLY_FOLDER);
    try {
      return await syncOpenFile(calls, folder);
    } finally {
      await calls.close(folder);
    }
  } catch (error) {
    const isRefused = process.platform === 'win32' && FOLDER_SYNC_REFUSED.has(systemCodeOf(error));
    if (isRefused) return 'weak';
    throw error;
  }
}

async function setMode(calls: FileCalls, path: string, mode: number): Promise<void> {
  // On Windows the bits are only the read-only attribute, which would keep the file from being replaced or removed.
  if (process.platform === 'win32') return;
  try {
    await calls.chmod(nativePath(path), mode);
  } catch (error) {
    if (!MODE_UNSUPPORTED.has(systemCodeOf(error))) throw error;
  }
}

async function freeBytes(calls: FileCalls, path: string): Promise<number | null> {
  try {
    const volume = await calls.statfs(nativePath(path));
    return volume.bavail * volume.bsize;
  } catch (error) {
    if (STATFS_UNSUPPORTED.has(systemCodeOf(error))) return null;
    throw error;
  }
}
