import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createVault, findSnapshot, openVault, openWorld, restore } from '../../src/index.ts';
import { type ActEnd, type ActRequest, runAct } from '../peers/acts.ts';

const FOLDERS = 100;
const FILES = 1000;
const COUNT = FOLDERS * FILES;
const world = openWorld();
let scratch = '';

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'fieldvault-many-'));
});
afterAll(async () => {
  await world.workers.close();
  rmSync(scratch, { recursive: true });
}, 120_000);

/** Content of one tiny file: no two are the same, and few have the same size. */
function sidecar(folder: number, file: number): string {
  return `frame ${folder} ${file} ${'x'.repeat((folder * 31 + file * 17) % 300)}`;
}

/** Runs an act in a process of its own and prints what it took. */
async function measured(name: string, request: ActRequest): Promise<ActEnd> {
  const end = await runAct(request);
  const seconds = (end.durationMs / 1000).toFixed(1);
  const megabytes = Math.round(end.peakBytes / 1_048_576);
  console.log(`100,000 tiny files, ${name}: ${seconds} s, at most ${megabytes} MB of memory`);
  expect(end.failure, end.text).toBeNull();
  return end;
}

test('100,000 tiny files are protected, known again, checked and given back', async () => {
  const card = join(scratch, 'CARD');
  for (let folder = 0; folder < FOLDERS; folder += 1) {
    const path = join(card, `DIR${String(folder).padStart(3, '0')}`);
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < FILES; file += 1) {
      writeFileSync(join(path, `IMG_${String(file).padStart(4, '0')}.XMP`), sidecar(folder, file));
    }
  }
  const vault = join(scratch, 'vault');
  await createVault(world, vault);
  const backup: ActRequest = { act: 'backup', vault, paths: [card] };
  const first = await measured('first protect', backup);
  expect(first.report).toMatchObject({ files: COUNT, newBlobs: COUNT, issues: [] });
  const again = await measured('unchanged', backup);
  expect(again.report).toMatchObject({ files: COUNT, newBlobs: 0, issues: [] });
  // The rolling sample reads one unchanged file in 64.
  expect(again.report?.unchanged).toBeGreaterThan(COUNT * 0.97);
  const checked = await measured('check of every byte', { act: 'check', vault, paths: [] });
  expect(checked.report).toMatchObject({ blobs: COUNT, filesRead: COUNT, damaged: 0, issues: [] });

  const opened = await openVault(world, vault);
  const to = join(scratch, 'to');
  const path = 'CARD/DIR04*';
  const report = await restore(world, opened, findSnapshot(opened, 'latest'), { to, path });
  expect(report).toMatchObject({ files: 10 * FILES, issues: [] });
  for (const folder of readdirSync(join(to, 'CARD'))) {
    for (const name of readdirSync(join(to, 'CARD', folder))) {
      const wanted = sidecar(Number(folder.slice(3)), Number(name.slice(4, 8)));
      expect(readFileSync(join(to, 'CARD', folder, name), 'utf8')).toBe(wanted);
    }
  }
}, 600_000);
