import { describe, expect, it, vi } from 'vitest';
import { backup } from '../../src/backup/index.ts';
import { PROFILES } from '../../src/testing/index.ts';
import { SceneWriter } from './scene.ts';
import { type Act, sweepPowerLoss } from './sweep.ts';

// Thousands of runs, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const protect: Act = (world, [vault, ...mirrors]) => backup(world, vault, ['/card'], { mirrors });

describe.each(['ext4', 'exfat', 'fat32'] as const)('power loss on %s', (fileSystem) => {
  const profile = PROFILES[fileSystem];

  it('takes nothing that a first protect acknowledged', async () => {
    const writer = await SceneWriter.begin({ profile });
    const report = await sweepPowerLoss({ scene: writer.end(), act: protect });
    expect(report.wrong).toEqual([]);
    expect(report.acknowledged).toBeGreaterThan(report.changes);
  });

  it('takes nothing that a later protect acknowledged, nor what an earlier snapshot holds', async () => {
    const writer = await SceneWriter.begin({ profile });
    await writer.protect();
    writer.shootSecondDay();
    const report = await sweepPowerLoss({ scene: writer.end(), act: protect });
    expect(report.wrong).toEqual([]);
    expect(report.acknowledged).toBeGreaterThan(0);
  });
});
