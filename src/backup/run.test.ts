import { expect, it } from 'vitest';
import { simWorld } from '../testing/index.ts';
import { createVault } from '../vault/index.ts';
import { backup } from './backup.ts';

it.each([
  ['ENOTCONN', 'SOURCE_VANISHED', 'card'],
  ['ENODEV', 'SOURCE_VANISHED', 'card'],
  ['EIO', 'UNREADABLE', 'card/A.NEF'],
] as const)(
  'backup() takes %s of a file for %s, though the top folder is still remembered',
  async (error, code, path) => {
    const world = simWorld(1);
    world.disk.stage.plant('/card/A.NEF', 'a picture');
    world.disk.stage.plant('/card/B.NEF', 'another');
    world.disk.faults.add({ when: ({ path }) => path === '/card/A.NEF', error, times: 9 });
    const report = await backup(world, await createVault(world, '/vault'), ['/card']);
    expect(report.issues).toEqual([{ code, path, message: expect.any(String) }]);
    expect(report.files).toBe(1);
  },
);
