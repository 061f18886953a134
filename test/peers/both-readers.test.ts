/** Vaults made by the library, read by the two readers that were built from docs/vault-format.md alone. */
import { spawnSync } from 'node:child_process';
import {
  lstatSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  backup,
  check,
  createVault,
  findSnapshot,
  forget,
  openVault,
  openWorld,
  prune,
  restore,
  type World,
} from '../../src/index.ts';
import { tinyShoot, writeShoot } from '../../src/testing/index.ts';
import { skipBecause } from '../skip.ts';
import { flipBit, sha256 } from './format-1-lines.ts';
import { SAMPLE_RUNS, writeFormat1Vault } from './format-1-vault.ts';
import { filesOf, folderHandle, newMemoryFolder } from './memory-handles.ts';
import {
  type CoreVault,
  loadCore,
  openFolderForCore,
  PAGE,
  type RecoverCore,
} from './recover-core.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const hasPython = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))']);
const noPython = hasPython.status === 0 ? null : 'no python3 of 3.8 or newer here';

/** Facts of everything below a folder by path, the path's bytes as Latin-1 so that any name can be told. */
function factsOf(root: string): Map<string, readonly unknown[]> {
  const facts = new Map<string, readonly unknown[]>();
  const walk = (below: Buffer): void => {
    const folder = Buffer.concat([Buffer.from(root), below]);
    for (const name of readdirSync(folder, { encoding: 'buffer' })) {
      const path = Buffer.concat([below, Buffer.from('/'), name]);
      const full = Buffer.concat([Buffer.from(root), path]);
      const { mtimeNs, mode } = lstatSync(full, { bigint: true });
      const kind = lstatSync(full);
      let content = '';
      if (kind.isFile()) content = sha256(readFileSync(full));
      if (kind.isSymbolicLink()) content = readlinkSync(full, { encoding: 'latin1' });
      facts.set(path.toString('latin1'), [mtimeNs / 1000n, mode, content]);
      if (kind.isDirectory()) walk(path);
    }
  };
  walk(Buffer.alloc(0));
  return facts;
}

/** Sets times that a double holds exactly: what lies between microseconds is no reader's matter. */
function settleTimes(root: string): void {
  const found = readdirSync(Buffer.from(root), { encoding: 'buffer' });
  for (const name of found) {
    const path = Buffer.concat([Buffer.from(`${root}/`), name]);
    if (lstatSync(path).isDirectory()) settleTimes(path.toString());
    lutimesSync(path, 1_790_000_000, 1_790_000_000.25 + name.length);
  }
}

function runReader(...words: readonly string[]) {
  const ran = spawnSync('python3', [join(import.meta.dirname, 'reader.py'), ...words], {
    encoding: 'utf8',
  });
  expect(ran.stderr).toBe('');
  return { code: ran.status, answer: JSON.parse(ran.stdout) };
}

/** Names that trouble readers, as far as this system's disks hold them. */
function writeOddFolder(folder: string): void {
  mkdirSync(join(folder, 'empty'), { recursive: true });
  const names = ['caf\u00e9.jpg', 'sub/a.txt', 'none.dat', 'IMG 1 .jpg', '\u{1f304}.jpg'];
  if (process.platform === 'linux') {
    names.push('tab\there.jpg', 'cafe\u0301.jpg', 'what: "day"?.jpg', 'CON.jpg', 'dot.', 'a\\b');
    symlinkSync('no/such/place', join(folder, 'link'));
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/bad`), Buffer.from([0xff, 0x80])]), 'bad');
  }
  mkdirSync(join(folder, 'sub'));
  for (const name of names) writeFileSync(join(folder, name), name === 'none.dat' ? '' : name);
}

describe('a vault of the library, read by others', () => {
  let scratch = '';
  let vaultPath = '';
  let world: World;
  let core: RecoverCore;
  /** Run id -> what the sources held. */
  const states = new Map<string, Map<string, readonly unknown[]>>();
  const readCore = async (): Promise<CoreVault> =>
    core.readVault(await openFolderForCore(core, vaultPath));

  async function protect(...sources: readonly string[]): Promise<void> {
    const vault = await openVault(world, vaultPath);
    for (const source of sources) settleTimes(join(scratch, source));
    const paths = sources.map((source) => join(scratch, source));
    const report = await backup(world, vault, paths);
    expect(report.issues.filter((issue) => issue.code !== 'WEAK_DURABILITY')).toEqual([]);
    const facts = sources.map((source) => {
      const below = [...factsOf(join(scratch, source))];
      return below.map(([path, fact]) => [`/${source}${path}`, fact] as const);
    });
    states.set(report.snapshot, new Map(facts.flat()));
  }

  beforeAll(async () => {
    core = await loadCore();
    world = openWorld();
    scratch = mkdtempSync(join(tmpdir(), 'fieldvault-both-'));
    vaultPath = join(scratch, 'vault');
    await createVault(world, vaultPath, { label: 'Both "readers"' });
    await writeShoot(world.disk, join(scratch, 'CARD'), tinyShoot(7));
    writeOddFolder(join(scratch, 'odd'));
    await protect('CARD', 'odd');
    const sidecar = join(scratch, 'CARD', 'notes.txt');
    writeFileSync(sidecar, 'only in the second snapshot');
    await protect('CARD');
    rmSync(sidecar);
    writeFileSync(join(scratch, 'odd', 'sub/a.txt'), 'edited, and longer than before');
    rmSync(join(scratch, 'odd', 'caf\u00e9.jpg'));
    await protect('CARD', 'odd');
    const second = findSnapshot(await openVault(world, vaultPath), [...states.keys()][1] ?? '');
    await forget(world, await openVault(world, vaultPath), [second.id]);
    await prune(world, await openVault(world, vaultPath));
  });
  afterAll(async () => {
    await world.workers.close();
    rmSync(scratch, { recursive: true });
  });

  test('Python lists it whole and finds every byte right', skipBecause(noPython), () => {
    const { answer } = runReader('list', vaultPath);
    expect(answer.label).toBe('Both "readers"');
    expect(answer.latest).toBe([...states.keys()].at(-1));
    expect(answer.snapshots.map((item: { id: string }) => item.id)).toEqual([...states.keys()]);
    for (const { sources } of answer.snapshots) {
      for (const source of sources) expect(source.whole).toBe(true);
    }
    const { code, answer: checked } = runReader('check', vaultPath);
    expect(checked).toMatchObject({ damaged: [], notes: [] });
    expect(code).toBe(0);
    expect(checked.files).toBeGreaterThan(30);
  });

  test('Python restores names, bytes, links, modes and times', skipBecause(noPython), () => {
    const [first, second, last] = [...states.keys()];
    for (const run of [first ?? '', last ?? '']) {
      const target = join(scratch, `python ${run}`);
      const { code, answer } = runReader('restore', vaultPath, run, target);
      expect(answer.problems).toEqual([]);
      expect(code).toBe(0);
      const restored = factsOf(target);
      for (const top of ['/CARD', '/odd']) restored.delete(top);
      expect(restored).toEqual(states.get(run));
    }
    const { code, answer } = runReader('restore', vaultPath, second ?? '', join(scratch, 'gone'));
    expect(code).toBe(3);
    expect(answer.problems.map((item: { path: string }) => item.path)).toEqual(['CARD/notes.txt']);
  });

  test('recover.html lists it whole and finds every byte right', async () => {
    const vault = await readCore();
    expect(vault).toMatchObject({ damage: [], notes: [], latest: [...states.keys()].at(-1) });
    for (const run of states.keys()) expect(core.brokenTrees(vault, run)).toEqual([]);
    expect(await core.checkVault(vault)).toMatchObject({ damaged: [], lost: [] });
  });

  test('recover.html restores every file of a snapshot exactly', async () => {
    const vault = await readCore();
    const [run = '', wanted] = [...states].at(-1) ?? [];
    const target = newMemoryFolder();
    const root = folderHandle(target, { spaceBytes: 1e9, ignoresCase: false });
    const report = await core.restoreInto(vault, core.itemsOfRun(vault, run), root);
    expect(report.problems).toEqual([]);
    const digests = [...(await filesOf(target)).values()].map(sha256).sort();
    const contents = [...(wanted?.values() ?? [])].map((fact) => String(fact[2]));
    expect(digests).toEqual(contents.filter((content) => /^[0-9a-f]{64}$/.test(content)).sort());
  });

  test('the vault holds the page as it is tested here', () => {
    const copy = readFileSync(join(vaultPath, 'recover.html'));
    expect(sha256(copy)).toBe(sha256(readFileSync(PAGE)));
  });

  test('both name a picture and a journal line that a bit flip spoiled', async () => {
    const day = readdirSync(join(vaultPath, 'originals'), { recursive: true, encoding: 'utf8' });
    const frame = day.find((path) => /~[0-9a-f]{16}\.NEF$/.test(path)) ?? '';
    const journal = readdirSync(join(vaultPath, 'journal')).sort()[0] ?? '';
    const damaged = [`journal/${journal}`, `originals/${frame.replaceAll('\\', '/')}`];
    for (const path of damaged) await flipBit(join(vaultPath, path), 300);
    const found = await core.checkVault(await readCore());
    expect([...new Set(found.damaged.map((item) => item.path))].sort()).toEqual(damaged);
    if (noPython === null) {
      const { code, answer } = runReader('check', vaultPath);
      expect(code).toBe(12);
      const paths = answer.damaged.map((item: { path: string }) => item.path);
      expect(paths.filter((path: string) => !path.startsWith('snapshot'))).toEqual(damaged);
    }
    for (const path of damaged) await flipBit(join(vaultPath, path), 300);
  });
});

describe('a vault written from the page alone, read by the library', () => {
  let scratch = '';
  let world: World;

  beforeAll(() => {
    world = openWorld();
    scratch = mkdtempSync(join(tmpdir(), 'fieldvault-page-'));
  });
  afterAll(async () => {
    await world.workers.close();
    rmSync(scratch, { recursive: true });
  });

  test('check names what is damaged, and nothing where it is sound', async () => {
    for (const sound of [false, true]) {
      const sample = await writeFormat1Vault(join(scratch, `vault ${sound}`), sound);
      const vault = await openVault(world, sample.folder);
      const report = await check(world, vault, { readData: true });
      const named = report.issues.map((issue) => issue.path);
      for (const path of sample.damaged) expect(named).toContain(path);
      expect(report.damaged, named.join()).toBe(sample.damaged.length);
    }
  });

  test('restore gives every file back', async () => {
    const sample = await writeFormat1Vault(join(scratch, 'whole'));
    const vault = await openVault(world, sample.folder);
    for (const run of [SAMPLE_RUNS.second, SAMPLE_RUNS.latest, SAMPLE_RUNS.cutOff]) {
      const to = join(scratch, run);
      const report = await restore(world, vault, findSnapshot(vault, run), { to });
      expect(report.issues.filter((issue) => issue.code !== 'SNAPSHOT_INCOMPLETE')).toEqual([]);
      for (const entry of sample.states.get(run) ?? []) {
        const path = join(to, entry.source, entry.path);
        if (entry.kind === 'file') expect(readFileSync(path)).toEqual(entry.content);
      }
    }
  });
});
