import { describe, expect, it, vi } from 'vitest';
import { skipBecause } from '../skip.ts';
import { SyncModel } from './sync-model.ts';

/** Steps of the long run, 0 for none; with it, `FIELDVAULT_SYNC_SEED`. */
const LONG_STEPS = Number(process.env['FIELDVAULT_SYNC_STEPS'] ?? 0);
vi.setConfig({ testTimeout: LONG_STEPS > 0 ? 7_200_000 : 60_000 });

async function run(seed: number, steps: number): Promise<SyncModel> {
  const model = await SyncModel.begin(seed);
  for (let step = 0; step < steps; step += 1) await model.step();
  await model.settle();
  return model;
}

describe('vaults that are edited, cut and synced at random', () => {
  it.each([1, 2, 3])(
    'agree in the end and have lost nothing, seed %i',
    async (seed) => {
      const model = await run(seed, 80);
      expect(model.wrong).toEqual([]);
      expect(model.captured.size).toBeGreaterThan(15);
      expect(model.done['cut']).toBeGreaterThan(3);
      expect(model.merges).toBeGreaterThan(0);
    },
    60_000,
  );

  const why = LONG_STEPS > 0 ? null : 'the long run needs FIELDVAULT_SYNC_STEPS=10000';
  it('agree in the end over many seasons, too', skipBecause(why), async () => {
    const seed = Number(process.env['FIELDVAULT_SYNC_SEED'] ?? 1);
    // Vaults of one season each: a journal of ten thousand runs is nobody's.
    const perSeason = 250;
    for (let season = 0; season * perSeason < LONG_STEPS; season += 1) {
      const model = await run(seed * 1000 + season, perSeason);
      expect({ season, wrong: model.wrong }).toEqual({ season, wrong: [] });
    }
  });
});
