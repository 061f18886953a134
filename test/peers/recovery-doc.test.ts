import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { skipBecause } from '../skip.ts';
import { flipBit, sha256 } from './format-1-lines.ts';
import { SAMPLE_RUNS, type SampleVault, writeFormat1Vault } from './format-1-vault.ts';

const ROOT = join(import.meta.dirname, '../..');
const DAY = 'originals/2026/2026-11-22';

/** The commands of docs/recovery.md for POSIX shells, in order. */
async function readBlocks(): Promise<readonly string[]> {
  const text = await readFile(join(ROOT, 'docs/recovery.md'), 'utf8');
  return Array.from(text.matchAll(/```sh\n([\s\S]*?)```/g), (match) => match[1] ?? '');
}

/** Why a block cannot run here, or null. */
function absentFor(...tools: readonly string[]): string | null {
  const lacking = ['sh', 'find', 'sed', ...tools].filter(
    (tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0,
  );
  return lacking.length === 0 ? null : `no ${lacking.join(', ')} here`;
}

describe('the commands of docs/recovery.md', () => {
  let scratch = '';
  let vault: SampleVault;
  let blocks: readonly string[] = [];

  beforeEach(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'fieldvault-recovery-'));
    vault = await writeFormat1Vault(join(scratch, 'vault'), true);
    blocks = await readBlocks();
  });
  afterEach(() => rm(scratch, { recursive: true }));

  /** Runs the only block that holds this text, with the doc's places replaced by the test's. */
  function run(text: string): string {
    const found = blocks.filter((block) => block.includes(text));
    expect(found.length, `one block with ${text}`).toBe(1);
    const script = (found[0] ?? '')
      .replaceAll('/Volumes/FIELD/vault', vault.folder)
      .replaceAll('/Volumes/SAFE', join(scratch, 'safe'));
    return spawnSync('sh', ['-c', script], { cwd: ROOT, encoding: 'utf8' }).stdout;
  }

  test('are all run by these tests', () => {
    expect(blocks.length).toBe(6);
  });

  for (const [tool, text] of [
    ['shasum', 'shasum -a 256 -c'],
    ['sha256sum', 'sha256sum --quiet'],
  ] as const) {
    test(
      `${tool} is silent on a sound vault and names a damaged file`,
      skipBecause(absentFor(tool)),
      async () => {
        expect(run(text)).toBe('');
        const at = vault.places.get('jpeg three') ?? '';
        await flipBit(join(vault.folder, at), 5);
        expect(run(text)).toBe(`${at.slice(DAY.length + 1)}: FAILED\n`);
      },
    );
  }

  test('names alone tell a damaged file', skipBecause(absentFor('shasum')), async () => {
    const leftOver = `DAMAGED: ${DAY}/LEFT_OVER~0123456789abcdef.NEF`;
    expect(run('DAMAGED').trim()).toBe(leftOver);
    const at = vault.places.get('jpeg four') ?? '';
    await flipBit(join(vault.folder, at), 5);
    expect(run('DAMAGED').trim().split('\n').sort()).toEqual([`DAMAGED: ${at}`, leftOver].sort());
  });

  test('a day is copied with the old names', skipBecause(absentFor('cp')), async () => {
    run('cp -p');
    const folder = join(scratch, 'safe/2026-11-22');
    const names = await readdir(folder);
    expect(names).toContain('DSC_0005.JPG');
    expect(names.length).toBe(vault.places.size + 2);
    const frame = vault.states.get(SAMPLE_RUNS.first)?.[3];
    expect(sha256(await readFile(join(folder, 'DSC_0001.JPG')))).toBe(sha256(frame?.content ?? ''));
  });

  test('a path of the card leads to its file', skipBecause(absentFor('grep', 'tail')), async () => {
    const frame = vault.states.get(SAMPLE_RUNS.first)?.[2];
    const found = run('grep -h').trim();
    expect(sha256(await readFile(join(vault.folder, found)))).toBe(sha256(frame?.content ?? ''));
  });

  test('the Python reader restores', skipBecause(absentFor('python3')), async () => {
    const answers = run('reader.py').trim().split('\n');
    expect(answers.length).toBe(3);
    expect(answers.map((answer) => JSON.parse(answer).damaged)).toEqual([[], [], []]);
    const frame = join(scratch, 'safe/restored/NIKON Z 9/DCIM/100NIKON/DSC_0001.NEF');
    expect(execFileSync('head', ['-c', '7', frame], { encoding: 'utf8' })).toBe('raw one');
  });
});
