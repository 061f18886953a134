import { expect, it } from 'vitest';
import { simWorld } from '../testing/index.ts';
import { createVault, findSnapshot, openVault } from '../vault/index.ts';
import { backup } from './backup.ts';
import { restore } from './restore.ts';

it('restore() gives back only the paths that were named, and still only what fits the glob', async () => {
  const world = simWorld(5);
  for (const name of ['a/A.NEF', 'a/A.xmp', 'b/B.NEF']) {
    world.disk.stage.plant(`/card/${name}`, name);
  }
  world.disk.stage.makeFolders('/drive');
  await backup(world, await createVault(world, '/drive/v'), ['/card']);
  const vault = await openVault(world, '/drive/v');
  const latest = findSnapshot(vault.ledger, 'latest');
  const only = new Set(['card/a/A.NEF', 'card/b/B.NEF', 'card/not-there']);
  await restore(world, vault, latest, { to: '/back', only });
  expect(world.disk.stage.paths('/back')).toEqual(['/back/card/a/A.NEF', '/back/card/b/B.NEF']);
  await restore(world, vault, latest, { to: '/some', only, path: 'a' });
  expect(world.disk.stage.paths('/some')).toEqual(['/some/card/a/A.NEF']);
});
