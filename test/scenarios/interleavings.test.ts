import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type BackupReport, backup, forget, prune } from '../../src/backup/index.ts';
import { FieldVaultError } from '../../src/base/index.ts';
import type { Disk, World } from '../../src/platform/index.ts';
import {
  pickBelow,
  type SeededRandom,
  seededRandom,
  withDisk,
  withoutSync,
} from '../../src/testing/index.ts';
import { listSnapshots, openVault } from '../../src/vault/index.ts';
import { FieldKit } from './field-kit.ts';

/** What one process does while others do theirs. */
type Act = 'backup A' | 'backup B' | 'forget' | 'prune';

const acts = fc.array(fc.constantFrom<Act>('backup A', 'backup A', 'backup B', 'forget', 'prune'), {
  minLength: 2,
  maxLength: 4,
});

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
}

/** A disk on which calls wait for a random number of turns: a slow computer beside a quick one. */
function withTurns(disk: Disk, random: SeededRandom): Disk {
  const plain = withoutSync(disk, () => false);
  const slowness = [0, 40, 600][pickBelow(random, 3)] ?? 0;
  const { localPath, ...calls } = plain;
  const waiting = Object.entries(calls).map(([name, call]) => [
    name,
    async (...parts: unknown[]) => {
      if (random() < 0.3) await turns(pickBelow(random, slowness + 1));
      return (call as (...all: unknown[]) => unknown)(...parts);
    },
  ]);
  return { ...Object.fromEntries(waiting), localPath } as Disk;
}

async function perform(kit: FieldKit, act: Act, world: World): Promise<BackupReport | null> {
  const vault = await openVault(world, kit.vault);
  if (act === 'backup A') return backup(world, vault, ['/media/A']);
  if (act === 'backup B') return backup(world, vault, ['/media/B']);
  if (act === 'prune') await prune(world, vault);
  else {
    const oldest = listSnapshots(vault.ledger)[0];
    if (oldest !== undefined) await forget(world, vault, [oldest.id]);
  }
  return null;
}

/** Two cards that share some contents; A has had a day that is in the vault, and has changed since. */
async function begin(): Promise<FieldKit> {
  const kit = await FieldKit.open();
  const shared = { 'both.txt': 'on both cards', 'both.NEF': 'a frame on both' };
  kit.insert('/media/A', { ...shared, 'a.xmp': 'old', 'a.txt': 'only in the first snapshot' });
  kit.insert('/media/B', { ...shared, 'b.NEF': 'a frame', 'b.txt': 'only in the first snapshot' });
  await kit.protect('/media/A');
  kit.put('/media/A', { 'a.xmp': 'new!' });
  kit.disk.stage.erase('/media/A/a.txt');
  return kit;
}

it('acts of several processes, mixed in any way, lose nothing and give way with LEASED alone', async () => {
  await fc.assert(
    fc.asyncProperty(acts, fc.nat(1_000_000), async (all, seed) => {
      const kit = await begin();
      const cards = { A: kit.filesBelow('/media/A'), B: kit.filesBelow('/media/B') };
      const ends = await Promise.all(
        all.map(async (act, index) => {
          const isRunning = (processId: number): boolean => processId >= 9000;
          const host = { name: 'sim-host', processId: 9000 + index, isRunning };
          const random = seededRandom(seed + index);
          const world = withDisk({ ...kit.world, host }, withTurns(kit.disk, random));
          await turns(pickBelow(random, 5000));
          try {
            return await perform(kit, act, world);
          } catch (error) {
            if (error instanceof FieldVaultError && error.code === 'LEASED') return null;
            throw error;
          }
        }),
      );
      expect((await kit.check()).issues).toEqual([]);
      const kept = new Set(listSnapshots((await kit.open()).ledger).map(({ id }) => id));
      for (const report of ends) {
        if (report === null || !kept.has(report.snapshot)) continue;
        expect(report.issues).toEqual([]);
        const { files, report: given } = await kit.restore(report.snapshot);
        expect(given.issues).toEqual([]);
        const label = Object.keys(files)[0]?.startsWith('A/') ? 'A' : 'B';
        const wanted = Object.entries(cards[label]).map(([path, text]) => [
          `${label}/${path}`,
          text,
        ]);
        expect(files).toEqual(Object.fromEntries(wanted));
      }
      // Whatever was in the way is gone: the next run and the next prune go through.
      expect((await kit.protect(['/media/A', '/media/B'])).issues).toEqual([]);
      expect(await kit.prune()).toMatchObject({ unknown: [] });
      expect(await kit.check()).toMatchObject({ issues: [], leftOver: 0 });
    }),
    // Prune came and went between a backup's first look at the journals and its own journal file.
    {
      examples: [
        [['forget', 'prune', 'backup A', 'backup B'], 412_207],
        [['forget', 'prune', 'forget', 'backup A'], 412_207],
        [['forget', 'forget', 'prune', 'backup A'], 311_033],
      ],
    },
  );
}, 60_000);
