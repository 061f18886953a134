import { describe, expect, it, vi } from 'vitest';
import { backup, forget, prune } from '../../src/backup/index.ts';
import { PROFILES } from '../../src/testing/index.ts';
import { type FaultSweep, sweepFaults } from './fault-sweep.ts';
import {
  type CallFault,
  failingCall,
  SYNCS,
  WRITES,
  withCarelessJournal,
} from './planted-faults.ts';
import { SceneWriter } from './scene.ts';
import type { Act } from './sweep.ts';

// Thousands of runs, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const protect: Act = (world, [vault, ...mirrors]) => backup(world, vault, ['/card'], { mirrors });

/** Every way a call that should change or keep something can fail. */
const FAULTS: readonly (Omit<CallFault, 'below'> & { readonly name: string })[] = [
  { name: 'one write fails', kinds: WRITES, error: 'EIO', lasts: 'once' },
  { name: 'all writes from then on fail', kinds: WRITES, error: 'EIO', lasts: 'all' },
  { name: 'one sync fails', kinds: SYNCS, error: 'EIO', lasts: 'once' },
  { name: 'all syncs from then on fail', kinds: SYNCS, error: 'EIO', lasts: 'all' },
  { name: 'the drive turns read-only', kinds: [...WRITES, ...SYNCS], error: 'EROFS', lasts: 'all' },
];

const MAY_FAIL_WITH = ['TARGET_GONE', 'TARGET_READ_ONLY'];

async function secondDay(hasMirror: boolean): Promise<SceneWriter> {
  const writer = await SceneWriter.begin({ profile: PROFILES.exfat, hasMirror });
  await writer.protect();
  writer.shootSecondDay();
  return writer;
}

describe.each(FAULTS)('$name, at the n-th one', (fault) => {
  it('a backup loses nothing acknowledged, names what is not protected, and the next one completes', async () => {
    const report = await sweepFaults({
      scene: (await secondDay(false)).end(),
      act: protect,
      plant: failingCall({ ...fault, below: '/drive' }),
      mayFailWith: MAY_FAIL_WITH,
    });
    expect(report.wrong).toEqual([]);
    expect(report.runs).toBeGreaterThan(20);
  });

  it('a mirror costs the main vault nothing', async () => {
    const report = await sweepFaults({
      scene: (await secondDay(true)).end(),
      act: protect,
      plant: failingCall({ ...fault, below: '/mirror' }),
      mayFailWith: [],
    });
    expect(report.wrong).toEqual([]);
    expect(report.named).toBeGreaterThan(10);
  });

  it('forget and prune lose nothing that is needed', async () => {
    const writer = await secondDay(false);
    const first = [...writer.end().snapshots.keys()][0] ?? '';
    await writer.protect();
    writer.leaveOver('/drive/vault');
    const sweep: FaultSweep = {
      scene: writer.end(),
      act: async (world, [vault]) => {
        await forget(world, vault, [first]);
        await prune(world, vault);
      },
      plant: failingCall({ ...fault, below: '/drive' }),
      mayForget: [first],
      mayFailWith: [...MAY_FAIL_WITH, 'LEASED'],
    };
    expect((await sweepFaults(sweep)).wrong).toEqual([]);
  });
});

describe('the sweep of write errors', () => {
  it('catches a journal that takes no notice of them', async () => {
    const report = await sweepFaults({
      scene: (await secondDay(false)).end(),
      act: protect,
      plant: failingCall({ below: '/drive', kinds: ['write'], error: 'EIO', lasts: 'once' }),
      disguise: withCarelessJournal,
      mayFailWith: MAY_FAIL_WITH,
    });
    expect(report.wrong).toContainEqual(expect.stringMatching(/is gone|is missing|SNAPSHOT/));
  });
});
