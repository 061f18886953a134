import { describe, expect, it, vi } from 'vitest';
import { compact } from '../../src/backup/index.ts';
import { PROFILES, withoutSync } from '../../src/testing/index.ts';
import { makeRaw } from '../golden/make-raw.ts';
import { type Scene, SceneWriter } from './scene.ts';
import { MAIN_CUTS, sweepPowerLoss } from './sweep.ts';

// Hundreds of runs, on a machine that may be busy.
vi.setConfig({ testTimeout: 180_000 });

/** A catalog that changes from day to day: packed at first, then stored as a change of itself. */
function catalog(day: number): Uint8Array {
  const lines = Array.from({ length: 1200 }, (_, at) => `row ${at * 7919} ${at % 50 === day}`);
  return new TextEncoder().encode(lines.join('\n'));
}

/** A RAW file with a preview, so that one form has two files. */
const RAW = makeRaw({
  seed: 4,
  width: 96,
  height: 96,
  bits: 14,
  iso: 100,
  cfa: 'RGGB',
  order: 'II',
  format: { kind: 'nef' },
});

async function somethingToCompact(
  fileSystem: keyof typeof PROFILES,
  { isCompacted = false }: { readonly isCompacted?: boolean } = {},
): Promise<Scene> {
  const writer = await SceneWriter.begin({ profile: PROFILES[fileSystem], isCardEmpty: true });
  writer.put('trip.lrcat', catalog(1));
  writer.put('DCIM/100EOS/DSC_0001.NEF', RAW);
  await writer.protect();
  writer.put('trip.lrcat', catalog(2), 0);
  await writer.protect();
  if (isCompacted) {
    const world = writer.process();
    for (const vault of await writer.open(world)) await compact(world, vault);
  }
  return writer.end();
}

describe.each(['ext4', 'exfat', 'fat32'] as const)('power loss on %s', (fileSystem) => {
  it('while compacting costs no byte, whichever form it caught', async () => {
    const blobs: number[] = [];
    const report = await sweepPowerLoss({
      scene: await somethingToCompact(fileSystem),
      act: async (world, [vault]) => {
        blobs.push((await compact(world, vault)).blobs);
      },
      cuts: MAIN_CUTS,
    });
    expect(report.wrong).toEqual([]);
    // The act does compact what the sweep cuts into.
    expect(Math.max(...blobs)).toBe(3);
  });
});

it('power loss while what is wanted verbatim is stored so again costs no byte', async () => {
  let returned = 0;
  const report = await sweepPowerLoss({
    scene: await somethingToCompact('fat32', { isCompacted: true }),
    act: async (world, [vault]) => {
      const all = { mayCompact: () => false, mustBeVerbatim: () => true };
      returned = Math.max(returned, (await compact(world, vault, all)).returned);
    },
    cuts: MAIN_CUTS,
  });
  expect(report.wrong).toEqual([]);
  expect(returned).toBe(3);
});

it('a sweep over a disk that swallows the syncs of forms finds what they cost', async () => {
  const report = await sweepPowerLoss({
    scene: await somethingToCompact('fat32'),
    act: (world, [vault]) => compact(world, vault),
    disguise: (disk) =>
      withoutSync(disk, ({ path }) => path.includes('/originals') || path.includes('/incoming')),
    cuts: MAIN_CUTS,
    wrongMax: 1,
  });
  expect(report.wrong).not.toEqual([]);
});
