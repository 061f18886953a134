import { constants } from 'node:fs';
import { systemCodeOf } from '../base/index.ts';
import type { FileFacts, ReadableFile, SyncStrength, WritableFile } from './disk.ts';
import type { FileCalls } from './node-calls.ts';
import { factsOf } from './node-facts.ts';
import type { NativePath } from './node-path.ts';

/** Flag that refuses to open a link (ELOOP); 0 where the system has none. */
export const NOT_FOLLOWING: number = constants.O_NOFOLLOW ?? 0;

/** 0 where the system cannot read past its page cache by a flag (all but Linux). */
const DIRECT: number = constants.O_DIRECT ?? 0;
/** What a direct read asks of positions and lengths; the block of every device in use. */
const DIRECT_UNIT_BYTES = 4096;
const DIRECT_UNSUPPORTED = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);
/**
 * File systems that take the flag and still answer from memory: FUSE asks a program that reads its device through the
 * page cache (measured: exfat-fuse gave bytes that were not on its device any more), tmpfs and ramfs have no device.
 */
const DIRECT_PRETENDED = new Set([0x65735546, 0x01021994, 0x858458f6]);
const SYNC_UNSUPPORTED = new Set(['ENOTSUP', 'EOPNOTSUPP', 'ENOTTY', 'EINVAL', 'ENOSYS']);

/** Opens for reading; a direct read that the file system refuses, at the open or at a read, becomes a plain one. */
export async function openNodeRead(
  calls: FileCalls,
  path: NativePath,
  isDirectWanted: boolean,
): Promise<ReadableFile> {
  const flags = constants.O_RDONLY | NOT_FOLLOWING;
  if (isDirectWanted && DIRECT !== 0) {
    try {
      const file = await calls.open(path, flags | DIRECT);
      const isPretended = await pretendsDirect(calls, path);
      return new NodeReadable(calls, path, { file, isDirect: true, isPretended });
    } catch (error) {
      if (!DIRECT_UNSUPPORTED.has(systemCodeOf(error))) throw error;
    }
  }
  const file = await calls.open(path, flags);
  return new NodeReadable(calls, path, { file, isDirect: false, isPretended: false });
}

async function pretendsDirect(calls: FileCalls, path: NativePath): Promise<boolean> {
  try {
    return DIRECT_PRETENDED.has((await calls.statfs(path)).type);
  } catch {
    // What cannot be told must not be claimed.
    return true;
  }
}

/** Creates a file that must not exist and opens it for writing. */
export async function openNodeNew(calls: FileCalls, path: NativePath): Promise<WritableFile> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
  return new NodeWritable(calls, await calls.open(path, flags, 0o666));
}

/** Flushes an open file or folder; `weak` where the system has no such promise for it, other failures are thrown. */
export async function syncOpenFile(calls: FileCalls, file: number): Promise<SyncStrength> {
  try {
    await calls.fsync(file);
    return 'durable';
  } catch (error) {
    if (SYNC_UNSUPPORTED.has(systemCodeOf(error))) return 'weak';
    throw error;
  }
}

class NodeReadable implements ReadableFile {
  readonly #calls: FileCalls;
  readonly #path: NativePath;
  #file: number;
  /** How it was opened: decides on alignment. */
  #isDirect: boolean;
  readonly #isPretended: boolean;
  #isOpen = true;

  constructor(
    calls: FileCalls,
    path: NativePath,
    opened: { readonly file: number; readonly isDirect: boolean; readonly isPretended: boolean },
  ) {
    this.#calls = calls;
    this.#path = path;
    this.#file = opened.file;
    this.#isDirect = opened.isDirect;
    this.#isPretended = opened.isPretended;
  }

  get isDirect(): boolean {
    return this.#isDirect && !this.#isPretended;
  }

  async facts(): Promise<FileFacts> {
    return factsOf(await this.#calls.fstat(this.#file));
  }

  async read(buffer: Uint8Array, positionBytes: number): Promise<number> {
    let count = 0;
    while (count < buffer.length) {
      // After a short direct read the next position is not one that a direct read may have: this was the end,
      // or else the rest is read plainly.
      if (this.#isDirect && count % DIRECT_UNIT_BYTES !== 0) {
        if (positionBytes + count >= (await this.facts()).sizeBytes) break;
        await this.#becomePlain();
      }
      const got = await this.#readOnce(buffer, count, positionBytes + count);
      if (got === 0) break;
      count += got;
    }
    return count;
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#calls.close(this.#file);
  }

  async #readOnce(buffer: Uint8Array, offset: number, positionBytes: number): Promise<number> {
    try {
      return await this.#calls.read(this.#file, buffer, offset, positionBytes);
    } catch (error) {
      if (!this.#isDirect || !DIRECT_UNSUPPORTED.has(systemCodeOf(error))) throw error;
    }
    await this.#becomePlain();
    return this.#calls.read(this.#file, buffer, offset, positionBytes);
  }

  async #becomePlain(): Promise<void> {
    const plain = await this.#calls.open(this.#path, constants.O_RDONLY | NOT_FOLLOWING);
    await this.#calls.close(this.#file);
    this.#file = plain;
    this.#isDirect = false;
  }
}

class NodeWritable implements WritableFile {
  readonly #calls: FileCalls;
  readonly #file: number;
  #isOpen = true;

  constructor(calls: FileCalls, file: number) {
    this.#calls = calls;
    this.#file = file;
  }

  async write(bytes: Uint8Array): Promise<void> {
    // A full disk answers with a short count first and says ENOSPC only at the next call.
    for (let offset = 0; offset < bytes.length; ) {
      const written = await this.#calls.write(this.#file, bytes, offset);
      if (written === 0) throw noSpaceError();
      offset += written;
    }
  }

  sync(): Promise<SyncStrength> {
    return syncOpenFile(this.#calls, this.#file);
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#calls.close(this.#file);
  }
}

function noSpaceError(): Error {
  const text = 'ENOSPC: no space left on device, write returned 0';
  return Object.assign(new Error(text), { code: 'ENOSPC', syscall: 'write' });
}
