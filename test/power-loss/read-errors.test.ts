import { describe, expect, it, vi } from 'vitest';
import { backup, checkVault, prune, repair } from '../../src/backup/index.ts';
import { PROFILES } from '../../src/testing/index.ts';
import { type FaultSweep, sweepFaults } from './fault-sweep.ts';
import { failingCall, LOOKS, withCarelessReads } from './planted-faults.ts';
import { type Scene, SceneWriter } from './scene.ts';
import type { Act } from './sweep.ts';

// Thousands of runs, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const protect: Act = (world, [vault, ...mirrors]) => backup(world, vault, ['/card'], { mirrors });

async function secondDay(): Promise<Scene> {
  const writer = await SceneWriter.begin({ profile: PROFILES.exfat });
  await writer.protect();
  writer.shootSecondDay();
  return writer.end();
}

describe('a card that cannot be read at the n-th call', () => {
  it.each(['once', 'path'] as const)('%s: costs that file at most, and names it', async (lasts) => {
    const sweep: FaultSweep = {
      scene: await secondDay(),
      act: protect,
      plant: failingCall({ below: '/card', kinds: LOOKS, error: 'EIO', lasts }),
      // The very first look finds no card at all.
      mayFailWith: ['SOURCE_MISSING'],
    };
    const report = await sweepFaults(sweep);
    expect(report.wrong).toEqual([]);
    expect(report.named).toBeGreaterThan(0);
    expect(report.runs).toBeGreaterThan(10);
  });
});

describe('the sweep of read errors', () => {
  it('catches a copy that takes zeros for a file that cannot be read', async () => {
    const report = await sweepFaults({
      scene: await secondDay(),
      act: protect,
      plant: failingCall({ below: '/card', kinds: ['read'], error: 'EIO', lasts: 'path' }),
      disguise: withCarelessReads,
      mayFailWith: [],
    });
    expect(report.wrong).toContainEqual(expect.stringContaining('is not protected, and not named'));
  });
});

describe('a vault that cannot be read at the n-th call', () => {
  const looks = (lasts: 'once' | 'path'): FaultSweep['plant'] =>
    failingCall({ below: '/drive', kinds: LOOKS, error: 'EIO', lasts });

  it.each(['once', 'path'] as const)('%s: loses nothing in a backup', async (lasts) => {
    const report = await sweepFaults({
      scene: await secondDay(),
      act: protect,
      plant: looks(lasts),
      mayFailWith: ['TARGET_GONE', 'NOT_A_VAULT', 'LEASED'],
    });
    expect(report.wrong).toEqual([]);
  });

  it.each(['once', 'path'] as const)('%s: loses nothing in a prune', async (lasts) => {
    const writer = await SceneWriter.begin({ profile: PROFILES.exfat });
    const first = await writer.protect();
    writer.shootSecondDay();
    await writer.protect();
    await writer.forget(first);
    writer.leaveOver('/drive/vault');
    const report = await sweepFaults({
      scene: writer.end(),
      act: (world, [vault]) => prune(world, vault),
      plant: looks(lasts),
      mayFailWith: ['TARGET_GONE', 'NOT_A_VAULT', 'DAMAGED', 'LEASED'],
    });
    expect(report.wrong).toEqual([]);
  });

  it('once: loses nothing in a check and repair', async () => {
    const writer = await SceneWriter.begin({ profile: PROFILES.exfat, hasMirror: true });
    await writer.protect();
    writer.rot('/drive/vault', 'IMG_0001~');
    const report = await sweepFaults({
      scene: writer.end(),
      act: async (world, [vault, mirror]) => {
        const found = await checkVault(world, vault, { readData: true });
        return repair(world, vault, found, { from: mirror ?? vault });
      },
      plant: looks('once'),
      mayFailWith: ['TARGET_GONE', 'NOT_A_VAULT', 'LEASED'],
    });
    expect(report.wrong).toEqual([]);
  });
});
