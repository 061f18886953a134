import { expect, it } from 'vitest';
import { simWorld } from '../testing/index.ts';
import { createVault, findSnapshot, openVault } from '../vault/index.ts';
import { backup } from './backup.ts';
import { restore } from './restore.ts';

it('restore() removes what a restore that is no more left unfinished, and nothing of one that runs', async () => {
  const world = simWorld(1);
  world.disk.stage.plant('/card/DCIM/A.NEF', 'the picture');
  await backup(world, await createVault(world, '/vault'), ['/card']);
  const ofTheDead = '/out/card/DCIM/.77-0011aabb-1.fieldvault-part';
  const ofTheLiving = '/out/card/DCIM/.88-0011aabb-1.fieldvault-part';
  world.host.running.add(88);
  for (const path of [ofTheDead, ofTheLiving]) world.disk.stage.plant(path, 'half');
  const vault = await openVault(world, '/vault');
  const report = await restore(world, vault, findSnapshot(vault.ledger, 'latest'), { to: '/out' });
  expect(report.issues).toEqual([]);
  expect(world.disk.stage.paths('/out')).toEqual([ofTheLiving, '/out/card/DCIM/A.NEF']);
});
