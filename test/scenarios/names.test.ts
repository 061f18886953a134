import { beforeEach, describe, expect, it } from 'vitest';
import { PROFILES } from '../../src/testing/index.ts';
import { FieldKit, told } from './field-kit.ts';

let kit: FieldKit;
const SHOOT = '/home/shoot';

beforeEach(async () => {
  kit = await FieldKit.open({ profile: PROFILES.exfat });
});

/** Names that some system somewhere will not have. */
const HOSTILE: Readonly<Record<string, string>> = {
  'control \u0001\u0007\u001b\n\r\t.nef': 'control characters',
  [`${'n'.repeat(251)}.nef`]: '255 bytes',
  [`${'é'.repeat(125)}x.nef`]: '255 bytes of two-byte letters',
  'con.txt': 'a device of Windows',
  AUX: 'another device',
  'COM1.tar.gz': 'a serial port',
  'a:b?c*d"e<f>g|h\\i.jpg': 'forbidden characters',
  'trailing dot.': 'a dot at the end',
  'trailing blank ': 'a blank at the end',
  ' leading blank': 'a blank at the start',
  '.hidden': 'a dot at the start',
  '-rf': 'looks like an option',
  '~2': 'looks like our own mark',
  'IMG~0123456789abcdef.nef': 'looks like a stored name',
  'caf\u00e9.nef': 'composed',
  'cafe\u0301.nef': 'decomposed',
  'TWIN.nef': 'large letters',
  'twin.nef': 'small letters',
  'bad byte \udcff.nef': 'not UTF-8',
  'bad pair \udced\udca0\udc80.nef': 'a surrogate as bytes',
  '\ud83d\udcf7\u200d\u202efen.nef': 'a camera, a joiner, a change of direction',
  'SHA256SUMS-000001.txt': 'looks like a list of ours',
  'journal.jsonl': 'looks like a journal',
  'a/b/c/d e/f.nef': 'plain folders',
  'CON/nul/x.nef': 'devices as folders',
  'dots./y.nef': 'a folder with a dot at the end',
  'Dir/z.nef': 'a folder with large letters',
  'dir/z.nef': 'its twin',
};

/** Plants the files with names as bytes have them. */
function plantHostile(): void {
  kit.put(SHOOT, HOSTILE);
}

const EXPECTED = Object.fromEntries(
  Object.entries(HOSTILE).map(([path, text]) => [`shoot/${path}`, text]),
);

describe('hostile names', () => {
  it('come back exactly on a system that has them, from a vault on exFAT', async () => {
    plantHostile();
    const report = await kit.protect(SHOOT);
    expect(told(report)).toEqual([]);
    expect(report.files).toBe(Object.keys(HOSTILE).length);
    const given = await kit.restore();
    expect(told(given.report)).toEqual([]);
    expect(given.files).toEqual(EXPECTED);
    expect((await kit.check()).issues).toEqual([]);
  });

  it('are known again in the next run', async () => {
    plantHostile();
    await kit.protect(SHOOT);
    expect(await kit.protect(SHOOT)).toMatchObject({ newBlobs: 0, bytesStored: 0, issueCount: 0 });
  });

  it('are stored under names that every system has', async () => {
    plantHostile();
    await kit.protect(SHOOT);
    for (const path of kit.disk.stage.paths(`${kit.vault}/originals`)) {
      const name = path.slice(path.lastIndexOf('/') + 1);
      expect(name).toMatch(/^[^<>:"/\\|?*]{1,200}$/u);
      expect([...name].every((character) => character >= ' ')).toBe(true);
      expect(name).not.toMatch(/[. ]$/);
      expect(name.isWellFormed()).toBe(true);
      expect(name).toBe(name.normalize('NFC'));
    }
  });

  it.each(['exfat', 'ntfs', 'apfs', 'fat32'] as const)(
    'come back on %s with all their bytes; each changed name is said',
    async (fileSystem) => {
      plantHostile();
      await kit.protect(SHOOT);
      kit.disk.stage.mount('/target', { profile: PROFILES[fileSystem] });
      const given = await kit.restore('latest', { to: '/target/back' });
      const changed = new Set(
        given.report.issues.map(({ code, path }) => {
          expect(code).toBe('NAME_CHANGED');
          return path;
        }),
      );
      expect(given.report.files).toBe(Object.keys(HOSTILE).length);
      // Every content is there, once, whatever its name.
      expect(Object.values(given.files).sort()).toEqual(Object.values(HOSTILE).sort());
      for (const [path, text] of Object.entries(EXPECTED)) {
        const isBelowChanged = [...changed].some(
          (one) => path === one || path.startsWith(`${one}/`),
        );
        if (!isBelowChanged) expect(given.files[path], path).toBe(text);
      }
      expect(changed.size).toBeGreaterThan(0);
    },
  );

  it('that only differ in case or form are two files in the vault, and stay two on a target that cannot tell', async () => {
    kit.put(SHOOT, { 'IMG_0001.NEF': 'one', 'img_0001.nef': 'two' });
    await kit.protect(SHOOT);
    kit.disk.stage.mount('/target', { profile: PROFILES.exfat });
    const given = await kit.restore('latest', { to: '/target/back' });
    expect(Object.values(given.files).sort()).toEqual(['one', 'two']);
    expect(given.report.issues).toHaveLength(1);
    // Restored again into the same folder, all of it is found to be there.
    const again = await kit.restore('latest', { to: '/target/back' });
    expect(again.report).toMatchObject({ files: 2, alreadyThere: 2 });
    expect(Object.keys(again.files)).toEqual(Object.keys(given.files));
  });

  it('of sources cannot lead out of the restore folder', async () => {
    kit.disk.stage.makeFolders('/media/x');
    kit.world.volumes.set('/media/x', { label: '../../etc/..' });
    kit.put('/media/x', { 'a.nef': 'a frame' });
    await kit.protect('/media/x');
    const given = await kit.restore('latest', { to: '/back/deep/here' });
    expect(Object.values(given.files)).toEqual(['a frame']);
    expect(kit.filesBelow('/back')).toEqual(
      Object.fromEntries(
        Object.entries(given.files).map(([path, text]) => [`deep/here/${path}`, text]),
      ),
    );
  });
});

describe('a card from a camera with odd clocks', () => {
  it('keeps times before 1970, before 1980 and far ahead', async () => {
    const times = { 'old.nef': -86_400_000.5, 'epoch.nef': 0, 'far.nef': Date.UTC(2099, 11, 31) };
    for (const [name, timeMs] of Object.entries(times)) {
      kit.disk.stage.plant(`${SHOOT}/${name}`, name, timeMs);
    }
    expect((await kit.protect(SHOOT)).issues).toEqual([]);
    const { to } = await kit.restore();
    for (const [name, timeMs] of Object.entries(times)) {
      expect((await kit.disk.stat(`${to}/shoot/${name}`))?.mtimeMs).toBe(timeMs);
    }
  });
});
