import { describe, expect, it, vi } from 'vitest';
import { backup } from '../../src/backup/index.ts';
import { PROFILES } from '../../src/testing/index.ts';
import { SceneWriter } from './scene.ts';
import { type Act, MAIN_CUTS, sweepPowerLoss } from './sweep.ts';

// Thousands of runs, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const protect: Act = (world, [vault]) => backup(world, vault, ['/card']);

describe.each(['ext4', 'exfat', 'fat32'] as const)('a killed backup on %s', (fileSystem) => {
  it('leaves nothing that the next one could trust and a power loss then takes', async () => {
    const writer = await SceneWriter.begin({ profile: PROFILES[fileSystem] });
    const report = await sweepPowerLoss({
      scene: writer.end(),
      act: protect,
      after: protect,
      cuts: MAIN_CUTS,
    });
    expect(report.wrong).toEqual([]);
    expect(report.acknowledged).toBeGreaterThan(report.runs);
  });
});
