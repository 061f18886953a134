import { describe, expect, it } from 'vitest';
import { simWorld } from '../testing/index.ts';
import { createVault, findSnapshot, openVault } from '../vault/index.ts';
import { backup } from './backup.ts';
import { restore } from './restore.ts';

const text = (bytes: Uint8Array | null): string => new TextDecoder().decode(bytes ?? undefined);

describe('sources of the same name', () => {
  it.each(['', 'dev:8', 'A1B2-C3D4'])(
    'are told apart on one volume (id "%s"), however alike their files look',
    async (id) => {
      const world = simWorld(1);
      world.volumes.set('/', { id });
      world.disk.stage.plant('/a/DCIM/IMG.NEF', 'the lion', 1_700_000_000_000);
      world.disk.stage.plant('/b/DCIM/IMG.NEF', 'a zebra!', 1_700_000_000_000);
      await createVault(world, '/vault');
      for (const [index, sources] of [
        ['/a/DCIM'],
        ['/b/DCIM'],
        ['/a/DCIM', '/b/DCIM'],
        ['/b/DCIM', '/a/DCIM'],
      ].entries()) {
        const report = await backup(world, await openVault(world, '/vault'), sources);
        expect(report.issues).toEqual([]);
        const vault = await openVault(world, '/vault');
        const to = `/out${index}`;
        await restore(world, vault, findSnapshot(vault.ledger, 'latest'), { to });
        const expected = sources.map((path) => (path.startsWith('/a') ? 'the lion' : 'a zebra!'));
        const names = ['DCIM', 'DCIM (2)'].slice(0, sources.length);
        const found = names.map((name) => text(world.disk.stage.peek(`${to}/${name}/IMG.NEF`)));
        expect(found).toEqual(expected);
      }
    },
  );

  it('are one source when a card with a lasting id is mounted elsewhere', async () => {
    const world = simWorld(1);
    world.disk.stage.plant('/media/x/DCIM/A.NEF', 'a lion');
    world.disk.stage.plant('/media/y/DCIM/A.NEF', 'a lion');
    for (const mountPoint of ['/media/x', '/media/y']) {
      world.volumes.set(mountPoint, { id: 'A1B2-C3D4', label: 'EOS_DIGITAL' });
    }
    const vault = await createVault(world, '/vault');
    await backup(world, vault, ['/media/x']);
    const again = await backup(world, await openVault(world, '/vault'), ['/media/y']);
    expect(again).toMatchObject({ unchanged: 1, bytesRead: 0 });
  });
});
