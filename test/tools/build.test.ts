import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..');
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'fieldvault-build-'));
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: ROOT });
  await run(process.execPath, ['tools/copy-assets.ts'], { cwd: ROOT });
}, 120_000);

afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

describe('the built package', () => {
  it('makes a vault with all that belongs into one', async () => {
    const vault = join(scratch, 'vault');
    const command = join(ROOT, 'dist/cli/main.js');
    const { stdout } = await run(process.execPath, [command, 'init', vault, '--json']);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ ok: true });
    expect(await readdir(vault)).toEqual(
      expect.arrayContaining(['READ ME FIRST.txt', 'recover.html', 'fieldvault.json']),
    );
    const backup = [command, 'backup', join(ROOT, 'docs'), '--vault', vault, '--json'];
    const report = await run(process.execPath, backup);
    expect(JSON.parse(report.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ ok: true });
  });

  it('is a command that systems with #! can start', async () => {
    const text = await readFile(join(ROOT, 'dist/cli/main.js'), 'utf8');
    expect(text.split('\n')[0]).toBe('#!/usr/bin/env node');
  });
});
