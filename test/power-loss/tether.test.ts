import { describe, expect, it, vi } from 'vitest';
import { tether } from '../../src/index.ts';
import type { World } from '../../src/platform/index.ts';
import { PROFILES, SimClock, type SyncCall, withoutSync } from '../../src/testing/index.ts';
import { passTime } from '../scenarios/tether-kit.ts';
import { type Scene, SceneWriter } from './scene.ts';
import { type Act, MAIN_CUTS, sweepPowerLoss } from './sweep.ts';

// Hundreds of runs, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const FRAMES = 4;

/** RAW and JPEG of two shots lie in a folder that is tethered; one vault has seen it before. */
async function shotsInFolder(
  fileSystem: keyof typeof PROFILES,
  hasMirror: boolean,
): Promise<Scene> {
  const profile = PROFILES[fileSystem];
  const writer = await SceneWriter.begin({ profile, hasMirror, isCardEmpty: true });
  writer.put('Capture/IMG_0000.CR3', bytesOf(9, 400));
  await writer.protect();
  for (const number of [1, 2]) {
    writer.put(`Capture/IMG_000${number}.CR3`, bytesOf(number, 3100));
    writer.put(`Capture/IMG_000${number}.JPG`, bytesOf(number + 4, 700));
  }
  return writer.end();
}

function bytesOf(seed: number, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, index) => (index * seed * 31 + (index >> 5)) & 255);
}

const tetherFolder: Act = (world: World, [vault, ...mirrors]) => {
  if (!(world.clock instanceof SimClock)) throw new TypeError('time must be simulated');
  const options = { mirrors, framesMax: FRAMES, patienceMs: 2000 };
  return passTime(world.clock, tether(world, vault, 'folder:/card', options));
};

describe.each(['ext4', 'exfat', 'fat32'] as const)(
  'power loss while tethered on %s',
  (fileSystem) => {
    it('takes no frame that was said to be safe', async () => {
      const report = await sweepPowerLoss({
        scene: await shotsInFolder(fileSystem, false),
        act: tetherFolder,
        cuts: MAIN_CUTS,
      });
      expect(report.wrong).toEqual([]);
      expect(report.acknowledged).toBeGreaterThan(0);
    });
  },
);

it('power loss while tethered takes no frame from either of two vaults', async () => {
  const report = await sweepPowerLoss({
    scene: await shotsInFolder('exfat', true),
    act: tetherFolder,
    cuts: MAIN_CUTS.slice(0, 1),
    stride: 2,
  });
  expect(report.wrong).toEqual([]);
  expect(report.acknowledged).toBeGreaterThan(0);
});

/** The program is started again and takes what is missing; it ends when a minute has passed. */
const tetherAgain: Act = (world: World, [vault, ...mirrors]) => {
  if (!(world.clock instanceof SimClock)) throw new TypeError('time must be simulated');
  const end = new AbortController();
  const stop = world.clock.every(60_000, () => end.abort());
  const options = { mirrors, learn: false, patienceMs: 2000, endSignal: end.signal };
  return passTime(world.clock, tether(world, vault, 'folder:/card', options)).finally(stop);
};

it('a program that was killed at any moment is started again, and then the power goes', async () => {
  const report = await sweepPowerLoss({
    scene: await shotsInFolder('exfat', false),
    act: tetherFolder,
    after: tetherAgain,
    cuts: MAIN_CUTS.slice(0, 1),
    stride: 3,
  });
  expect(report.wrong).toEqual([]);
  expect(report.acknowledged).toBeGreaterThan(0);
});

const isPart = ({ kind, path }: SyncCall): boolean => kind === 'sync' && path.endsWith('.part');
const isNamed = ({ kind, path }: SyncCall): boolean =>
  kind === 'syncFile' && path.includes('/originals/');
const isJournal = ({ kind, path }: SyncCall): boolean =>
  kind === 'sync' && path.includes('/journal/');

describe.each([
  ['of the bytes', 'ext4', (call: SyncCall) => isPart(call) || isNamed(call)],
  ['of the file after its rename', 'fat32', isNamed],
  ['of the journal', 'ext4', isJournal],
] as const)('a sweep over a disk that swallows the syncs %s', (_, fileSystem, isSwallowed) => {
  it('finds what that costs', async () => {
    const report = await sweepPowerLoss({
      scene: await shotsInFolder(fileSystem, false),
      act: tetherFolder,
      disguise: (disk) => withoutSync(disk, isSwallowed),
      wrongMax: 1,
    });
    expect(report.wrong[0]).toMatch(
      /is missing|is gone|BLOB_MISSING|BLOB_DAMAGED|SNAPSHOT_INCOMPLETE/,
    );
  });
});
