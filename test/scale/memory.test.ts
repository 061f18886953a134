import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createVault, openWorld } from '../../src/index.ts';
import { skipBecause } from '../skip.ts';
import { GB, MB, measured, shortage, writeNoise } from './large-content.ts';

const world = openWorld();
let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'fieldvault-memory-'));
});
afterAll(async () => {
  await world.workers.close();
  rmSync(scratch, { recursive: true });
}, 60_000);

test('2 GB of frames are protected, checked and given back in 300 MB', {
  ...skipBecause(shortage(6 * GB)),
  timeout: 600_000,
}, async () => {
  const card = join(scratch, 'CARD');
  const vault = join(scratch, 'vault');
  mkdirSync(card);
  for (let frame = 0; frame < 64; frame += 1) {
    writeNoise(join(card, `IMG_${frame}.CR2`), 32 * MB - frame * 4099);
  }
  await createVault(world, vault);
  const first = await measured('2 GB, protect', { act: 'backup', vault, paths: [card] });
  expect(first.report).toMatchObject({ files: 64, newBlobs: 64 });
  await measured('2 GB, unchanged', { act: 'backup', vault, paths: [card] });
  await measured('2 GB, check', { act: 'check', vault, paths: [] });
  await measured('2 GB, restore', { act: 'restore', vault, paths: [join(scratch, 'to')] });
});
