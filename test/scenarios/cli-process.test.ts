import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { watch } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VERSION } from '../../src/index.ts';
import { skipBecause } from '../skip.ts';
import { parseLines } from './typed-words.ts';

const project = join(import.meta.dirname, '..', '..');
const main = join(project, 'src', 'cli', 'main.ts');
let scratch: string;
let vault: string;
let card: string;

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'fieldvault-cli-'));
  vault = join(scratch, 'vault');
  card = join(scratch, 'CARD');
  mkdirSync(join(card, 'DCIM'), { recursive: true });
  for (const name of ['A.NEF', 'B.NEF']) writeFileSync(join(card, 'DCIM', name), `pixels ${name}`);
});

afterEach(() => rmSync(scratch, { recursive: true, force: true }));

function run(...words: string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [main, ...words], { encoding: 'utf8', cwd: scratch });
}

describe('fieldvault, as a process', () => {
  it('protects, checks and gives back, by paths from the working folder', () => {
    expect(run('init', 'vault').status).toBe(0);
    const backup = run('backup', 'CARD', '--vault', 'vault', '--json');
    expect(backup).toMatchObject({ status: 0, stderr: '' });
    expect(parseLines(backup.stdout).at(-1)).toMatchObject({ ok: true, files: 2, newBlobs: 2 });
    expect(run('check', '--vault', 'vault', '--read-data').status).toBe(0);
    expect(run('restore', 'latest', '--vault', 'vault', '--to', 'back').status).toBe(0);
    expect(readFileSync(join(scratch, 'back', 'CARD', 'DCIM', 'A.NEF'), 'utf8')).toBe(
      'pixels A.NEF',
    );
  });

  it('ends with 3, 12, 10 and 2 where it must', () => {
    run('init', vault);
    run('backup', card, '--vault', vault, '--no-learn');
    mkdirSync(join(scratch, 'back', 'CARD', 'DCIM'), { recursive: true });
    writeFileSync(join(scratch, 'back', 'CARD', 'DCIM', 'A.NEF'), 'edited');
    const restore = ['restore', 'latest', '--vault', vault, '--to', join(scratch, 'back')];
    expect(run(...restore).status).toBe(3);
    const originals = join(vault, 'originals');
    const place = readdirSync(originals, { recursive: true, encoding: 'utf8' }).find((path) =>
      path.endsWith('.NEF'),
    );
    writeFileSync(join(originals, place ?? ''), 'pixels A.NEG');
    expect(run('check', '--vault', vault, '--read-data').status).toBe(12);
    expect(run('check', '--vault', card).status).toBe(10);
    expect(run('find', 'ratng>3', '--vault', vault)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('did you mean "rating"? '),
    });
  });

  it('is what "npm run fieldvault" runs', () => {
    const words = ['run', '--silent', 'fieldvault', '--', '--version'];
    const options = {
      cwd: project,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    } as const;
    expect(spawnSync('npm', words, options).stdout.trim()).toBe(VERSION);
    const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
    expect(VERSION).toBe(manifest.version);
  });
});

describe('with many files', () => {
  beforeEach(() => {
    for (let index = 0; index < 3000; index += 1) {
      writeFileSync(join(card, 'DCIM', `IMG_${index}_of_a_long_day.CR3`), `pixels ${index}`);
    }
    run('init', vault);
  });

  it(
    'ends with 130 at SIGINT and goes on where it stopped',
    skipBecause(process.platform === 'win32' ? 'Windows has no signals between processes' : null),
    async () => {
      const child = spawn(process.execPath, [
        main,
        'backup',
        card,
        '--vault',
        vault,
        '--no-learn',
        '--json',
      ]);
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      const ended = once(child, 'close');
      // The first unfinished file shows that the backup is at work.
      const incoming = join(vault, 'incoming');
      for await (const _ of watch(incoming)) if (readdirSync(incoming).length > 0) break;
      child.kill('SIGINT');
      expect(await ended).toEqual([130, null]);
      const first = parseLines(text).at(-1);
      expect(first).toMatchObject({ type: 'summary', ok: false, interrupted: true });
      expect(run('check', '--vault', vault, '--read-data').status).toBe(0);
      const again = run('backup', card, '--vault', vault, '--no-learn', '--json');
      const second = parseLines(again.stdout).at(-1);
      expect(second).toMatchObject({
        ok: true,
        files: 3002,
        newBlobs: 3002 - Number(first?.['newBlobs']),
      });
      expect(Number(first?.['newBlobs'])).toBeLessThan(3002);
    },
  );

  it('a reader that has seen enough is no failure', async () => {
    run('backup', card, '--vault', vault, '--no-learn');
    const child = spawn(process.execPath, [main, 'ls', 'latest', '--vault', vault]);
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      complaint += piece;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const [status] = await once(child, 'close');
    expect({ status, complaint }).toEqual({ status: 0, complaint: '' });
  });
});

describe('on an old Node', () => {
  const old = 'Object.defineProperty(process, "versions", { value: { node: "20.19.0" } })';

  it('says what it needs and fails', () => {
    const words = ['--import', `data:text/javascript,${encodeURIComponent(old)}`, main, 'status'];
    const { status, stderr, stdout } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('FieldVault needs Node 24 or newer; this is Node 20.19.0');
  });

  it('begins with a file that an old Node can read: it has no types, and imports nothing of ours at once', () => {
    const text = readFileSync(main, 'utf8');
    expect(stripTypeScriptTypes(text)).toBe(text);
    expect(text.match(/^import .*$/gm)).toEqual(["import process from 'node:process';"]);
  });
});
