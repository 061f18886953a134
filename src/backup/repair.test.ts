import { beforeEach, describe, expect, it } from 'vitest';
import { type SimWorld, simWorld } from '../testing/index.ts';
import { createVault, openVault, type Vault } from '../vault/index.ts';
import { backup } from './backup.ts';
import { checkVault } from './check-vault.ts';
import { repair } from './repair.ts';
import { writing } from './writing.ts';

let world: SimWorld;

const open = (path: string): Promise<Vault> => openVault(world, path);

beforeEach(async () => {
  world = simWorld(3);
  world.disk.stage.plant('/card/DCIM/A.NEF', 'the first picture');
  world.disk.stage.plant('/card/DCIM/B.NEF', 'the second picture');
  world.disk.stage.makeFolders('/drive');
  const vault = await createVault(world, '/drive/one');
  const mirrors = [await createVault(world, '/drive/two')];
  await backup(world, vault, ['/card'], { mirrors });
});

const stored = (): string[] =>
  world.disk.stage.paths('/drive/one/originals').filter((path) => path.endsWith('.NEF'));

/** Names in the lists of digests that no file has. */
function namesWithoutFile(): string[] {
  const lists = world.disk.stage.paths('/drive/one/originals').filter((path) => /SUMS/.test(path));
  return lists.flatMap((list) => {
    const folder = list.slice(0, list.lastIndexOf('/'));
    const text = new TextDecoder().decode(world.disk.stage.peek(list) ?? new Uint8Array());
    const names = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.slice(66));
    return names.filter((name) => world.disk.stage.peek(`${folder}/${name}`) === null);
  });
}

describe('repair()', () => {
  it('mends a damaged and a missing file from the other vault, lists of digests included', async () => {
    const [first = '', second = ''] = stored();
    world.disk.stage.flipBit(first, 5);
    world.disk.stage.erase(second);
    expect(namesWithoutFile(), 'the twin: a missing file is seen').toHaveLength(1);

    const found = await checkVault(world, await open('/drive/one'), { readData: true });
    expect(found.damaged).toBe(2);
    const report = await repair(world, await open('/drive/one'), found, {
      from: await open('/drive/two'),
    });
    expect(report).toMatchObject({ repaired: [expect.any(String), expect.any(String)] });

    const after = await checkVault(world, await open('/drive/one'), { readData: true });
    expect(after).toMatchObject({ damaged: 0, issueCount: 0, leftOver: 0, blobs: 2 });
    expect(namesWithoutFile()).toEqual([]);
  });

  it('says what neither vault has', async () => {
    const [first = ''] = stored();
    world.disk.stage.erase(first);
    world.disk.stage.erase(first.replace('/one/', '/two/'));
    const found = await checkVault(world, await open('/drive/one'), { readData: true });
    const report = await repair(world, await open('/drive/one'), found, {
      from: await open('/drive/two'),
    });
    expect(report.unrepaired).toHaveLength(1);
    expect(report.repaired).toEqual([]);
  });
});

describe('writing()', () => {
  it('passes our own bugs on as they are, and tells what a system error means', async () => {
    const vault = await open('/drive/one');
    const bug = new TypeError('a bug');
    await expect(writing(world, vault, {}, () => Promise.reject(bug))).rejects.toBe(bug);
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    const act = writing(world, vault, {}, () => Promise.reject(full));
    await expect(act).rejects.toMatchObject({ code: 'TARGET_FULL' });
  });
});
