import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const main = join(import.meta.dirname, '..', '..', 'src', 'demo', 'main.ts');
let scratch: string;

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'fieldvault-start-'));
  mkdirSync(join(scratch, 'photos'));
  writeFileSync(join(scratch, 'photos', 'A.NEF'), 'pixels');
});

afterEach(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs the demo with a scratch place of its own. */
function start(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  mkdirSync(join(scratch, 'tmp'), { recursive: true });
  const place = join(scratch, 'tmp');
  const env = { ...process.env, TMPDIR: place, TEMP: place, TMP: place };
  return spawnSync(process.execPath, [main, ...words], { encoding: 'utf8', cwd: scratch, env });
}

describe('npm start -- <folder>', () => {
  it('proves the job with a folder by its path from the working folder, and leaves a vault', () => {
    const { status, stdout, stderr } = start('photos');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('PASS  Every byte came back: 1 file, 6 bytes.');
    const [own = ''] = readdirSync(join(scratch, 'tmp')).filter((name) =>
      name.startsWith('fieldvault-demo-'),
    );
    expect(stdout).toContain(own);
    expect(readdirSync(join(scratch, 'tmp', own))).toEqual(['vault']);
    expect(readFileSync(join(scratch, 'photos', 'A.NEF'), 'utf8')).toBe('pixels');
  });

  it('says how it is used when the words make no sense', () => {
    expect(start('--help')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('npm start -- <folder>'),
    });
    expect(start('one', 'two').status).toBe(2);
  });
});
