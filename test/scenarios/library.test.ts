import { beforeEach, describe, expect, it } from 'vitest';
import {
  backup,
  check,
  createVault,
  findSnapshot,
  forget,
  listPaths,
  listSnapshots,
  openVault,
  prune,
  repair,
  restore,
  status,
  type Vault,
} from '../../src/index.ts';
import { type SimWorld, simWorld } from '../../src/testing/index.ts';

let world: SimWorld;
let vault: Vault;

beforeEach(async () => {
  world = simWorld(1);
  world.disk.stage.plant('/card/DCIM/A.NEF', 'the pixels of A');
  world.disk.stage.plant('/card/DCIM/B.NEF', 'the pixels of B');
  vault = await createVault(world, '/vault', { label: 'Alps' });
});

describe('the library, through its public door', () => {
  it('goes through every act with one opened vault', async () => {
    const { snapshot } = await backup(world, vault, ['/card']);
    expect(listSnapshots(vault).map(({ id }) => id)).toEqual([snapshot]);
    const listed = listPaths(vault, findSnapshot(vault, 'latest'));
    expect([...listed].map(({ path }) => path)).toEqual([
      'card/DCIM',
      'card/DCIM/A.NEF',
      'card/DCIM/B.NEF',
    ]);
    expect(await check(world, vault, { readData: true })).toMatchObject({ damaged: 0, blobs: 2 });
    const given = await restore(world, vault, findSnapshot(vault, snapshot), { to: '/back' });
    expect(given).toMatchObject({ files: 2, issues: [] });
    expect(await status(world, vault)).toMatchObject({ label: 'Alps', snapshots: 1, damaged: 0 });
    await forget(world, vault, [snapshot]);
    expect(listSnapshots(vault)).toEqual([]);
    const pruned = await prune(world, await openVault(world, '/vault'), { captures: ['**/A.NEF'] });
    expect(pruned).toMatchObject({
      dropped: [{ sizeBytes: 15 }],
      keptCaptures: [{ sizeBytes: 15 }],
    });
  });

  it('repairs one vault from another', async () => {
    const other = await createVault(world, '/other');
    await backup(world, vault, ['/card'], { mirrors: [other] });
    const places = world.disk.stage.paths('/vault/originals');
    world.disk.stage.flipBit(places.find((path) => path.endsWith('.NEF')) ?? '', 7);
    const found = await check(world, vault, { readData: true });
    expect(found.damaged).toBe(1);
    const mended = await repair(world, await openVault(world, '/vault'), found, { from: other });
    expect(mended).toMatchObject({ repaired: [expect.any(String)], unrepaired: [] });
    const again = await check(world, await openVault(world, '/vault'), { readData: true });
    expect(again.damaged).toBe(0);
  });
});
