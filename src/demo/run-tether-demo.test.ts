import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openWorld } from '../index.ts';
import { runTetherDemo } from './run-tether-demo.ts';

it('the tethering demo ends with every frame on two vaults, and says how long it took', async () => {
  const world = openWorld();
  const scratch = await mkdtemp(join(tmpdir(), 'fieldvault-tether-demo-'));
  let text = '';
  const stream = { write: (more: string) => (text += more) };
  const outside = {
    stdout: stream,
    stderr: stream,
    onInterrupt: () => () => {},
    absolutePath: (path: string) => path,
  };
  try {
    const exit = await runTetherDemo(world, outside, { scratch, shots: 3, megapixels: 0.1 });
    expect(text).toContain('PASS  Every frame is on both vaults');
    expect(text).toContain('--- the cable is pulled ---');
    expect(text).toMatch(/until safe +[\d.]+ ms for half/);
    expect(exit).toBe(0);
  } finally {
    await world.workers.close();
    await rm(scratch, { recursive: true, force: true });
  }
}, 60_000);
