import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Workers, World } from '../platform/index.ts';
import { PROFILES, simWorld } from '../testing/index.ts';
import { createVault } from '../vault/index.ts';
import { backup } from './backup.ts';

/** Four workers, one of which is slow to say that its copy is there: all else that can be done is done meanwhile. */
function withSlowCopy(world: World, isSlow: (input: unknown) => boolean): World {
  const run: Workers['run'] = async (task, input) => {
    const output = await world.workers.run(task, input);
    for (let turn = 0; isSlow(input) && turn < 500; turn += 1) await setImmediate();
    return output;
  };
  return { ...world, workers: { ...world.workers, count: 4, run } };
}

it('backup() holds nothing back that fits, though what is under way seems to need its space twice', async () => {
  const alone = simWorld(1);
  const sizes = [16_000_000, ...Array.from({ length: 80 }, () => 150_000)];
  for (const [index, sizeBytes] of sizes.entries()) {
    alone.disk.stage.plant(`/card/IMG_${index}.NEF`, new Uint8Array(sizeBytes).fill(index));
  }
  // Room for the files, the reserve, and the vault's own files.
  const capacityBytes = 28_000_000 + 4_200_000 + 800_000;
  alone.disk.stage.mount('/ssd', { profile: PROFILES.exfat, capacityBytes });
  const world = withSlowCopy(alone, (input) => JSON.stringify(input).includes('IMG_0.NEF'));
  const report = await backup(world, await createVault(world, '/ssd/vault'), ['/card']);
  expect(report.issues).toEqual([]);
  expect(report).toMatchObject({ newBlobs: sizes.length, isFull: false });
});
