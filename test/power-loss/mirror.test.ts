import { describe, expect, it, vi } from 'vitest';
import { backup } from '../../src/backup/index.ts';
import { PROFILES } from '../../src/testing/index.ts';
import { SceneWriter } from './scene.ts';
import { MAIN_CUTS, sweepPowerLoss } from './sweep.ts';

// Thousands of runs, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

describe.each(['ext4', 'exfat', 'fat32'] as const)('power loss on two %s drives', (fileSystem) => {
  it('takes nothing that either vault acknowledged', async () => {
    const writer = await SceneWriter.begin({ profile: PROFILES[fileSystem], hasMirror: true });
    await writer.protect();
    writer.shootSecondDay();
    const report = await sweepPowerLoss({
      scene: writer.end(),
      act: (world, [vault, ...mirrors]) => backup(world, vault, ['/card'], { mirrors }),
      cuts: MAIN_CUTS,
    });
    expect(report.wrong).toEqual([]);
    expect(report.acknowledged).toBeGreaterThan(0);
  });
});
