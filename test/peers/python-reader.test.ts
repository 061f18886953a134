import { execFileSync, spawnSync } from 'node:child_process';
import { lstat, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { skipBecause } from '../skip.ts';
import { flipBit, formatLine, type SampleEntry, sha256 } from './format-1-lines.ts';
import { SAMPLE_RUNS, type SampleVault, writeFormat1Vault } from './format-1-vault.ts';

const READER = join(import.meta.dirname, 'reader.py');
const hasPython = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))']);
const absent = hasPython.status === 0 ? null : 'no python3 of 3.8 or newer here';

interface Answer {
  readonly code: number | null;
  readonly error: string;
  readonly answer: {
    readonly latest?: string;
    readonly files?: number;
    readonly snapshots?: readonly {
      readonly id: string;
      readonly finished: boolean;
      readonly forgotten: boolean;
      readonly sources: readonly { readonly whole: boolean | null }[];
    }[];
    readonly problems?: readonly { readonly path: string; readonly problem: string }[];
    readonly damaged: readonly { readonly path: string }[];
  };
}

/** Runs the reader; its JSON carries names that are not UTF-8 as lone surrogates, as the vault does. */
function read(...words: readonly string[]): Answer {
  const ran = spawnSync('python3', [READER, ...words], { encoding: 'utf8' });
  const answer = ran.stdout === '' ? { damaged: [] } : JSON.parse(ran.stdout);
  return { code: ran.status, error: ran.stderr, answer };
}

/** A path as bytes, so that names that are not UTF-8 can be looked at on Linux. */
function pathBytes(root: string, path: string): Buffer {
  const parts = Array.from(path, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return code >= 0xdc80 && code <= 0xdcff ? Buffer.from([code - 0xdc00]) : Buffer.from(char);
  });
  return Buffer.concat([Buffer.from(`${root}/`), ...parts]);
}

async function expectRestored(root: string, entries: readonly SampleEntry[]): Promise<void> {
  for (const entry of entries) {
    const path = pathBytes(root, `${entry.source}/${entry.path}`);
    const facts = await lstat(path, { bigint: true });
    expect(facts.mtimeNs / 1000n, entry.path).toBe(BigInt(entry.mtimeUs));
    if (entry.kind === 'file') expect(sha256(await readFile(path))).toBe(sha256(entry.content));
    if (entry.kind === 'link') expect(await readlink(path)).toBe(entry.target);
    if (entry.kind === 'folder') expect(facts.isDirectory()).toBe(true);
    if (entry.kind !== 'link') expect(Number(facts.mode) & 0o777).toBe(entry.mode);
  }
  const files = await readdir(root, { recursive: true, withFileTypes: true });
  expect(files.filter((file) => !file.isDirectory()).length).toBe(
    entries.filter((entry) => entry.kind !== 'folder').length,
  );
}

describe('the Python reader, written from the page alone', skipBecause(absent), () => {
  let scratch = '';
  let vault: SampleVault;

  beforeEach(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'fieldvault-reader-'));
    vault = await writeFormat1Vault(join(scratch, 'vault'));
  });
  afterEach(() => rm(scratch, { recursive: true }));

  test('lists every snapshot, with the unfinished and the forgotten marked', () => {
    const { code, answer } = read('list', vault.folder);
    expect(code).toBe(0);
    expect(answer.latest).toBe(SAMPLE_RUNS.latest);
    const shown = answer.snapshots?.map((item) => [item.id, item.finished, item.forgotten]);
    expect(shown).toEqual([
      [SAMPLE_RUNS.first, true, false],
      [SAMPLE_RUNS.second, true, false],
      [SAMPLE_RUNS.forgotten, true, true],
      [SAMPLE_RUNS.cutOff, false, false],
      [SAMPLE_RUNS.latest, true, false],
    ]);
    const wholes = answer.snapshots?.flatMap((item) => item.sources.map((source) => source.whole));
    expect(wholes).toEqual([true, true, true, true, null, true]);
  });

  test('check names what is damaged, and nothing else', () => {
    const { code, answer } = read('check', vault.folder);
    expect(answer.damaged.map((item) => item.path)).toEqual(vault.damaged);
    expect(code).toBe(12);
  });

  test('check finds nothing in a sound vault', async () => {
    const sound = await writeFormat1Vault(join(scratch, 'sound'), true);
    const { code, answer } = read('check', sound.folder);
    expect(answer.damaged).toEqual([]);
    expect(code).toBe(0);
  });

  test('check says that a journal is gone', async () => {
    await rm(join(vault.folder, 'journal'), { recursive: true });
    const { code, answer } = read('check', vault.folder);
    expect(answer.damaged.map((item) => item.path)).toEqual(['journal']);
    expect(code).toBe(12);
  });

  test('check names a journal file that is gone, also the newest', async () => {
    const sound = await writeFormat1Vault(join(scratch, 'sound'), true);
    const names = (await readdir(join(sound.folder, 'journal'))).sort();
    for (const name of [names[3] ?? '', names[5] ?? '']) {
      await rm(join(sound.folder, 'journal', name));
    }
    const { code, answer } = read('check', sound.folder);
    const paths = answer.damaged.map((item) => item.path);
    // What the lost file said was dropped counts as missing again.
    const lost = paths.filter((path) => path.startsWith('journal/'));
    expect(lost).toEqual(['journal/000003', 'journal/000005']);
    expect(code).toBe(12);
  });

  test('restore brings back names, bytes, links, modes and times of every snapshot', async () => {
    const kept = Object.values(SAMPLE_RUNS).filter((run) => run !== SAMPLE_RUNS.forgotten);
    for (const run of kept) {
      const target = join(scratch, run);
      const { code, answer } = read('restore', vault.folder, run, target);
      expect(answer.problems).toEqual([]);
      expect(code).toBe(0);
      await expectRestored(target, vault.states.get(run) ?? []);
    }
  });

  test('restore names the files of a forgotten snapshot that were dropped', () => {
    const { code, answer } = read(
      'restore',
      vault.folder,
      SAMPLE_RUNS.forgotten,
      join(scratch, 'out'),
    );
    expect(code).toBe(3);
    expect(answer.files).toBe(0);
    expect(answer.problems?.map((problem) => problem.path)).toEqual(['Trial/test shot.jpg']);
  });

  test('restore never overwrites and never writes through a link', async () => {
    const target = join(scratch, 'out');
    read('restore', vault.folder, SAMPLE_RUNS.first, target);
    const frame = join(target, 'NIKON Z 9/DCIM/100NIKON/DSC_0001.NEF');
    await writeFile(frame, 'edited since');
    const again = read('restore', vault.folder, SAMPLE_RUNS.first, target);
    expect(again.answer.problems?.map((problem) => problem.path)).toEqual([
      'NIKON Z 9/DCIM/100NIKON/DSC_0001.NEF',
    ]);
    expect(await readFile(frame, 'utf8')).toBe('edited since');
    const beside = frame.replace('.NEF', ' (2).NEF');
    expect(sha256(await readFile(beside))).toBe(
      sha256(vault.states.get(SAMPLE_RUNS.first)?.[2]?.content ?? ''),
    );
    execFileSync('rm', ['-r', join(target, 'Desk')]);
    execFileSync('ln', ['-s', scratch, join(target, 'Desk')]);
    const linked = read('restore', vault.folder, SAMPLE_RUNS.first, target);
    expect(linked.answer.problems?.some((item) => item.path === 'Desk/IMG.jpg')).toBe(true);
    expect((await readdir(scratch)).sort()).toEqual(['out', 'vault']);
  });

  test('a blob whose line is lost is found by the digits in its name', async () => {
    const journals = (await readdir(join(vault.folder, 'journal'))).sort();
    const path = join(vault.folder, 'journal', journals[0] ?? '');
    const at = (await readFile(path)).indexOf('{"type":"blob"');
    for (const offset of [10, 11, 12, 13]) await flipBit(path, at + offset);
    const out = join(scratch, 'out');
    const { code } = read('restore', vault.folder, SAMPLE_RUNS.first, out);
    expect(code).toBe(0);
    await expectRestored(out, vault.states.get(SAMPLE_RUNS.first) ?? []);
  });

  test('paths that lead out of the target are refused', async () => {
    const path = '../../outside.txt';
    const run = '6666666666666666';
    const blob = sha256('');
    const common = {
      type: 'entry',
      run,
      source: 'Card',
      kind: 'file',
      size: 0,
      mtimeUs: 0,
      mode: 0,
    };
    const bytes = Buffer.concat([
      formatLine({ type: 'run', run, time: '', sources: [] }),
      formatLine({ ...common, path, blob }),
      formatLine({ ...common, path: '/absolute.txt', blob }),
      formatLine({ ...common, path: 'nul\0.txt', blob }),
      formatLine({ ...common, source: '..', path: 'up.txt', blob }),
    ]);
    const name = `journal/000009-20261122T090000Z-${'9'.repeat(16)}.jsonl`;
    await writeFile(join(vault.folder, name), bytes);
    const { code, answer } = read('restore', vault.folder, run, join(scratch, 'a/b/out'));
    expect(code).toBe(3);
    expect(answer.problems?.length).toBe(4);
    expect(answer.files).toBe(0);
    expect((await readdir(scratch)).sort()).toEqual(['a', 'vault']);
  });

  test('an unknown format is refused', async () => {
    await writeFile(
      join(vault.folder, 'fieldvault.json'),
      formatLine({ type: 'vault', format: 2, vault: 'x', label: '' }),
    );
    const { code, error } = read('list', vault.folder);
    expect(code).toBe(1);
    expect(error).toContain('format 1');
  });
});
