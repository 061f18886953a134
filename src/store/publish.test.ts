import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNodeWorld } from '../platform/index.ts';
import { ensureFolder } from './publish.ts';

describe('ensureFolder()', () => {
  const { disk } = openNodeWorld();
  const before = process.cwd();
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fieldvault-folder-'));
    process.chdir(folder);
  });
  afterAll(async () => {
    process.chdir(before);
    await rm(folder, { recursive: true });
  });

  it('makes a folder that is named from the working folder, and nothing beside it', async () => {
    await ensureFolder(disk, 'vault');
    await ensureFolder(disk, 'drive/vault');
    await ensureFolder(disk, `${folder.replaceAll('\\', '/')}/a/b`);
    const names = await readdir(folder, { recursive: true });
    expect(names.map((name) => name.replaceAll('\\', '/')).sort()).toEqual([
      'a',
      'a/b',
      'drive',
      'drive/vault',
      'vault',
    ]);
  });
});
