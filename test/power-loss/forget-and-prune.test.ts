import { describe, expect, it, vi } from 'vitest';
import { forget, prune } from '../../src/backup/index.ts';
import { type DiskProfile, PROFILES } from '../../src/testing/index.ts';
import { type Scene, SceneWriter } from './scene.ts';
import { sweepPowerLoss } from './sweep.ts';

// Thousands of runs, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

async function twoDays(profile: DiskProfile): Promise<{ writer: SceneWriter; first: string }> {
  const writer = await SceneWriter.begin({ profile });
  const first = await writer.protect();
  writer.shootSecondDay();
  await writer.protect();
  return { writer, first };
}

/** A vault with a sidecar and a picture that only a forgotten snapshot held, and what cut-off work left. */
async function somethingToPrune(profile: DiskProfile): Promise<Scene> {
  const { writer, first } = await twoDays(profile);
  await writer.forget(first);
  writer.leaveOver('/drive/vault');
  return writer.end();
}

describe.each(['ext4', 'exfat', 'fat32'] as const)('power loss on %s', (fileSystem) => {
  const profile = PROFILES[fileSystem];

  it('leaves a snapshot wholly there or wholly forgotten, and a forgotten one forgotten', async () => {
    const { writer, first } = await twoDays(profile);
    const report = await sweepPowerLoss({
      scene: writer.end(),
      act: (world, [vault]) => forget(world, vault, [first]),
      mayForget: [first],
    });
    expect(report.wrong).toEqual([]);
  });

  it('takes nothing that is needed from a vault that is pruned, named captures and all', async () => {
    const scene = await somethingToPrune(profile);
    const dropped: number[] = [];
    const report = await sweepPowerLoss({
      scene,
      act: async (world, [vault]) => {
        const { dropped: files } = await prune(world, vault, { captures: ['**/IMG_0002.JPG'] });
        dropped.push(files.length);
      },
    });
    expect(report.wrong).toEqual([]);
    // The old sidecar and the named picture: the act does remove what the sweep cuts into.
    expect(dropped).toContain(2);
  });
});
