import { describe, expect, test } from 'vitest';
import { runMutations } from './mutate-raw.ts';

/** How many inputs: a short run here; bench/raw-mutations.ts makes 100,000. */
const COUNT = Number(process.env['FIELDVAULT_MUTATIONS'] ?? 700);

describe('mutated RAW files and containers of every coding', () => {
  test('are read, or null, or DAMAGED: nothing else is thrown, and no other bytes come back', () => {
    const { read, recoded, damaged } = runMutations(COUNT, 11);
    expect(read).toBeGreaterThan(COUNT / 20);
    expect(recoded).toBeGreaterThan(0);
    expect(damaged).toBeGreaterThan(COUNT / 4);
  }, 120_000);
});
