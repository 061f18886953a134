import { beforeEach, describe, expect, it } from 'vitest';
import type { SimWorld } from '../../src/testing/index.ts';
import { cardAndVault, type Typed, typeWords } from './typed-words.ts';

let world: SimWorld;

beforeEach(async () => {
  world = await cardAndVault();
});

function type(...words: readonly string[]): Promise<Typed> {
  return typeWords(world, words);
}

const BACKUP = ['backup', '/card', '--vault', '/drive/vault'] as const;
const RESTORE = ['restore', 'latest', '--vault', '/drive/vault', '--to'] as const;

describe('a file that stands where a folder is needed', () => {
  it.each(['/back', '/back/new', '/back/new/er'])('is named by a restore into %s', async (to) => {
    await type(...BACKUP);
    world.disk.stage.plant('/back', 'a letter');
    const { exit, summary } = await type(...RESTORE, to, '--json');
    expect(exit).toBe(1);
    expect(summary).toMatchObject({
      error: {
        code: 'TARGET_NOT_EMPTY',
        message: expect.stringContaining('A file stands where a folder is needed'),
      },
    });
    expect(world.disk.stage.paths('/back')).toEqual(['/back']);
  });

  it.each(['/letter', '/letter/vault'])('is named by init %s', async (path) => {
    world.disk.stage.plant('/letter', 'a letter');
    const { exit, stderr } = await type('init', path);
    expect(exit).toBe(1);
    expect(stderr).toMatch(/is no folder|A file stands where a folder is needed/);
    expect(stderr).not.toContain('does not answer');
  });

  it('is none where a link leads to a folder', async () => {
    await type(...BACKUP);
    world.disk.stage.makeFolders('/real');
    world.disk.stage.plantLink('/short', '/real');
    expect((await type('init', '/short')).exit).toBe(0);
    expect((await type(...RESTORE, '/short/new')).exit).toBe(0);
    expect(world.disk.stage.paths('/real/new').length).toBeGreaterThan(0);
  });
});

describe('a vault that may not be read', () => {
  it.each([
    ['/drive/vault/journal', 'listFolder'],
    ['/drive/vault', 'stat'],
    ['/drive/vault/', 'openRead'],
  ])('is said to be so, and not to be write-protected: %s, %s', async (path, kind) => {
    world.disk.faults.add({
      when: (call) => call.kind === kind && call.path.startsWith(path),
      error: 'EACCES',
      times: 99,
    });
    const { exit, stderr } = await type('status', '--vault', '/drive/vault');
    expect(exit).toBe(1);
    expect(stderr).toContain('You may not read this vault');
    expect(stderr).not.toMatch(/write|no vault/);
  });
});

describe('sentences', () => {
  it('a restore that gave nothing back does not say that it was proven', async () => {
    await type(...BACKUP);
    for (const path of world.disk.stage.paths('/drive/vault/originals')) {
      if (path.includes('~')) world.disk.stage.flipBit(path, 3);
    }
    const { exit, stdout } = await type(...RESTORE, '/back');
    expect(exit).toBe(3);
    expect(stdout).toContain('No file of snapshot');
    expect(stdout).not.toContain('proven');
    const twin = await type(...RESTORE, '/back2', '--path', '*/best');
    expect(twin.stdout).not.toContain('proven');
  });

  it('a card that cannot be listed is named without a slash behind it', async () => {
    world.disk.faults.add({
      when: (call) => call.kind === 'listFolder' && call.path === '/card',
      error: 'EIO',
      times: 99,
    });
    const { summary } = await type(...BACKUP, '--json');
    expect(summary).toMatchObject({ issues: [{ code: 'FOLDER_UNREADABLE', path: 'card' }] });
  });

  it.each([
    ['/drive/plain-1', '--vault /drive/plain-1'],
    ['/drive/My Vault', '--vault "/drive/My Vault"'],
    ["/drive/$5 of Jim's", "--vault '/drive/$5 of Jim'\\''s'"],
  ])('init %s ends with words that can be copied', async (path, words) => {
    const { stdout } = await type('init', path);
    expect(stdout.trimEnd().endsWith(words)).toBe(true);
  });
});
