import { expect, it } from 'vitest';
import type { Disk, World } from '../platform/index.ts';
import { PROFILES, SimDisk, simWorld, withDisk, withoutSync } from '../testing/index.ts';
import { createVault, findSnapshot, openVault } from '../vault/index.ts';
import { backup } from './backup.ts';
import { checkVault } from './check-vault.ts';
import { prune } from './prune.ts';
import { restore } from './restore.ts';

/** A drive that finds names in any case and Unicode form, and lists them as it likes: HFS+, NTFS mounted without case. */
function listingDisk(disk: SimDisk): Disk {
  return {
    ...withoutSync(disk, () => false),
    listFolder: async (path) => {
      const entries = await disk.listFolder(path);
      if (!path.startsWith('/vault')) return entries;
      return entries.map((entry) => ({
        ...entry,
        name: entry.name.toLowerCase().normalize('NFD'),
      }));
    },
  };
}

it('a drive that lists names otherwise than it was given them loses nothing, neither to check nor to prune', async () => {
  const sim = simWorld(1, { disk: new SimDisk({ profile: PROFILES.apfs }) });
  const world: World = withDisk(sim, listingDisk(sim.disk));
  sim.disk.stage.plant('/card/DCIM/Caf\u00e9.NEF', 'the picture');
  await backup(world, await createVault(world, '/vault'), ['/card']);
  const stored = sim.disk.stage.paths('/vault/originals');
  expect(stored.length).toBe(2);

  const checked = await checkVault(world, await openVault(world, '/vault'), { readData: true });
  expect(checked).toMatchObject({ issues: [], damaged: 0, leftOver: 0, blobs: 1 });
  expect(await prune(world, await openVault(world, '/vault'))).toMatchObject({ leftOver: 0 });
  expect(sim.disk.stage.paths('/vault/originals')).toEqual(stored);

  const vault = await openVault(world, '/vault');
  const report = await restore(world, vault, findSnapshot(vault.ledger, 'latest'), { to: '/out' });
  expect(report).toMatchObject({ files: 1, issues: [] });
});
