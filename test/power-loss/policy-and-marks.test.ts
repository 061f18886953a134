import { describe, expect, it, vi } from 'vitest';
import { markFrames, policyOf, setPolicy } from '../../src/learn/index.ts';
import { parsePolicy } from '../../src/priority/index.ts';
import { PROFILES, simWorld, withDisk, withoutSync } from '../../src/testing/index.ts';
import { createVault, openVault, type Vault } from '../../src/vault/index.ts';
import { SceneWriter } from './scene.ts';
import { sweepPowerLoss } from './sweep.ts';

// Hundreds of runs, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const text = 'tiers:\n  - name: portfolio\n    where: rating=5\n  - name: general\n';
const file = { text, policy: parsePolicy(text) };

describe.each(['ext4', 'exfat', 'fat32'] as const)('power loss on %s', (fileSystem) => {
  it('costs no picture while a policy is set and frames are marked', async () => {
    const writer = await SceneWriter.begin({ profile: PROFILES[fileSystem] });
    await writer.protect();
    let frames = 0;
    const report = await sweepPowerLoss({
      scene: writer.end(),
      act: async (world, [vault]) => {
        await setPolicy(world, vault, file);
        const { marked } = await markFrames(
          { ...world, cacheFolder: null },
          vault,
          { type: 'all' },
          'portfolio',
        );
        frames = Math.max(frames, marked);
      },
    });
    expect(report.wrong).toEqual([]);
    // The whole act does mark what it is cut in.
    expect(frames).toBeGreaterThan(0);
  });
});

describe('a policy and a mark that were acknowledged', () => {
  const told = async (isSynced: boolean): Promise<Vault> => {
    const world = simWorld(5);
    world.disk.stage.mount('/drive', { profile: PROFILES.exfat });
    const vault = await createVault(world, '/drive/vault');
    const act = isSynced
      ? world
      : withDisk(
          world,
          withoutSync(world.disk, () => true),
        );
    await setPolicy(act, vault, file);
    world.disk.powerLoss('drop');
    return openVault(world, '/drive/vault');
  };

  it('are there after the power went', async () => {
    expect(policyOf(await told(true))).toMatchObject({ text });
  });

  it('are gone where nothing was synced: this test can fail', async () => {
    expect(policyOf(await told(false)).set).toBeNull();
  });
});
