import { describe, expect, it } from 'vitest';
import type { Disk } from '../platform/index.ts';
import { SimDisk } from './sim-disk.ts';
import { PowerLoss } from './sim-faults.ts';
import type { PowerLossMode } from './sim-power.ts';
import { type DiskProfile, PROFILES } from './sim-profile.ts';
import { type SyncCall, withoutSync } from './without-sync.ts';

const BYTES = new Uint8Array(3000).fill(7);

async function writeFile(disk: Disk, path: string, isSynced: boolean): Promise<void> {
  const file = await disk.createNew(path);
  await file.write(BYTES);
  if (isSynced) await file.sync();
  await file.close();
}

function makeDisk(profile: DiskProfile, seed = 1): SimDisk {
  const disk = new SimDisk({ profile, seed });
  disk.stage.makeFolders('/v/incoming');
  disk.stage.makeFolders('/v/day');
  return disk;
}

describe('power loss', () => {
  it('takes the bytes that no sync covered, and leaves those that one did', async () => {
    for (const isSynced of [true, false]) {
      const disk = makeDisk(PROFILES.ext4);
      await writeFile(disk, '/v/a', isSynced);
      await disk.syncFolder('/v');
      disk.powerLoss('drop');
      expect(disk.stage.peek('/v/a')).toEqual(isSynced ? BYTES : new Uint8Array(0));
    }
  });

  it('takes the name whose folder was not synced', async () => {
    for (const isSynced of [true, false]) {
      const disk = makeDisk(PROFILES.ext4);
      await writeFile(disk, '/v/a', true);
      if (isSynced) await disk.syncFolder('/v');
      disk.powerLoss('drop');
      expect(await disk.stat('/v/a')).toEqual(isSynced ? expect.anything() : null);
    }
  });

  it('takes a new folder, with all in it, until the parent is synced', async () => {
    for (const isSynced of [true, false]) {
      const disk = makeDisk(PROFILES.ext4);
      await disk.makeFolder('/v/new');
      await writeFile(disk, '/v/new/a', true);
      await disk.syncFolder('/v/new');
      if (isSynced) await disk.syncFolder('/v');
      disk.powerLoss('drop');
      expect(disk.stage.paths()).toEqual(isSynced ? ['/v/new/a'] : []);
    }
  });

  it('brings back what was removed or renamed, until the folder is synced', async () => {
    const disk = makeDisk(PROFILES.ext4);
    disk.stage.plant('/v/a', BYTES);
    disk.stage.plant('/v/b', BYTES);
    await disk.removeFile('/v/a');
    await disk.rename('/v/b', '/v/c');
    const synced = disk.clone();
    disk.powerLoss('drop');
    expect(disk.stage.paths()).toEqual(['/v/a', '/v/b']);
    await synced.syncFolder('/v');
    synced.powerLoss('drop');
    expect(synced.stage.paths()).toEqual(['/v/c']);
  });

  it('empties a renamed file on FAT that was not synced again, and on no other', async () => {
    for (const profile of Object.values(PROFILES)) {
      for (const isSyncedAgain of [true, false]) {
        const disk = makeDisk(profile);
        await writeFile(disk, '/v/incoming/a', true);
        await disk.rename('/v/incoming/a', '/v/day/a');
        if (isSyncedAgain) await disk.syncFile('/v/day/a');
        await disk.syncFolder('/v/day');
        disk.powerLoss('drop');
        const isEmpty = profile.renameLosesSize && !isSyncedAgain;
        expect(disk.stage.peek('/v/day/a')).toEqual(isEmpty ? new Uint8Array(0) : BYTES);
      }
    }
  });

  it('keeps what an appended file held at its last sync, and tears only the rest', async () => {
    const ends = new Set<string>();
    for (let seed = 1; seed <= 60; seed += 1) {
      const disk = makeDisk(PROFILES.exfat, seed);
      const file = await disk.createNew('/v/journal');
      await file.write(BYTES);
      await file.sync();
      await disk.syncFolder('/v');
      await file.write(BYTES);
      disk.powerLoss('random');
      const bytes = disk.stage.peek('/v/journal') ?? new Uint8Array(0);
      expect(bytes.slice(0, 3000)).toEqual(BYTES);
      const isFilled = bytes.every((byte) => byte === 7);
      if (bytes.length === 3000) ends.add('lost');
      else if (bytes.length < 6000) ends.add('short');
      else ends.add(isFilled ? 'whole' : 'full length with a hole');
    }
    expect([...ends].sort()).toEqual(['full length with a hole', 'lost', 'short', 'whole']);
  });

  it('leaves of a replacing rename old or new with a journal, without one even both or nothing', async () => {
    const found = async (profile: DiskProfile): Promise<string[]> => {
      const ends = new Set<string>();
      for (let seed = 1; seed <= 80; seed += 1) {
        const disk = makeDisk(profile, seed);
        disk.stage.plant('/v/HEAD', 'old');
        disk.stage.plant('/v/HEAD.new', 'new');
        await disk.rename('/v/HEAD.new', '/v/HEAD');
        disk.powerLoss('random');
        const names = ['/v/HEAD', '/v/HEAD.new'];
        ends.add(names.map((path) => String(disk.stage.peek(path)?.length ?? '-')).join(' '));
        const head = disk.stage.peek('/v/HEAD');
        if (head !== null) ends.add(new TextDecoder().decode(head));
      }
      return [...ends].sort();
    };
    expect(await found(PROFILES.ext4)).toEqual(['3 -', '3 3', 'new', 'old']);
    expect(await found(PROFILES.exfat)).toEqual(['- -', '- 3', '3 -', '3 3', 'new', 'old']);
  });

  it('never brings a name back in a state older than its last synced one', async () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      for (const profile of [PROFILES.ext4, PROFILES.exfat]) {
        const disk = makeDisk(profile, seed);
        await writeFile(disk, '/v/incoming/a', true);
        await disk.rename('/v/incoming/a', '/v/day/a');
        await disk.syncFolder('/v/incoming');
        await disk.syncFolder('/v/day');
        disk.powerLoss('random');
        expect(disk.stage.paths()).toEqual(['/v/day/a']);
      }
    }
  });

  it('takes nothing when only the process was killed', async () => {
    const disk = makeDisk(PROFILES.fat32);
    await writeFile(disk, '/v/incoming/a', false);
    await disk.rename('/v/incoming/a', '/v/day/a');
    disk.powerLoss('keep');
    expect(disk.stage.peek('/v/day/a')).toEqual(BYTES);
  });

  it('takes what was synced by a system that refuses syncs', async () => {
    const disk = makeDisk({ ...PROFILES.ext4, sync: 'weak' });
    const file = await disk.createNew('/v/a');
    await file.write(BYTES);
    expect(await file.sync()).toBe('weak');
    expect(await disk.syncFolder('/v')).toBe('weak');
    disk.powerLoss('drop');
    expect(disk.stage.paths()).toEqual([]);
  });

  it('leaves dead every file that was open', async () => {
    const disk = makeDisk(PROFILES.ext4);
    const file = await disk.createNew('/v/a');
    disk.powerLoss('keep');
    await expect(file.write(BYTES)).rejects.toMatchObject({ code: 'EBADF' });
    await file.close();
  });

  it('ends the same for the same seed', async () => {
    const run = async (seed: number): Promise<unknown> => {
      const disk = makeDisk(PROFILES.fat32, seed);
      for (const name of ['a', 'b', 'c', 'd']) await writeFile(disk, `/v/${name}`, false);
      disk.powerLoss('random');
      return disk.stage.paths().map((path) => [path, disk.stage.peek(path)]);
    };
    expect(await run(5)).toEqual(await run(5));
    const ends = await Promise.all([1, 2, 3, 4, 5, 6].map(run));
    expect(new Set(ends.map((end) => JSON.stringify(end))).size).toBeGreaterThan(1);
  });

  it('counts again how much of the disk is used', async () => {
    const disk = makeDisk(PROFILES.ext4);
    await writeFile(disk, '/v/a', true);
    await disk.syncFolder('/v');
    await writeFile(disk, '/v/b', true);
    expect(disk.stage.usedBytes('/v')).toBe(6000);
    disk.powerLoss('drop');
    expect(disk.stage.usedBytes('/v')).toBe(3000);
  });
});

/** The order of a durable write: temporary name, sync, rename, sync again, folder sync; then it is acknowledged. */
async function writeDurably(disk: Disk, name: string, acknowledged: string[]): Promise<void> {
  await writeFile(disk, `/v/incoming/${name}`, true);
  await disk.rename(`/v/incoming/${name}`, `/v/day/${name}`);
  await disk.syncFile(`/v/day/${name}`);
  await disk.syncFolder('/v/day');
  acknowledged.push(`/v/day/${name}`);
}

interface Sweep {
  readonly profile: DiskProfile;
  readonly mode: PowerLossMode;
  readonly isSwallowed?: (call: SyncCall) => boolean;
}

/** Cuts the power before every change of five durable writes; counts the runs and the acknowledged files lost. */
async function sweep({ profile, mode, isSwallowed = () => false }: Sweep): Promise<number[]> {
  let lost = 0;
  for (let change = 1; ; change += 1) {
    const disk = makeDisk(profile, change);
    const wrapped = withoutSync(disk, isSwallowed);
    disk.faults.losePowerAtChange(change);
    const acknowledged: string[] = [];
    let isCut = false;
    try {
      for (const name of ['a', 'b', 'c', 'd', 'e']) await writeDurably(wrapped, name, acknowledged);
    } catch (error) {
      if (!(error instanceof PowerLoss)) throw error;
      isCut = true;
    }
    disk.powerLoss(mode);
    const isWhole = (path: string): boolean => disk.stage.peek(path)?.length === BYTES.length;
    lost += acknowledged.filter((path) => !isWhole(path)).length;
    if (!isCut) return [change, lost];
  }
}

describe('a power-loss sweep over durable writes', () => {
  for (const profile of Object.values(PROFILES)) {
    it(`loses no acknowledged file on ${profile.fileSystem}`, async () => {
      for (const mode of ['drop', 'keep', 'random'] as const) {
        expect(await sweep({ profile, mode })).toEqual([31, 0]);
      }
    });

    it(`finds losses on ${profile.fileSystem} when one kind of sync is left out`, async () => {
      const kinds = ['sync', 'syncFile', 'syncFolder'] as const;
      const lost = await Promise.all(
        kinds.map(async (kind) => {
          const isSwallowed = (call: SyncCall): boolean => call.kind === kind;
          const [, count = 0] = await sweep({ profile, mode: 'drop', isSwallowed });
          return count > 0;
        }),
      );
      // The second sync covers for the first, and only FAT needs it when the first was done.
      expect(lost).toEqual([false, profile.renameLosesSize, true]);
      const isSwallowed = (call: SyncCall): boolean => call.kind !== 'syncFolder';
      const [, withoutBoth = 0] = await sweep({ profile, mode: 'drop', isSwallowed });
      expect(withoutBoth).toBeGreaterThan(0);
    });
  }
});
