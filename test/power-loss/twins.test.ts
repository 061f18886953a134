import { describe, expect, it, vi } from 'vitest';
import { backup, prune } from '../../src/backup/index.ts';
import { PROFILES, type SyncCall, withoutSync } from '../../src/testing/index.ts';
import { SceneWriter } from './scene.ts';
import { type Act, CUTS, type Sweep, sweepPowerLoss } from './sweep.ts';

// Thousands of runs, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

/** One class of syncs that is left out, and a file system on which that costs a photograph. */
interface Twin {
  readonly name: string;
  readonly fileSystem: keyof typeof PROFILES;
  readonly isSwallowed: (call: SyncCall) => boolean;
}

const isPart = ({ kind, path }: SyncCall): boolean => kind === 'sync' && path.endsWith('.part');
const isNamed = ({ kind, path }: SyncCall): boolean =>
  kind === 'syncFile' && path.includes('/originals/');
const isDayFolder = ({ kind, path }: SyncCall): boolean =>
  kind === 'syncFolder' && /\/originals\/\d{4}\/[-\d]+$/.test(path);
const isParentFolder = ({ kind, path }: SyncCall): boolean =>
  kind === 'syncFolder' && /\/originals(\/\d{4})?$/.test(path);
const isJournal = ({ kind, path }: SyncCall): boolean =>
  kind === 'sync' && path.includes('/journal/');
const isJournalFolder = ({ kind, path }: SyncCall): boolean =>
  kind === 'syncFolder' && path.endsWith('/journal');
const isCutOffJournal = ({ kind, path }: SyncCall): boolean =>
  kind === 'syncFile' && path.includes('/journal/');
const isIncoming = ({ kind, path }: SyncCall): boolean =>
  kind === 'syncFolder' && path.includes('/incoming');

const TWINS: readonly Twin[] = [
  {
    name: 'of the bytes, before and after the rename',
    fileSystem: 'ext4',
    isSwallowed: (call) => isPart(call) || isNamed(call),
  },
  { name: 'of the file after its rename', fileSystem: 'fat32', isSwallowed: isNamed },
  { name: 'of the folder', fileSystem: 'exfat', isSwallowed: isDayFolder },
  { name: 'of the parents of a new folder', fileSystem: 'ext4', isSwallowed: isParentFolder },
  { name: 'of the journal', fileSystem: 'ext4', isSwallowed: isJournal },
  { name: "of the journal's folder", fileSystem: 'ext4', isSwallowed: isJournalFolder },
];

/** An acknowledged file, a run or a stored file that did not come back. */
const LOSS: unknown = expect.stringMatching(
  /is missing|is gone|BLOB_MISSING|BLOB_DAMAGED|SNAPSHOT_INCOMPLETE/,
);

const protect: Act = (world, [vault]) => backup(world, vault, ['/card']);

async function sweepWithout(
  twin: Pick<Twin, 'fileSystem' | 'isSwallowed'>,
  more: Partial<Sweep> = {},
): Promise<readonly string[]> {
  const writer = await SceneWriter.begin({ profile: PROFILES[twin.fileSystem] });
  const { wrong } = await sweepPowerLoss({
    scene: writer.end(),
    act: protect,
    cuts: CUTS.filter(({ mode }) => mode !== 'keep'),
    disguise: (disk) => withoutSync(disk, twin.isSwallowed),
    wrongMax: 1,
    stride: 2,
    ...more,
  });
  return wrong;
}

describe('a sweep of protect catches a vault that leaves out the sync', () => {
  it.each(TWINS)('$name', async (twin) => {
    expect(await sweepWithout(twin)).toContainEqual(LOSS);
  });

  it('of a journal that a killed process left', async () => {
    const twin = { fileSystem: 'ext4', isSwallowed: isCutOffJournal } as const;
    expect(await sweepWithout(twin, { after: protect, wrongMax: 10 })).toContainEqual(LOSS);
  });
});

describe('a sweep of prune catches a vault that leaves out the sync', () => {
  it('of the line that says what will go', async () => {
    const writer = await SceneWriter.begin({ profile: PROFILES.ext4 });
    const first = await writer.protect();
    writer.shootSecondDay();
    await writer.protect();
    await writer.forget(first);
    const { wrong } = await sweepPowerLoss({
      scene: writer.end(),
      act: (world, [vault]) => prune(world, vault),
      disguise: (disk) => withoutSync(disk, isJournal),
      wrongMax: 1,
    });
    expect(wrong).toContainEqual(LOSS);
  });
});

/**
 * Two syncs are there twice over. The file is synced again under its name, and the rename is in the day's folder too;
 * they keep torn files out of `originals/`, and a leftover of `incoming/` from sharing clusters with a stored file on a
 * real FAT, which the simulated one does not do.
 */
describe('a sweep of protect finds nothing lost without the sync', () => {
  it.each([
    { name: 'before the rename', isSwallowed: isPart },
    { name: 'of the folder of unfinished files', isSwallowed: isIncoming },
  ])('$name', async ({ isSwallowed }) => {
    expect(await sweepWithout({ fileSystem: 'exfat', isSwallowed }, { stride: 3 })).toEqual([]);
  });
});
