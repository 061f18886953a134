/** A backup of the library that was killed: what others read of it is what the library itself reads. */
import { spawnSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  backup,
  createVault,
  findSnapshot,
  openVault,
  openWorld,
  restore,
  type World,
} from '../../src/index.ts';
import { seededRandom } from '../../src/testing/index.ts';
import { skipBecause } from '../skip.ts';
import { ActProcess } from './acts.ts';
import { Card } from './card.ts';
import { sha256 } from './format-1-lines.ts';
import { type CoreVault, loadCore, openFolderForCore, type RecoverCore } from './recover-core.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const hasPython = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))']);
const noPython = hasPython.status === 0 ? null : 'no python3 of 3.8 or newer here';

/** Path -> digest and time of every file below a folder. */
function filesBelow(root: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    const full = join(root, path);
    const facts = lstatSync(full, { bigint: true });
    if (!facts.isFile()) continue;
    files.set(path.replaceAll('\\', '/'), `${sha256(readFileSync(full))} ${facts.mtimeNs / 1000n}`);
  }
  return files;
}

function runReader(...words: readonly string[]) {
  const reader = join(import.meta.dirname, 'reader.py');
  const ran = spawnSync('python3', [reader, ...words], { encoding: 'utf8' });
  expect(ran.stderr).toBe('');
  return { code: ran.status, answer: JSON.parse(ran.stdout) };
}

describe('a backup that was killed, read by others', () => {
  let scratch = '';
  let vaultPath = '';
  let world: World;
  let core: RecoverCore;
  let card: Card;
  /** The run that was killed. */
  let cut = '';
  const readCore = async (): Promise<CoreVault> =>
    core.readVault(await openFolderForCore(core, vaultPath));

  beforeAll(async () => {
    core = await loadCore();
    world = openWorld();
    scratch = mkdtempSync(join(tmpdir(), 'fieldvault-cut-'));
    vaultPath = join(scratch, 'vault');
    await createVault(world, vaultPath);
    card = new Card(join(scratch, 'CARD'));
    const random = seededRandom(5);
    card.shoot(random, 10, 100_000);
    await backup(world, await openVault(world, vaultPath), [card.folder]);
    card.shoot(random, 120, 2_000_000);
    const atBytes = card.bytes / 2;
    const request = { act: 'backup', vault: vaultPath, paths: [card.folder], atBytes } as const;
    const act = new ActProcess(request);
    await act.go();
    await act.underWay;
    act.kill();
    expect((await act.ended).signal).toBe('SIGKILL');
    const runs = [...(await readCore()).runs];
    cut = runs.find(([, run]) => !run.finished)?.[0] ?? '';
  });
  afterAll(async () => {
    await world.workers.close();
    rmSync(scratch, { recursive: true });
  });

  async function restoreByLibrary(name: string, run: string): Promise<Map<string, string>> {
    const vault = await openVault(world, vaultPath);
    const to = join(scratch, name);
    await restore(world, vault, findSnapshot(vault, run), { to });
    return filesBelow(to);
  }

  function expectSameByPython(name: string, run: string, wanted: Map<string, string>): void {
    const { code, answer } = runReader('restore', vaultPath, run, join(scratch, name));
    expect(answer.problems).toEqual([]);
    expect(code).toBe(0);
    expect(filesBelow(join(scratch, name))).toEqual(wanted);
  }

  test('the page gives what was protected until then', async () => {
    const wanted = await restoreByLibrary('library, cut', cut);
    // More than the first backup held, less than the card: the kill came in the middle.
    expect(wanted.size).toBeGreaterThan(20);
    expect(wanted.size).toBeLessThan(card.files.size);
    const vault = await readCore();
    expect(vault.damage).toEqual([]);
    expect(vault.notes.length).toBe(1);
    const items = core.itemsOfRun(vault, cut).filter((item) => item.kind === 'file');
    const paths = items.map((item) => `${item.source}/${item.path}`);
    expect(paths.sort()).toEqual([...wanted.keys()].sort());
    expect(await core.checkVault(vault)).toMatchObject({ damaged: [], lost: [] });
  });

  test('Python gives the same, byte for byte', skipBecause(noPython), async () => {
    const { answer } = runReader('check', vaultPath);
    expect(answer.damaged).toEqual([]);
    expectSameByPython('python, cut', cut, await restoreByLibrary('library, cut again', cut));
  });

  test('the run that takes it up is whole to both, and nothing counts as damaged', async () => {
    const report = await backup(world, await openVault(world, vaultPath), [card.folder]);
    const wanted = await restoreByLibrary('library, whole', report.snapshot);
    expect(wanted.size).toBe(card.files.size);
    const vault = await readCore();
    expect(core.brokenTrees(vault, report.snapshot)).toEqual([]);
    expect(await core.checkVault(vault)).toMatchObject({ damaged: [], lost: [] });
    if (noPython !== null) return;
    const { code, answer } = runReader('check', vaultPath);
    expect(answer.damaged).toEqual([]);
    expect(code).toBe(0);
    expectSameByPython('python, whole', report.snapshot, wanted);
  });
});
