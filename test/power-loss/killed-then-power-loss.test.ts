import { describe, expect, it } from 'vitest';
import { backup } from '../../src/backup/index.ts';
import { PROFILES } from '../../src/testing/index.ts';
import { SceneWriter } from './scene.ts';
import { type Act, sweepPowerLoss } from './sweep.ts';

const protect: Act = (world, [vault]) => backup(world, vault, ['/card']);

describe.each(['ext4', 'exfat', 'fat32'] as const)('a killed backup on %s', (fileSystem) => {
  it('leaves nothing that the next one could trust and a power loss then takes', async () => {
    const writer = await SceneWriter.begin({ profile: PROFILES[fileSystem] });
    const report = await sweepPowerLoss({
      scene: writer.end(),
      act: protect,
      after: protect,
      cuts: [
        { mode: 'drop', seed: 1 },
        { mode: 'random', seed: 1 },
      ],
    });
    expect(report.wrong).toEqual([]);
    expect(report.acknowledged).toBeGreaterThan(report.runs);
  });
});
