import { describe, expect, it } from 'vitest';
import { backup } from '../../src/backup/index.ts';
import type { World } from '../../src/platform/index.ts';
import { MemoryStore, type SimWorld, seededRandom } from '../../src/testing/index.ts';
import { check, createVault, openVault } from '../../src/vault/index.ts';
import { noise, processAt, slowStore, workstationAt } from './bucket-kit.ts';

const ROOT = 's3://studio/vault';
const FRAMES = 20;

/** Workstations with a card each; every one has one frame that all have. */
function studio(memory: MemoryStore, count: number): { machine: SimWorld; world: World }[] {
  return Array.from({ length: count }, (_, index) => {
    const random = seededRandom(index);
    const { machine } = workstationAt(memory, 100 + index);
    for (let frame = 0; frame < FRAMES; frame += 1) {
      machine.disk.stage.plant(`/card/DSC_${frame}.NEF`, noise(300 + frame, index * 100 + frame));
    }
    machine.disk.stage.plant('/card/SAME.NEF', noise(500, 5));
    const alone = processAt(machine, slowStore(memory, random));
    const host = { ...machine.host, name: `workstation-${index}`, isRunning: () => false };
    return { machine, world: { ...alone, host } };
  });
}

describe.each(['honoured', 'refused', 'ignored'] as const)(
  'workstations that write at once, where a conditional put is %s',
  (conditionalPut) => {
    it('lose nothing, and give no name twice', async () => {
      const memory = new MemoryStore({ conditionalPut });
      const first = workstationAt(memory, 1);
      await createVault(first.world, ROOT);
      const all = studio(memory, 4);
      const reports = await Promise.all(
        all.map(async ({ world }) => backup(world, await openVault(world, ROOT), ['/card'])),
      );
      for (const { issues, files } of reports) {
        expect(issues).toEqual([]);
        expect(files).toBe(FRAMES + 1);
      }
      const { world } = first;
      const vault = await openVault(world, ROOT);
      const report = await check(world, vault, { readData: true });
      expect(report.issues).toEqual([]);
      expect(vault.ledger.blobs.size).toBe(4 * FRAMES + 1);
      // Nothing was written over: a key that was put twice got the same bytes.
      expect(memory.overwritten.filter((key) => !key.includes('-probe-'))).toEqual([]);
    });
  },
);

describe('two that make the same folder at the same time', () => {
  it.each(['honoured', 'refused', 'ignored'] as const)(
    'never both have it, where a conditional put is %s',
    async (conditionalPut) => {
      for (let seed = 1; seed <= 50; seed += 1) {
        const memory = new MemoryStore({ conditionalPut });
        const makers = [1, 2, 3].map((index) => {
          const { machine } = workstationAt(memory, seed * 10 + index);
          return processAt(machine, slowStore(memory, seededRandom(seed * 10 + index)));
        });
        const made = await Promise.all(
          makers.map(({ disk }) => disk.makeFolder('s3://studio/vault/originals/2026/2026-11-22')),
        );
        const winners = made.filter((isMade) => isMade).length;
        expect(winners).toBeLessThanOrEqual(1);
        if (conditionalPut === 'honoured') expect(winners).toBe(1);
      }
    },
  );
});
