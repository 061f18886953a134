import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { skipBecause } from '../../test/skip.ts';
import { alignedBuffer } from './disk.ts';
import { blockingCalls, type FileCalls } from './node-calls.ts';
import { openNodeDisk } from './node-disk.ts';
import { utimeSeconds } from './node-facts.ts';
import { openNodeNew, openNodeRead, syncOpenFile } from './node-file.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fieldvault-file-'));
});
afterAll(() => rm(folder, { recursive: true }));

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

const O_DIRECT = 0o40000;
/** Calls of a file system (ext4 unless told) that says yes or no to O_DIRECT, with real files below. */
function callsWithDirect(atOpen: string, atRead: string, type = 0xef53): FileCalls {
  const direct = new Set<number>();
  return {
    ...blockingCalls,
    statfs: async () => ({ type, bavail: 1, bsize: 1 }),
    open: async (path, flags, mode) => {
      const isDirect = (flags & O_DIRECT) !== 0;
      if (isDirect && atOpen !== '') throw systemError(atOpen);
      const file = await blockingCalls.open(path, flags & ~O_DIRECT, mode);
      if (isDirect) direct.add(file);
      return file;
    },
    read: async (file, buffer, offset, positionBytes) => {
      if (direct.has(file) && atRead !== '') throw systemError(atRead);
      return blockingCalls.read(file, buffer, offset, positionBytes);
    },
    close: async (file) => {
      direct.delete(file);
      await blockingCalls.close(file);
    },
  };
}

const notLinux = process.platform === 'linux' ? null : 'direct reads are asked for on Linux only';

describe('a direct read', skipBecause(notLinux), () => {
  const read = async (calls: FileCalls): Promise<[boolean, number, boolean]> => {
    const path = join(folder, 'direct');
    await writeFile(path, Buffer.alloc(5000, 3));
    const file = await openNodeRead(calls, path, true);
    const before = file.isDirect;
    const buffer = alignedBuffer(65_536);
    const count = await file.read(buffer, 0);
    expect(buffer.subarray(0, count).every((byte) => byte === 3)).toBe(true);
    const after = file.isDirect;
    await file.close();
    return [before, count, after];
  };

  it('says that it is one', async () => {
    expect(await read(callsWithDirect('', ''))).toEqual([true, 5000, true]);
  });

  it('becomes a plain one, and says so, where open or read refuse it', async () => {
    for (const code of ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP']) {
      expect(await read(callsWithDirect(code, ''))).toEqual([false, 5000, false]);
      expect(await read(callsWithDirect('', code))).toEqual([true, 5000, false]);
    }
  });

  it('claims nothing where the file system takes the flag and answers from memory', async () => {
    for (const type of [0x65735546, 0x01021994, 0x858458f6]) {
      expect(await read(callsWithDirect('', '', type))).toEqual([false, 5000, false]);
    }
    const statfs = async (): Promise<never> => {
      throw systemError('ENOSYS');
    };
    expect(await read({ ...callsWithDirect('', ''), statfs })).toEqual([false, 5000, false]);
  });

  it('does not hide a real error', async () => {
    await expect(read(callsWithDirect('EACCES', ''))).rejects.toMatchObject({ code: 'EACCES' });
    await expect(read(callsWithDirect('', 'EIO'))).rejects.toMatchObject({ code: 'EIO' });
  });

  it('goes on plainly where it stops short of the end', async () => {
    const calls = callsWithDirect('', '');
    const stopping: FileCalls = {
      ...calls,
      read: async (file, buffer, offset, positionBytes) =>
        calls.read(
          file,
          buffer.subarray(0, Math.min(buffer.length, offset + 1000)),
          offset,
          positionBytes,
        ),
    };
    expect(await read(stopping)).toEqual([true, 5000, false]);
  });
});

describe('write()', () => {
  let written = 0;
  const writeWith = async (write: FileCalls['write']): Promise<Buffer> => {
    written += 1;
    const path = join(folder, `written-${written}`);
    const file = await openNodeNew({ ...blockingCalls, write }, path);
    try {
      await file.write(new Uint8Array(1000).fill(5));
    } finally {
      await file.close();
      await file.close();
    }
    return readFile(path);
  };

  it('goes on after a short write', async () => {
    const content = await writeWith((file, bytes, offset) =>
      blockingCalls.write(file, bytes.subarray(0, Math.min(bytes.length, offset + 7)), offset),
    );
    expect(content).toEqual(Buffer.alloc(1000, 5));
  });

  it('ends with ENOSPC where nothing is written, and does not try for ever', async () => {
    await expect(writeWith(async () => 0)).rejects.toMatchObject({ code: 'ENOSPC' });
  });
});

describe('sync()', () => {
  const syncWith = (code: string): Promise<string> =>
    syncOpenFile({ ...blockingCalls, fsync: async () => Promise.reject(systemError(code)) }, 1);

  it('is weak where the system has no such promise', async () => {
    for (const code of ['ENOTSUP', 'EOPNOTSUPP', 'ENOTTY', 'EINVAL', 'ENOSYS']) {
      expect(await syncWith(code)).toBe('weak');
    }
  });

  it('fails where the medium failed', async () => {
    for (const code of ['EIO', 'ENOSPC', 'EROFS', 'EDQUOT']) {
      await expect(syncWith(code)).rejects.toMatchObject({ code });
    }
  });
});

describe('setMtime()', () => {
  it('sets every microsecond from 1902 to 2100 so that it is read back the same', async () => {
    const disk = openNodeDisk({ blocking: true });
    const path = join(folder, 'time').replaceAll('\\', '/');
    await (await disk.createNew(path)).close();
    const microseconds = fc.integer({ min: -2_145_916_800_000_000, max: 4_102_444_800_000_000 });
    await fc.assert(
      fc.asyncProperty(microseconds, async (count) => {
        await disk.setMtime(path, count / 1000);
        expect((await disk.stat(path))?.mtimeMs).toBe(count / 1000);
      }),
      { numRuns: 2000 },
    );
  });

  it('would be wrong without the quarter of a microsecond where the system cuts down to one', () => {
    const cutDown = (seconds: string): number => {
      const whole = Math.trunc(Number(seconds));
      return whole * 1e6 + Math.trunc(((Number(seconds) - whole) * 1e9) / 1000);
    };
    let wrong = 0;
    fc.assert(
      fc.property(fc.integer({ min: -2e15, max: 2e15 }), (count) => {
        expect(cutDown(utimeSeconds(count / 1000))).toBe(count);
        if (cutDown(String(count / 1e6)) !== count) wrong += 1;
      }),
      { numRuns: 1000 },
    );
    expect(wrong).toBeGreaterThan(100);
  });
});
