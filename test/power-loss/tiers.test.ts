import { expect, it, vi } from 'vitest';
import { backup } from '../../src/backup/index.ts';
import { heldFrames } from '../../src/learn/index.ts';
import { parsePolicy } from '../../src/priority/index.ts';
import { PROFILES } from '../../src/testing/index.ts';
import { SceneWriter } from './scene.ts';
import { type Act, sweepPowerLoss } from './sweep.ts';

// Hundreds of runs, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

/** Some files have no room in their tier, some go to one vault alone, some come another day. */
const policy = parsePolicy(`tiers:
  - name: first
    where: name:*1.*
    quota: 40kB
    reserve: 1MB
  - name: second
    where: name:*2.*
    when: idle
  - name: general
    replicas: [elsewhere]
`);

const planned: Act = (world, [vault, ...mirrors]) => {
  const held = (): ReturnType<typeof heldFrames> => heldFrames(world, [vault, ...mirrors]);
  return backup(world, vault, ['/card'], { mirrors, tiering: { policy, marks: [], held } });
};

it.each(['ext4', 'exfat'] as const)(
  'power loss on %s costs nothing of a backup that leaves files to another time',
  async (fileSystem) => {
    const writer = await SceneWriter.begin({ profile: PROFILES[fileSystem], hasMirror: true });
    await writer.protect();
    writer.shootSecondDay();
    const report = await sweepPowerLoss({ scene: writer.end(), act: planned, stride: 3 });
    expect(report.wrong).toEqual([]);
    expect(report.runs).toBeGreaterThan(20);
  },
);
