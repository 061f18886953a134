import { describe, expect, it, vi } from 'vitest';
import { backup } from '../../src/backup/index.ts';
import { LIMITS } from '../../src/base/index.ts';
import type { Disk } from '../../src/platform/index.ts';
import { PROFILES, type SimDisk, withoutSync } from '../../src/testing/index.ts';
import { type PlantedFault, sweepFaults } from './fault-sweep.ts';
import { withCarelessJournal } from './planted-faults.ts';
import { type Scene, SceneWriter } from './scene.ts';
import type { Act } from './sweep.ts';

// Thousands of runs, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const protect: Act = (world, [vault, ...mirrors]) => backup(world, vault, ['/card'], { mirrors });

/** Bytes between two places where the drive is full; no multiple of anything in a vault. */
const STEP_BYTES = 97;

/** The drive is full after so many more bytes, until everything fits. */
function fullAfter(
  root: string,
  room: { readonly fromBytes: number; readonly toBytes: number },
): (disk: SimDisk, count: number) => PlantedFault {
  return (disk, count) => {
    const moreBytes = room.fromBytes + (count - 1) * STEP_BYTES;
    disk.stage.setCapacity(root, disk.stage.usedBytes(root) + moreBytes);
    return { wasMet: () => moreBytes < room.toBytes };
  };
}

/** A system that does not say how much is free, or another program that is quicker to take it. */
function withoutFreeBytes(disk: Disk): Disk {
  return { ...withoutSync(disk, () => false), freeBytes: async () => null };
}

async function secondDay(hasMirror: boolean): Promise<Scene> {
  const writer = await SceneWriter.begin({ profile: PROFILES.exfat, hasMirror });
  await writer.protect();
  writer.shootSecondDay();
  return writer.end();
}

describe('a drive that is full at byte n', () => {
  it('costs no acknowledged file, names what does not fit, and a run with more room completes', async () => {
    const scene = await secondDay(false);
    const report = await sweepFaults({
      scene,
      act: protect,
      plant: fullAfter('/drive', { fromBytes: 0, toBytes: 12_000 }),
      disguise: withoutFreeBytes,
      mayFailWith: ['TARGET_FULL'],
    });
    expect(report.wrong).toEqual([]);
    expect(report.failed['TARGET_FULL']).toBeGreaterThan(0);
    expect(report.named).toBeGreaterThan(0);
  });

  it('never comes to an error in the journal where the system says how much is free', async () => {
    const scene = await secondDay(false);
    const report = await sweepFaults({
      scene,
      act: protect,
      plant: fullAfter('/drive', {
        fromBytes: LIMITS.reserveBytes - 300,
        toBytes: LIMITS.reserveBytes + 12_000,
      }),
      mayFailWith: [],
    });
    expect(report.wrong).toEqual([]);
    expect(report.named).toBeGreaterThan(0);
  });

  it('that is only the mirror costs the main vault nothing', async () => {
    const scene = await secondDay(true);
    const report = await sweepFaults({
      scene,
      act: protect,
      plant: fullAfter('/mirror', { fromBytes: 0, toBytes: 12_000 }),
      disguise: withoutFreeBytes,
      mayFailWith: [],
    });
    expect(report.wrong).toEqual([]);
    expect(report.named).toBeGreaterThan(0);
  });

  it('is caught by the sweep where the journal takes no notice of it', async () => {
    const report = await sweepFaults({
      scene: await secondDay(false),
      act: protect,
      plant: fullAfter('/drive', { fromBytes: 0, toBytes: 12_000 }),
      disguise: withCarelessJournal,
      mayFailWith: ['TARGET_FULL'],
    });
    expect(report.wrong).toContainEqual(expect.stringMatching(/is gone|is missing/));
  });
});
