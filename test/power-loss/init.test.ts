import { describe, expect, it, vi } from 'vitest';
import { backup, restore } from '../../src/backup/index.ts';
import { PROFILES, SimDisk } from '../../src/testing/index.ts';
import { check, createVault, findSnapshot, openVault } from '../../src/vault/index.ts';
import { noise, startProcess } from './scene.ts';
import { CUTS } from './sweep.ts';

// Thousands of runs, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const NOW_MS = Date.UTC(2026, 10, 22, 9);

function emptyDrive(fileSystem: keyof typeof PROFILES): SimDisk {
  const disk = new SimDisk();
  disk.stage.mount('/drive', { profile: PROFILES[fileSystem] });
  disk.stage.mount('/card', { profile: PROFILES.fat32 });
  disk.stage.plant('/card/a.nef', noise(1, 500));
  return disk;
}

/** Makes a vault until the cut, then tries again as a person would, and uses it. */
async function initTwice(template: SimDisk, change: number, cut: (typeof CUTS)[number]) {
  const disk = template.clone({ seed: cut.seed });
  disk.faults.losePowerAtChange(change);
  const first = startProcess(disk, { number: 1, nowMs: NOW_MS });
  const isMade = await createVault(first, '/drive/vault').then(
    () => true,
    () => false,
  );
  disk.faults.clear();
  disk.powerLoss(cut.mode);
  const world = startProcess(disk, { number: 2, nowMs: NOW_MS + 3_600_000 });
  const again = await createVault(world, '/drive/vault').then(
    () => 'made again',
    (error) => String(error.code),
  );
  const vault = await openVault(world, '/drive/vault');
  const { issueCount } = await backup(world, vault, ['/card']);
  const opened = await openVault(world, '/drive/vault');
  const found = await check(world, opened, { readData: true });
  await restore(world, opened, findSnapshot(opened.ledger, 'latest'), { to: '/out' });
  const bytes = disk.stage.peek('/out/EOS_DIGITAL/a.nef');
  return { isMade, again, issueCount, issues: found.issues, bytes };
}

describe.each(['ext4', 'exfat', 'fat32'] as const)('power loss on %s', (fileSystem) => {
  it('while a vault is made leaves a vault, or a folder in which it can be made again', async () => {
    const template = emptyDrive(fileSystem);
    const bytes = noise(1, 500);
    const ends = new Set<string>();
    for (const cut of CUTS) {
      for (let change = 1, isMade = false; !isMade; change += 1) {
        const end = await initTwice(template, change, cut);
        expect({ change, cut, ...end }).toMatchObject({ issueCount: 0, issues: [], bytes });
        ends.add(end.again);
        if (end.isMade) expect(end.again).toBe('TARGET_NOT_EMPTY');
        isMade = end.isMade;
      }
    }
    expect(ends).toEqual(new Set(['made again', 'TARGET_NOT_EMPTY']));
  });
});
