import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createVault, listPaths, listSnapshots, openVault, openWorld } from '../../src/index.ts';
import { skipBecause } from '../skip.ts';
import { digestLarge, GB, measured, shortage, writeNoise } from './large-content.ts';

const SIZE_BYTES = 6 * GB + 4321;
const world = openWorld();
let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'fieldvault-large-'));
});
afterAll(async () => {
  await world.workers.close();
  rmSync(scratch, { recursive: true });
}, 60_000);

test('one of 6 GB is protected, checked and given back in bounded memory', {
  ...skipBecause(shortage(3 * SIZE_BYTES)),
  timeout: 600_000,
}, async () => {
  const card = join(scratch, 'CARD.MOV');
  const digest = writeNoise(card, SIZE_BYTES);
  const vault = join(scratch, 'vault');
  await createVault(world, vault);
  const first = await measured('6 GB, protect', { act: 'backup', vault, paths: [card] });
  expect(first.report).toMatchObject({ files: 1, newBlobs: 1, bytesStored: SIZE_BYTES });
  rmSync(card);
  const opened = await openVault(world, vault);
  const [snapshot] = listSnapshots(opened);
  if (snapshot === undefined) throw new Error('no snapshot');
  const [entry] = [...listPaths(opened, snapshot)];
  expect(entry).toMatchObject({ sizeBytes: SIZE_BYTES, content: digest });
  const to = join(scratch, 'to');
  await measured('6 GB, restore', { act: 'restore', vault, paths: [to] });
  const given = join(to, ...(entry?.path.split('/') ?? []));
  expect(statSync(given).size).toBe(SIZE_BYTES);
  expect(digestLarge(given)).toBe(digest);
});
