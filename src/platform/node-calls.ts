import fs, { type Stats } from 'node:fs';
import { promisify } from 'node:util';
import type { NativePath } from './node-path.ts';

/** The calls of the operating system that a disk needs, in one style: every file is a descriptor number. */
export interface FileCalls {
  open(path: NativePath, flags: number, mode?: number): Promise<number>;
  close(file: number): Promise<void>;
  read(file: number, buffer: Uint8Array, offset: number, positionBytes: number): Promise<number>;
  write(file: number, bytes: Uint8Array, offset: number): Promise<number>;
  fsync(file: number): Promise<void>;
  fstat(file: number): Promise<Stats>;
  /** Undefined, or ENOENT, where nothing is there. */
  lstat(path: NativePath): Promise<Stats | undefined>;
  mkdir(path: NativePath): Promise<unknown>;
  rename(source: NativePath, target: NativePath): Promise<void>;
  unlink(path: NativePath): Promise<void>;
  rmdir(path: NativePath): Promise<void>;
  lutimes(path: NativePath, seconds: string): Promise<void>;
  chmod(path: NativePath, mode: number): Promise<void>;
  readlink(path: NativePath): Promise<Buffer>;
  symlink(target: NativePath, path: NativePath): Promise<void>;
  statfs(path: NativePath): Promise<VolumeNumbers>;
  realpath(path: NativePath): Promise<Buffer>;
  readNames(path: NativePath): Promise<string[]>;
  readNameBytes(path: NativePath): Promise<Buffer[]>;
}

/** What the system counts of a volume; `type` is the magic number of its file system (Linux: statfs(2)). */
export interface VolumeNumbers {
  readonly type: number;
  readonly bavail: number;
  readonly bsize: number;
}

/** One call writes at most this much: Node refuses 2 GiB and more. */
const WRITE_BYTES_MAX = 1 << 30;

/** Calls that wait in the calling thread: the cheapest style where nothing else runs in that thread. */
export const blockingCalls: FileCalls = {
  open: async (path, flags, mode) => fs.openSync(path, flags, mode),
  close: async (file) => fs.closeSync(file),
  read: async (file, buffer, offset, positionBytes) =>
    fs.readSync(file, buffer, offset, buffer.length - offset, positionBytes),
  write: async (file, bytes, offset) =>
    fs.writeSync(file, bytes, offset, Math.min(bytes.length - offset, WRITE_BYTES_MAX), null),
  fsync: async (file) => fs.fsyncSync(file),
  fstat: async (file) => fs.fstatSync(file),
  lstat: async (path) => fs.lstatSync(path, { throwIfNoEntry: false }),
  mkdir: async (path) => fs.mkdirSync(path),
  rename: async (source, target) => fs.renameSync(source, target),
  unlink: async (path) => fs.unlinkSync(path),
  rmdir: async (path) => fs.rmdirSync(path),
  lutimes: async (path, seconds) => fs.lutimesSync(path, seconds, seconds),
  chmod: async (path, mode) => fs.chmodSync(path, mode),
  readlink: async (path) => fs.readlinkSync(path, { encoding: 'buffer' }),
  symlink: async (target, path) => fs.symlinkSync(target, path),
  statfs: async (path) => fs.statfsSync(path),
  realpath: async (path) => fs.realpathSync.native(path, { encoding: 'buffer' }),
  readNames: async (path) => fs.readdirSync(path),
  readNameBytes: async (path) => fs.readdirSync(path, { encoding: 'buffer' }),
};

const read = promisify(fs.read);
const write = promisify(fs.write);
const fstat: (file: number) => Promise<Stats> = promisify(fs.fstat);
const realpath = promisify((path: NativePath, done: (error: Error | null, path: Buffer) => void) =>
  fs.realpath.native(path, { encoding: 'buffer' }, done),
);

/** Calls that wait in the system's own threads and keep the event loop alive. */
export const patientCalls: FileCalls = {
  open: promisify(fs.open) as FileCalls['open'],
  close: promisify(fs.close),
  read: async (file, buffer, offset, positionBytes) =>
    (await read(file, buffer, offset, buffer.length - offset, positionBytes)).bytesRead,
  write: async (file, bytes, offset) => {
    const length = Math.min(bytes.length - offset, WRITE_BYTES_MAX);
    return (await write(file, bytes, offset, length, null)).bytesWritten;
  },
  fsync: promisify(fs.fsync),
  fstat,
  lstat: (path) => fs.promises.lstat(path),
  mkdir: (path) => fs.promises.mkdir(path),
  rename: fs.promises.rename,
  unlink: fs.promises.unlink,
  rmdir: (path) => fs.promises.rmdir(path),
  lutimes: (path, seconds) => fs.promises.lutimes(path, seconds, seconds),
  chmod: fs.promises.chmod,
  readlink: (path) => fs.promises.readlink(path, { encoding: 'buffer' }),
  symlink: (target, path) => fs.promises.symlink(target, path),
  statfs: (path) => fs.promises.statfs(path),
  realpath: (path) => realpath(path),
  readNames: (path) => fs.promises.readdir(path),
  readNameBytes: (path) => fs.promises.readdir(path, { encoding: 'buffer' }),
};
