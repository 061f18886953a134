import { describe, expect, it, vi } from 'vitest';
import { checkVault, repair } from '../../src/backup/index.ts';
import { PROFILES } from '../../src/testing/index.ts';
import { SceneWriter } from './scene.ts';
import { MAIN_CUTS, sweepPowerLoss } from './sweep.ts';

// Thousands of runs, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

describe.each(['ext4', 'exfat', 'fat32'] as const)('power loss on %s', (fileSystem) => {
  const profile = PROFILES[fileSystem];

  it('takes nothing from a vault whose check writes down what it read', async () => {
    const writer = await SceneWriter.begin({ profile });
    await writer.protect();
    const report = await sweepPowerLoss({
      scene: writer.end(),
      act: (world, [vault]) => checkVault(world, vault, { readData: true }),
    });
    expect(report.wrong).toEqual([]);
  });

  it('takes nothing from a vault that is mended from its mirror', async () => {
    const writer = await SceneWriter.begin({ profile, hasMirror: true });
    await writer.protect();
    writer.rot('/drive/vault', 'IMG_0001~');
    writer.rot('/drive/vault', 'IMG_0002~');
    const mended: number[] = [];
    const report = await sweepPowerLoss({
      scene: writer.end(),
      act: async (world, [vault, mirror]) => {
        const found = await checkVault(world, vault, { readData: true });
        const { repaired } = await repair(world, vault, found, { from: mirror ?? vault });
        mended.push(repaired.length);
      },
      cuts: MAIN_CUTS,
    });
    expect(report.wrong).toEqual([]);
    expect(mended).toContain(2);
  });
});
