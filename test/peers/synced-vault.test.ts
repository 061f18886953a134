/** A vault that another one was synced into, with a merge in it, read by a reader that never heard of any of that. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { backup, createVault, openVault, openWorld, sync, type World } from '../../src/index.ts';
import { skipBecause } from '../skip.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const READER = join(import.meta.dirname, 'reader.py');
const hasPython = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))']);
const absent = hasPython.status === 0 ? null : 'no python3 of 3.8 or newer here';

describe(
  'a synced and merged vault, read from docs/vault-format.md alone',
  skipBecause(absent),
  () => {
    let world: World;
    let scratch: string;
    const at = (path: string): string => join(scratch, path);

    function edit(folder: string, files: Readonly<Record<string, string>>): void {
      mkdirSync(at(folder), { recursive: true });
      for (const [name, text] of Object.entries(files))
        writeFileSync(at(`${folder}/${name}`), text);
    }

    async function protect(folder: string, vault: string): Promise<void> {
      await backup(world, await openVault(world, at(vault)), [at(folder)], { learn: false });
    }

    beforeAll(async () => {
      world = openWorld();
      scratch = mkdtempSync(join(tmpdir(), 'fieldvault-synced-'));
      for (const vault of ['field', 'studio'])
        await createVault(world, at(vault), { label: vault });
      edit('laptop/Trip', { 'A.NEF': 'raw a', 'notes.txt': 'begun', 'old.txt': 'old' });
      await protect('laptop/Trip', 'field');
      await sync(world, at('field'), at('studio'));
      edit('desk/Trip', { 'A.NEF': 'raw a', 'notes.txt': 'studio' });
      await protect('desk/Trip', 'studio');
      edit('laptop/Trip', { 'notes.txt': 'in the field', 'B.NEF': 'raw b' });
      await protect('laptop/Trip', 'field');
      const report = await sync(world, at('field'), at('studio'));
      expect(report).toMatchObject({ conflicts: 1, issueCount: 0 });
    });

    afterAll(async () => {
      await world.workers.close();
      rmSync(scratch, { recursive: true, force: true });
    });

    it.each(['field', 'studio'])(
      '%s: nothing is wrong, and the newest snapshot is the merge',
      (vault) => {
        const checked = spawnSync('python3', [READER, 'check', at(vault)], { encoding: 'utf8' });
        expect({ code: checked.status, said: checked.stdout }).toMatchObject({ code: 0 });
        const to = at(`back-${vault}`);
        const restored = spawnSync('python3', [READER, 'restore', at(vault), 'latest', to], {
          encoding: 'utf8',
        });
        expect(restored.status).toBe(0);
        const texts = readdirSync(join(to, 'Trip')).map((name) =>
          readFileSync(join(to, 'Trip', name), 'utf8'),
        );
        expect(texts.sort()).toEqual(['in the field', 'raw a', 'raw b', 'studio']);
      },
    );
  },
);
