import { beforeEach, describe, expect, it } from 'vitest';
import { backup } from '../../src/backup/index.ts';
import { LIMITS } from '../../src/base/index.ts';
import { FieldKit, told } from './field-kit.ts';

let kit: FieldKit;
let shoot: string;

const DAY_MS = 86_400_000;

beforeEach(async () => {
  kit = await FieldKit.open();
  shoot = '/home/alps';
});

/** Turns one bit of a source file: same size, same time, other bytes. */
function rot(path: string): void {
  kit.disk.stage.flipBit(`${shoot}/${path}`, 11);
}

/** Runs backups until one has issues, at most so many as the rolling sample needs. */
async function protectUntilSaid(): Promise<readonly string[]> {
  for (let run = 0; run < LIMITS.rollingSampleEvery; run += 1) {
    const report = await kit.protect(shoot);
    if (report.issueCount > 0) return told(report);
  }
  return [];
}

describe('a sidecar', () => {
  it('that is edited on five days comes back as it was on each of them', async () => {
    kit.put(shoot, { 'a.nef': 'a frame' });
    const snapshots: string[] = [];
    for (let day = 1; day <= 5; day += 1) {
      kit.put(shoot, { 'a.xmp': `rating ${day}` });
      const report = await kit.protect(shoot);
      expect(report).toMatchObject({ files: 2, issueCount: 0 });
      snapshots.push(report.snapshot);
      kit.world.clock.advance(DAY_MS);
    }
    for (const [index, snapshot] of snapshots.entries()) {
      const { files } = await kit.restore(snapshot);
      expect(files).toEqual({ 'alps/a.nef': 'a frame', 'alps/a.xmp': `rating ${index + 1}` });
    }
    const stored = (await kit.check()).blobs;
    expect(stored).toBe(6);
  });

  it('with new bytes under its old size and time is found in the end, and is simply a new version', async () => {
    kit.put(shoot, { 'a.xmp': 'rating 1' });
    await kit.protect(shoot);
    rot('a.xmp');
    expect(await protectUntilSaid()).toEqual([]);
    expect((await kit.restore()).files['alps/a.xmp']).not.toBe('rating 1');
  });
});

describe('a capture', () => {
  it('that rots keeps its good content in the snapshot; what was read stays beside it', async () => {
    kit.put(shoot, { 'a.nef': 'a frame', 'b.nef': 'another frame' });
    await kit.protect(shoot);
    rot('b.nef');
    expect(await protectUntilSaid()).toEqual(['SUSPECTED_ROT alps/b.nef']);
    expect((await kit.restore()).files).toEqual({
      'alps/a.nef': 'a frame',
      'alps/b.nef': 'another frame',
    });
    // Both contents are in the vault, and prune touches neither.
    expect((await kit.check()).blobs).toBe(3);
    expect((await kit.prune({ captures: ['**'] })).dropped).toEqual([]);
    expect((await kit.check()).blobs).toBe(3);
  });

  it('that was changed is said; both contents are kept, the new one is in the snapshot', async () => {
    kit.put(shoot, { 'a.nef': 'a frame' });
    const { snapshot } = await kit.protect(shoot);
    kit.put(shoot, { 'a.nef': 'a frame, edited' });
    expect(told(await kit.protect(shoot))).toEqual(['CAPTURE_CHANGED alps/a.nef']);
    expect((await kit.restore(snapshot)).files).toEqual({ 'alps/a.nef': 'a frame' });
    expect((await kit.restore()).files).toEqual({ 'alps/a.nef': 'a frame, edited' });
  });

  it('whose time alone changed is read, found the same, and not stored again', async () => {
    kit.put(shoot, { 'a.nef': 'a frame' });
    await kit.protect(shoot);
    kit.put(shoot, { 'a.nef': 'a frame' });
    expect(await kit.protect(shoot)).toMatchObject({ newBlobs: 0, issueCount: 0 });
    const { to } = await kit.restore();
    const [was, is] = [
      await kit.disk.stat(`${shoot}/a.nef`),
      await kit.disk.stat(`${to}/alps/a.nef`),
    ];
    expect(is?.mtimeMs).toBe(was?.mtimeMs);
  });
});

describe('the rolling sample', () => {
  const names = Array.from({ length: 150 }, (_, index) => `IMG_${1000 + index}.NEF`);

  async function readInRuns(between: () => Promise<unknown>): Promise<Set<string>> {
    kit.put(shoot, Object.fromEntries(names.map((name) => [name, `frame ${name}`])));
    await kit.protect(shoot);
    const read = new Set<string>();
    kit.disk.faults.add({
      when: (call) => call.kind === 'read' && call.path.startsWith(`${shoot}/`),
      run: ({ path }) => read.add(path.slice(shoot.length + 1)),
      times: Number.POSITIVE_INFINITY,
    });
    for (let run = 0; run < LIMITS.rollingSampleEvery; run += 1) {
      await between();
      const before = read.size;
      await kit.protect(shoot);
      expect(read.size - before).toBeLessThan(names.length / 4);
    }
    return read;
  }

  it('has read every unchanged file after so many runs as it takes turns', async () => {
    const read = await readInRuns(async () => {});
    expect(names.filter((name) => !read.has(name))).toEqual([]);
  });

  it('does so also where other cards are backed up between', async () => {
    const card = kit.insert('/media/EOS_DIGITAL', { 'a.nef': 'a frame' });
    const read = await readInRuns(() => kit.protect(card));
    expect(names.filter((name) => !read.has(name))).toEqual([]);
  });
});

describe('a folder', () => {
  it('under a new name costs no space, and each snapshot has it under its own', async () => {
    kit.put(shoot, { 'monday/a.nef': 'a frame', 'monday/b.nef': 'another frame' });
    const { snapshot } = await kit.protect(shoot);
    for (const name of ['a.nef', 'b.nef']) kit.disk.stage.erase(`${shoot}/monday/${name}`);
    kit.disk.stage.erase(`${shoot}/monday`);
    kit.put(shoot, { 'summit/a.nef': 'a frame', 'summit/b.nef': 'another frame' });
    expect(await kit.protect(shoot)).toMatchObject({ newBlobs: 0, files: 2, issueCount: 0 });
    expect(Object.keys((await kit.restore(snapshot)).files)).toEqual([
      'alps/monday/a.nef',
      'alps/monday/b.nef',
    ]);
    expect(Object.keys((await kit.restore()).files)).toEqual([
      'alps/summit/a.nef',
      'alps/summit/b.nef',
    ]);
  });

  it('that became a file, and a file that became a folder, are told apart by each snapshot', async () => {
    kit.put(shoot, { 'x/a.nef': 'in a folder', y: 'a file' });
    const { snapshot } = await kit.protect(shoot);
    kit.disk.stage.erase(`${shoot}/x/a.nef`);
    kit.disk.stage.erase(`${shoot}/x`);
    kit.disk.stage.erase(`${shoot}/y`);
    kit.put(shoot, { x: 'a file now', 'y/b.nef': 'in a folder now' });
    expect((await kit.protect(shoot)).issues).toEqual([]);
    expect((await kit.restore(snapshot)).files).toEqual({
      'alps/x/a.nef': 'in a folder',
      'alps/y': 'a file',
    });
    expect((await kit.restore()).files).toEqual({
      'alps/x': 'a file now',
      'alps/y/b.nef': 'in a folder now',
    });
  });
});

describe('a file that was deleted on the source', () => {
  it('stays in older snapshots, and is in no newer one', async () => {
    kit.put(shoot, { 'a.nef': 'a frame', 'b.nef': 'a blurred frame' });
    const { snapshot } = await kit.protect(shoot);
    kit.disk.stage.erase(`${shoot}/b.nef`);
    expect(await kit.protect(shoot)).toMatchObject({ files: 1, issueCount: 0 });
    expect((await kit.restore()).files).toEqual({ 'alps/a.nef': 'a frame' });
    expect((await kit.restore(snapshot)).files).toEqual({
      'alps/a.nef': 'a frame',
      'alps/b.nef': 'a blurred frame',
    });
  });
});

describe('a clock', () => {
  it('that goes back changes nothing: the newest run is still the latest', async () => {
    kit.put(shoot, { 'a.xmp': 'first' });
    await kit.protect(shoot);
    kit.world.clock.jumpTo(Date.UTC(2016, 0, 1));
    kit.put(shoot, { 'a.xmp': 'second, by a wrong clock' });
    expect((await kit.protect(shoot)).issues).toEqual([]);
    expect((await kit.restore()).files).toEqual({ 'alps/a.xmp': 'second, by a wrong clock' });
    expect((await kit.check()).issues).toEqual([]);
    expect((await kit.prune()).dropped).toEqual([]);
  });

  it('that stands still keeps runs of one opened vault in order', async () => {
    const vault = await kit.open();
    for (let run = 1; run <= 8; run += 1) {
      kit.put(shoot, { 'a.xmp': `version ${'.'.repeat(run)}` });
      await backup(kit.world, vault, [shoot]);
    }
    expect((await kit.restore()).files).toEqual({ 'alps/a.xmp': 'version ........' });
  });

  it('that is a second off between card and computer does not make files look changed', async () => {
    kit.put(shoot, { 'a.nef': 'a frame' });
    await kit.protect(shoot);
    const facts = await kit.disk.stat(`${shoot}/a.nef`);
    await kit.disk.setMtime(`${shoot}/a.nef`, (facts?.mtimeMs ?? 0) + 1500);
    expect(await kit.protect(shoot)).toMatchObject({ newBlobs: 0, issueCount: 0 });
  });
});
