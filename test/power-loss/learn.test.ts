import { describe, expect, it, vi } from 'vitest';
import { learn } from '../../src/learn/index.ts';
import { PROFILES, withoutSync } from '../../src/testing/index.ts';
import { type Scene, SceneWriter } from './scene.ts';
import { sweepPowerLoss } from './sweep.ts';

// Hundreds of runs, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

async function somethingToLearn(fileSystem: keyof typeof PROFILES): Promise<Scene> {
  const writer = await SceneWriter.begin({ profile: PROFILES[fileSystem] });
  await writer.protect();
  return writer.end();
}

describe.each(['ext4', 'exfat', 'fat32'] as const)('power loss on %s', (fileSystem) => {
  it('while learning costs no picture and leaves no facts that are not whole', async () => {
    const looks: number[] = [];
    const report = await sweepPowerLoss({
      scene: await somethingToLearn(fileSystem),
      act: async (world, [vault]) => {
        looks.push((await learn(world, vault)).looks);
      },
    });
    expect(report.wrong).toEqual([]);
    // The act does learn what the sweep cuts into.
    expect(Math.max(...looks)).toBeGreaterThan(0);
  });
});

it('a sweep over a disk that swallows the syncs of facts finds what they cost', async () => {
  const report = await sweepPowerLoss({
    scene: await somethingToLearn('fat32'),
    act: (world, [vault]) => learn(world, vault),
    disguise: (disk) =>
      withoutSync(disk, ({ path }) => path.includes('/facts') || path.includes('/incoming')),
    wrongMax: 1,
  });
  expect(report.wrong).not.toEqual([]);
});
