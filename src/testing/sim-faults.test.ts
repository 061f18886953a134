import { describe, expect, it } from 'vitest';
import { SimDisk } from './sim-disk.ts';
import { PROFILES } from './sim-profile.ts';

const BYTES = new Uint8Array(10_000).fill(9);

describe('fault script', () => {
  it('fails the call with the given number, once', async () => {
    const disk = new SimDisk();
    disk.faults.failAt(2, 'EACCES');
    await disk.stat('/');
    await expect(disk.listFolder('/')).rejects.toMatchObject({ code: 'EACCES', path: '/' });
    await disk.listFolder('/');
    expect(disk.faults.steps).toBe(3);
    expect(disk.faults.changes).toBe(0);
  });

  it('fails every call from a power loss until the power is back', async () => {
    const disk = new SimDisk();
    disk.faults.failAt(1, 'power-loss');
    await expect(disk.makeFolder('/a')).rejects.toMatchObject({ code: 'POWER_LOSS' });
    await expect(disk.stat('/')).rejects.toMatchObject({ code: 'POWER_LOSS' });
    expect(disk.faults.isOff).toBe(true);
    disk.powerLoss('keep');
    expect(await disk.listFolder('/')).toEqual([]);
  });

  it('makes a part of one file unreadable, for ever or for some tries', async () => {
    for (const times of [2, Number.POSITIVE_INFINITY]) {
      const disk = new SimDisk();
      disk.stage.plant('/card/B.NEF', BYTES);
      disk.faults.add({
        when: ({ kind, path, positionBytes = 0 }) =>
          kind === 'read' && path.endsWith('B.NEF') && positionBytes >= 4096,
        error: 'EIO',
        times,
      });
      const file = await disk.openRead('/card/B.NEF');
      const buffer = new Uint8Array(4096);
      expect(await file.read(buffer, 0)).toBe(4096);
      await expect(file.read(buffer, 4096)).rejects.toMatchObject({ code: 'EIO' });
      await expect(file.read(buffer, 8192)).rejects.toMatchObject({ code: 'EIO' });
      const third = file.read(buffer, 4096);
      if (times === 2) expect(await third).toBe(4096);
      else await expect(third).rejects.toMatchObject({ code: 'EIO' });
    }
  });

  it('lets something change behind the program at a moment', async () => {
    const disk = new SimDisk();
    disk.stage.plant('/a', 'before');
    disk.faults.changeAt(2, () => disk.stage.plant('/a', 'after it'));
    const file = await disk.openRead('/a');
    const buffer = new Uint8Array(20);
    expect(await file.read(buffer, 0)).toBe(8);
    expect((await file.facts()).sizeBytes).toBe(8);
  });

  it('counts each chunk of a write as a step and a change', async () => {
    const disk = new SimDisk({ writeChunkBytes: 4096 });
    const file = await disk.createNew('/a');
    disk.faults.add({ when: (call) => call.positionBytes === 8192, error: 'EIO' });
    await expect(file.write(BYTES)).rejects.toMatchObject({ code: 'EIO' });
    expect(disk.stage.peek('/a')?.length).toBe(8192);
    expect(disk.faults.changes).toBe(4);
    expect((await disk.stat('/a'))?.sizeBytes).toBe(8192);
  });

  it('takes a pulled card away and gives it back', async () => {
    const disk = new SimDisk();
    disk.stage.plant('/card/a', BYTES);
    disk.stage.plant('/card2/a', BYTES);
    const file = await disk.openRead('/card/a');
    disk.faults.vanish('/card');
    await expect(disk.listFolder('/card')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(file.read(new Uint8Array(1), 0)).rejects.toMatchObject({ code: 'EIO' });
    expect(await disk.stat('/card/a')).toBeNull();
    expect(await disk.stat('/card2/a')).not.toBeNull();
    disk.faults.comeBack('/card');
    expect(await file.read(new Uint8Array(1), 0)).toBe(1);
  });

  it('makes a place read-only', async () => {
    const disk = new SimDisk();
    disk.stage.plant('/card/a', BYTES);
    disk.faults.setReadOnly('/card', true);
    const code = 'EROFS';
    await expect(disk.createNew('/card/b')).rejects.toMatchObject({ code });
    await expect(disk.removeFile('/card/a')).rejects.toMatchObject({ code });
    await expect(disk.rename('/card/a', '/b')).rejects.toMatchObject({ code });
    await expect(disk.setMtime('/card/a', 0)).rejects.toMatchObject({ code });
    expect(await disk.syncFile('/card/a')).toBe('durable');
    expect(await disk.listFolder('/card')).toHaveLength(1);
    disk.faults.clear();
    await disk.removeFile('/card/a');
  });
});

describe('SimDisk', () => {
  it('writes short on a full disk, then says ENOSPC', async () => {
    const disk = new SimDisk({ capacityBytes: 12_000 });
    const first = await disk.createNew('/a');
    await first.write(BYTES);
    expect(await disk.freeBytes('/')).toBe(2000);
    const second = await disk.createNew('/b');
    await expect(second.write(BYTES)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(disk.stage.peek('/b')?.length).toBe(2000);
    expect(await disk.freeBytes('/')).toBe(0);
    await disk.removeFile('/a');
    expect(await disk.freeBytes('/')).toBe(10_000);
    await second.write(BYTES);
  });

  it('does not say how much is free where it has no end', async () => {
    expect(await new SimDisk({ capacityBytes: null }).freeBytes('/')).toBeNull();
  });

  it('refuses a file that is too large for the file system', async () => {
    const disk = new SimDisk({ profile: { ...PROFILES.fat32, fileBytesMax: 9000 } });
    const file = await disk.createNew('/a');
    await expect(file.write(BYTES)).rejects.toMatchObject({ code: 'EFBIG' });
    expect(disk.stage.peek('/a')?.length).toBe(9000);
  });

  it('answers names it does not take as the real file systems do', async () => {
    const codeOf = async (profile: keyof typeof PROFILES, name: string): Promise<string> => {
      const disk = new SimDisk({ profile: PROFILES[profile] });
      return disk.createNew(`/${name}`).then(
        () => '',
        (error: { code: string }) => error.code,
      );
    };
    expect(await codeOf('exfat', 'a:b?')).toBe('ENOENT');
    expect(await codeOf('fat32', 'a:b?')).toBe('EINVAL');
    for (const name of ['a:b?', 'CON', 'con.txt', 'x.', 'x ']) {
      expect(await codeOf('ntfs', name)).toBe('EINVAL');
      expect(await codeOf('ext4', name)).toBe('');
    }
    expect(await codeOf('exfat', 'CON')).toBe('');
    expect(await codeOf('apfs', 'caf\udce9')).toBe('EILSEQ');
    expect(await codeOf('ext4', 'ä'.repeat(128))).toBe('ENAMETOOLONG');
    expect(await codeOf('exfat', 'ä'.repeat(128))).toBe('');
  });

  it('keeps volumes apart: rules, room, and renames', async () => {
    const disk = new SimDisk();
    disk.stage.mount('/ssd', { profile: PROFILES.exfat, capacityBytes: 5000 });
    disk.stage.plant('/a', BYTES);
    await expect(disk.rename('/a', '/ssd/a')).rejects.toMatchObject({ code: 'EXDEV' });
    await expect(disk.createNew('/ssd/a:b')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await disk.freeBytes('/ssd')).toBe(5000);
    const file = await disk.createNew('/ssd/b');
    await expect(file.write(BYTES)).rejects.toMatchObject({ code: 'ENOSPC' });
    disk.powerLoss('drop');
    expect(await disk.freeBytes('/ssd')).toBe(5000);
    expect((await disk.stat('/a'))?.sizeBytes).toBe(10_000);
  });

  it('is cloned with all that is and is not durable, and lives apart', async () => {
    const disk = new SimDisk();
    const file = await disk.createNew('/a');
    await file.write(BYTES);
    const [kept, dropped] = [disk.clone(), disk.clone()];
    await file.write(BYTES);
    dropped.powerLoss('drop');
    kept.stage.flipBit('/a', 8);
    expect(disk.stage.peek('/a')?.length).toBe(20_000);
    expect(disk.stage.peek('/a')?.[1]).toBe(9);
    expect(kept.stage.peek('/a')?.length).toBe(10_000);
    expect(kept.stage.peek('/a')?.[1]).toBe(8);
    expect(dropped.stage.paths()).toEqual([]);
  });

  it('refuses a direct read that is not aligned, as the seam demands', async () => {
    const disk = new SimDisk();
    disk.stage.plant('/a', BYTES);
    const file = await disk.openRead('/a', { direct: true });
    expect(file.isDirect).toBe(true);
    await expect(file.read(new Uint8Array(4096), 1)).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(file.read(new Uint8Array(100), 0)).rejects.toMatchObject({ code: 'EINVAL' });
    expect(await file.read(new Uint8Array(4096), 8192)).toBe(10_000 - 8192);
  });

  it('can be set up, spoiled and emptied behind the program', async () => {
    const disk = new SimDisk();
    disk.stage.plant('/card/DCIM/a.jpg', 'hello', 5000);
    disk.stage.plantLink('/card/link', 'DCIM');
    expect((await disk.stat('/card/DCIM/a.jpg'))?.mtimeMs).toBe(5000);
    expect(await disk.resolve('/card/link/a.jpg')).toBe('/card/DCIM/a.jpg');
    disk.stage.truncate('/card/DCIM/a.jpg', 2);
    expect(disk.stage.paths('/card')).toEqual(['/card/DCIM/a.jpg', '/card/link']);
    disk.stage.erase('/card/DCIM/a.jpg');
    expect(disk.stage.paths('/card')).toEqual(['/card/link']);
    expect(disk.stage.usedBytes('/card')).toBe(0);
    expect(() => disk.stage.flipBit('/card/DCIM/a.jpg', 0)).toThrow('ENOENT');
  });

  it('ends a loop of links', async () => {
    const disk = new SimDisk();
    await disk.makeLink('/a', 'b');
    await disk.makeLink('/b', 'a');
    await expect(disk.resolve('/a')).rejects.toMatchObject({ code: 'ELOOP' });
    await expect(disk.stat('/a/x')).rejects.toMatchObject({ code: 'ELOOP' });
  });
});
