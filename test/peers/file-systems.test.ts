import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type BackupReport,
  backup,
  check,
  createVault,
  findSnapshot,
  openVault,
  openWorld,
  restore,
} from '../../src/index.ts';
import { digestFile, writeSmallFile } from '../../src/store/index.ts';
import { seededRandom } from '../../src/testing/index.ts';
import { skipBecause } from '../skip.ts';
import { ActProcess, runAct } from './acts.ts';
import { Card, contentOf } from './card.ts';
import { sha256 } from './format-1-lines.ts';
import { acknowledgedIn, differences, digestOf, filesBelow, judge } from './judge.ts';
import { absence, mountVolume, type TestVolume, type VolumeType } from './volumes.ts';

const MB = 1_048_576;
const world = openWorld();
afterAll(() => world.workers.close());

let scratch = '';
const volumes: TestVolume[] = [];

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'fieldvault-drive-'));
});
afterEach(() => {
  for (const volume of volumes.splice(0)) volume.remove();
  rmSync(scratch, { recursive: true });
});

function mount(type: VolumeType, name: string, sizeMb = 128): TestVolume {
  const volume = mountVolume(type, sizeMb, join(scratch, name));
  volumes.push(volume);
  return volume;
}

/** A card with so many megabytes of pictures, and the snags of foreign names. */
function fullCard(folder: string, megabytes: number, type: VolumeType = 'ext4'): Card {
  const card = new Card(folder, (path) => listed(type, path));
  const random = seededRandom(megabytes);
  while (card.bytes < megabytes * MB) card.shoot(random, 1, 3 * MB);
  return card;
}

/** How a drive lists a name that it was given: NTFS without case shows all of them in lower case. */
function listed(type: VolumeType, path: string): string {
  return type === 'ntfs' ? path.toLowerCase() : path;
}

/** Names that some drives cannot hold or tell apart; the folder they lie in must be able to. */
const SNAGS = [
  'twins/IMG_1.JPG',
  'twins/img_1.jpg',
  'Twins/IMG_2.JPG',
  'names/a:b?.JPG',
  'names/CON',
  'names/con.txt',
  'names/dot.',
  'names/caf\u00e9.JPG',
  'names/cafe\u0301.JPG',
  `names/${'n'.repeat(250)}.JPG`,
];

async function protect(vault: string, sources: readonly string[]): Promise<BackupReport> {
  return backup(world, await openVault(world, vault), sources);
}

/** What a restore changed the names of, by path: every file is found by its content. */
function givenNames(card: Card, restored: string): Map<string, string> {
  const found = new Map(filesBelow(restored).map((path) => [digestOf(join(restored, path)), path]));
  const given = new Map<string, string>();
  for (const [path, digest] of card.files) given.set(path, found.get(digest) ?? 'NOT THERE');
  return given;
}

describe.each(['exfat', 'ntfs', 'vfat', 'tmpfs', 'ext4'] as const)('%s', (type) => {
  describe('really mounted', skipBecause(absence(type)), () => {
    test('holds a vault: any name goes in, and comes back exactly elsewhere', async () => {
      const volume = mount(type, 'drive');
      const card = fullCard(join(scratch, 'EOS_DIGITAL'), 12);
      for (const name of SNAGS) card.write(name, contentOf(name, 5000));
      const vault = join(volume.path, 'vault');
      await createVault(world, vault);
      const first = await protect(vault, [card.folder]);
      expect(first.issues).toEqual([]);
      const { direct, cached } = first.verified;
      console.log(`${type}: read back ${direct} direct, ${cached} cached; weak: ${first.isWeak}`);
      expect(direct + cached).toBe(card.files.size);
      // FUSE and tmpfs answer from memory, whatever they are asked for.
      expect(direct).toBe(type === 'ext4' || type === 'vfat' ? card.files.size : 0);
      // A second run knows all of it by size and time, whatever this drive does to times.
      const again = await protect(vault, [card.folder]);
      expect(again.issues).toEqual([]);
      expect(again.newBlobs).toBe(0);
      expect(await judge(world, { vault, cards: [card], scratch: join(scratch, 'back') })).toEqual(
        [],
      );
      const opened = await openVault(world, vault);
      expect((await check(world, opened, { readData: true })).damaged).toBe(0);
    }, 180_000);

    test('is a card: what it holds is protected, and unchanged when it comes back', async () => {
      const volume = mount(type, 'EOS_DIGITAL');
      const card = fullCard(volume.path, 8, type);
      const vault = join(scratch, 'vault');
      await createVault(world, vault);
      const first = await protect(vault, [volume.path]);
      expect(first.issues).toEqual([]);
      expect(first.files).toBe(card.files.size);
      volumes.splice(0)[0]?.remove();
      const empty = mount(type, 'EOS_DIGITAL');
      new Card(empty.path).write('DCIM/NEW.CR2', contentOf('new', 100_000));
      const other = await protect(vault, [empty.path]);
      // Another card of the same name: nothing of the first one counts as gone or unchanged.
      expect(other.issues).toEqual([]);
      expect(other).toMatchObject({ files: 1, unchanged: 0, newBlobs: 1 });
    }, 180_000);

    test('takes a restore: every byte comes back, under another name only where it must', async () => {
      const card = fullCard(join(scratch, 'EOS_DIGITAL'), 4);
      for (const name of SNAGS) card.write(name, contentOf(name, 5000));
      const vault = join(scratch, 'vault');
      await backup(world, await createVault(world, vault), [card.folder]);
      const opened = await openVault(world, vault);
      const to = join(mount(type, 'drive').path, 'restored');
      const report = await restore(world, opened, findSnapshot(opened, 'latest'), { to });
      expect(report.files).toBe(card.files.size);
      expect(
        new Set(report.issues.map(({ code }) => code)).difference(new Set(['NAME_CHANGED'])).size,
      ).toBe(0);
      const given = givenNames(card, join(to, card.name));
      const changed = [...given].filter(([path, name]) => listed(type, path) !== name);
      const named = new Set(report.issues.map(({ path }) => path));
      for (const [path, name] of changed) {
        expect(name, path).not.toBe('NOT THERE');
        const parts = `${card.name}/${path}`.split('/');
        const isNamed = parts.some((_, end) => named.has(parts.slice(0, end + 1).join('/')));
        expect(isNamed, `${path} became ${name} without a word`).toBe(true);
      }
      console.log(
        `${type}: ${changed.map(([path, name]) => `${path.slice(0, 30)} -> ${name.slice(0, 30)}`).join(', ') || 'all names kept'}`,
      );
      if (type === 'ext4' || type === 'tmpfs') expect(changed).toEqual([]);
      else expect(changed.map(([path]) => path)).toContain('twins/img_1.jpg');
      // Again into the same folder: everything is known, nothing doubled.
      const again = await restore(world, opened, findSnapshot(opened, 'latest'), { to });
      expect(again.alreadyThere).toBe(card.files.size);
      expect(givenNames(card, join(to, card.name))).toEqual(given);
    }, 180_000);
  });
});

describe.each(['ext4', 'exfat', 'ntfs', 'vfat'] as const)(
  'rot on %s below the page cache',
  (type) => {
    test('is seen by every read that claims to be direct', async (context) => {
      const missing = absence(type);
      if (missing !== null) return context.skip(missing);
      const volume = mount(type, 'drive', 32);
      const path = join(volume.path, 'picture');
      const content = contentOf(type, 300_000);
      await writeSmallFile(world.disk, `${path}.part`, path, content);
      const image = readFileSync(`${volume.path}.img`);
      const at = image.indexOf(content.subarray(100_000, 100_064));
      expect(at).toBeGreaterThan(0);
      const file = openSync(`${volume.path}.img`, 'r+');
      writeSync(file, Buffer.of((image[at] ?? 0) ^ 1), 0, 1, at);
      closeSync(file);
      const right = sha256(content);
      const direct = await digestFile(world.disk, path, { direct: true });
      const cached = await digestFile(world.disk, path);
      console.log(
        `${type}: claims direct: ${direct.isDirect}; sees the rot: ${direct.blob !== right}, cached: ${cached.blob !== right}`,
      );
      // A claim that is not true would call a copy proven that nobody has looked at.
      if (direct.isDirect) expect(direct.blob).not.toBe(right);
      if (type === 'ext4') expect(direct.isDirect).toBe(true);
      expect(cached.blob, 'or there was no page cache to hide it').toBe(right);
    }, 180_000);
  },
);

describe.each(['exfat', 'ntfs'] as const)('a yanked %s drive', (type) => {
  describe('really mounted', skipBecause(absence(type)), () => {
    /** Ends the program that serves a mounted volume: to everybody else the drive is gone. */
    function yank({ daemon }: TestVolume): void {
      if (daemon === null) throw new Error('no process serves this volume');
      process.kill(daemon, 'SIGKILL');
    }

    /** The same image in its slot again. */
    function plugIn(volume: TestVolume, name: string): TestVolume {
      volume.unplug();
      const again = volume.mountAgain(join(scratch, name));
      volumes.push(again);
      return again;
    }

    test('as the vault: the run ends with TARGET_GONE, and goes on when it is back', async () => {
      const volume = mount(type, 'drive');
      const card = fullCard(join(scratch, 'EOS_DIGITAL'), 64);
      const vault = join(volume.path, 'vault');
      await createVault(world, vault);
      const request = { act: 'backup', vault, paths: [card.folder], atBytes: 45 * MB } as const;
      const act = new ActProcess(request);
      await act.go();
      await act.underWay;
      yank(volume);
      const end = await act.ended;
      expect(end.failure?.code, end.text).toBe('TARGET_GONE');
      plugIn(volume, 'drive');
      const before = acknowledgedIn(vault).size;
      expect(await judge(world, { vault, cards: [card], scratch: join(scratch, 'back') })).toEqual(
        [],
      );
      const again = await runAct(request);
      expect(again.report?.issues).toEqual([]);
      expect(await judge(world, { vault, cards: [card], scratch: join(scratch, 'back') })).toEqual(
        [],
      );
      expect(acknowledgedIn(vault).size).toBe(card.files.size);
      console.log(
        `${type} yanked as vault: ${before} of ${card.files.size} files were acknowledged`,
      );
    }, 180_000);

    test('as the card: the rest is named as not protected, and follows when it is back', async () => {
      const volume = mount(type, 'EOS_DIGITAL');
      const card = fullCard(volume.path, 64, type);
      const vault = join(scratch, 'vault');
      await createVault(world, vault);
      const request = { act: 'backup', vault, paths: [volume.path], atBytes: 40 * MB } as const;
      const act = new ActProcess(request);
      await act.go();
      await act.underWay;
      yank(volume);
      const end = await act.ended;
      expect(end.failure, JSON.stringify(end)).toBeNull();
      expect(end.report?.issues.map(({ code }) => code) ?? [], JSON.stringify(end)).toContain(
        'SOURCE_VANISHED',
      );
      const before = acknowledgedIn(vault).size;
      expect(before).toBeLessThan(card.files.size);
      const truth = { vault, cards: [card], scratch: join(scratch, 'back') };
      expect(await judge(world, truth)).toEqual([]);
      plugIn(volume, 'EOS_DIGITAL');
      const again = await runAct(request);
      expect(again.report?.issues).toEqual([]);
      expect(acknowledgedIn(vault).size).toBe(card.files.size);
      expect(await judge(world, truth)).toEqual([]);
      console.log(
        `${type} yanked as card: ${before} of ${card.files.size} files were acknowledged`,
      );
    }, 180_000);
  });
});

describe('an ext4 drive that turns read-only', skipBecause(absence('ext4')), () => {
  test('at the start: nothing is done, and that is said', async () => {
    const volume = mount('ext4', 'drive');
    const vault = join(volume.path, 'vault');
    await createVault(world, vault);
    const card = fullCard(join(scratch, 'EOS_DIGITAL'), 1);
    execFileSync('mount', ['-o', 'remount,ro', volume.path]);
    const end = await runAct({ act: 'backup', vault, paths: [card.folder] });
    expect(end.failure?.code).toBe('TARGET_READ_ONLY');
    const opened = await openVault(world, vault);
    expect((await check(world, opened, { readData: true })).issues).toEqual([]);
  }, 180_000);

  test('in mid-run, as Linux does after an error: what was acknowledged stays, the rest follows', async (context) => {
    const volume = mount('ext4', 'drive');
    const trigger = `/sys/fs/ext4/${volume.device}/trigger_fs_error`;
    if (!existsSync(trigger)) return context.skip('this kernel has no trigger_fs_error for ext4');
    const vault = join(volume.path, 'vault');
    await createVault(world, vault);
    const card = fullCard(join(scratch, 'EOS_DIGITAL'), 64);
    const request = { act: 'backup', vault, paths: [card.folder], atBytes: 45 * MB } as const;
    const act = new ActProcess(request);
    await act.go();
    await act.underWay;
    writeFileSync(trigger, '1');
    const end = await act.ended;
    expect(['TARGET_READ_ONLY', 'TARGET_GONE'], end.text).toContain(end.failure?.code);
    console.log(`ext4 read-only in mid-run: ${end.failure?.code}: ${end.failure?.message}`);
    const truth = { vault, cards: [card], scratch: join(scratch, 'back') };
    expect(await judge(world, truth)).toEqual([]);
    volume.unplug();
    volumes.push(volume.mountAgain(join(scratch, 'drive')));
    const before = acknowledgedIn(vault).size;
    expect(await judge(world, truth)).toEqual([]);
    const again = await runAct(request);
    expect(again.report?.issues).toEqual([]);
    expect(differences(card, await restoreAll(vault))).toEqual([]);
    console.log(
      `ext4 read-only in mid-run: ${before} of ${card.files.size} files were acknowledged`,
    );
  }, 180_000);

  async function restoreAll(vault: string): Promise<string> {
    const opened = await openVault(world, vault);
    const to = join(scratch, 'all');
    mkdirSync(to);
    await restore(world, opened, findSnapshot(opened, 'latest'), { to });
    return to;
  }
});
