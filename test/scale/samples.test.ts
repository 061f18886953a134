import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  backup,
  check,
  createVault,
  findFrames,
  findSnapshot,
  openVault,
  openWorld,
  restore,
} from '../../src/index.ts';
import { digestOf } from '../peers/judge.ts';
import { skipBecause } from '../skip.ts';

const FOLDER = resolve(
  process.env['FIELDVAULT_SAMPLES'] ?? join(import.meta.dirname, '../../../shared/data'),
);
const LIST = join(FOLDER, 'MANIFEST.tsv');
const absent = existsSync(LIST)
  ? null
  : 'no MANIFEST.tsv in the samples folder (FIELDVAULT_SAMPLES)';

describe('real photographs, sidecars and catalogs', skipBecause(absent), () => {
  const world = openWorld();
  let scratch = '';
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'fieldvault-samples-'));
  });
  afterAll(async () => {
    await world.workers.close();
    rmSync(scratch, { recursive: true });
  });

  test('every one goes through protect, check and restore and comes back as its list says', async () => {
    const [head = '', ...rows] = readFileSync(LIST, 'utf8').trimEnd().split('\n');
    expect(head.split('\t').slice(0, 3)).toEqual(['path', 'bytes', 'sha256']);
    const listed = rows.map((row) => row.split('\t'));
    const digests = new Set(listed.map(([, , sha256]) => sha256));
    const vault = join(scratch, 'vault');
    const first = await backup(world, await createVault(world, vault), [FOLDER]);
    expect(first.issues).toEqual([]);
    // The list itself is a file of the folder, and is in no list.
    expect(first.files).toBe(listed.length + 1);
    expect(first.newBlobs).toBe(digests.size + 1);
    // Fuzzed, cut and odd files among them: what cannot be understood is an issue and costs nothing.
    const codes = new Set(first.learned?.issues.map(({ code }) => code));
    expect([...codes].filter((code) => !code.startsWith('METADATA_'))).toEqual([]);
    expect(first.learned).toMatchObject({ isInterrupted: false });
    expect(first.learned?.looks).toBeGreaterThan(400);
    expect(first.learned?.records).toBeGreaterThan(300);
    expect(process.memoryUsage().rss).toBeLessThan(1_500_000_000);

    const opened = await openVault(world, vault);
    const checked = await check(world, opened, { readData: true });
    expect(checked).toMatchObject({ blobs: first.newBlobs, damaged: 0, issues: [] });
    const to = join(scratch, 'to');
    const report = await restore(world, opened, findSnapshot(opened, 'latest'), { to });
    expect(report).toMatchObject({ files: first.files, issues: [] });
    const [source = ''] = opened.ledger.runs.values().next().value?.sources ?? [];
    const root = join(to, typeof source === 'string' ? source : source.source);
    const everything = await findFrames({ ...world, cacheFolder: null }, opened, { type: 'all' });
    expect(everything.frames.length).toBeGreaterThan(400);
    expect(everything.unlearned).toBe(0);
    const wrong = listed.filter(
      ([path = '', bytes, sha256]) =>
        digestOf(join(root, path)) !== sha256 ||
        readFileSync(join(root, path)).length !== Number(bytes),
    );
    expect(wrong).toEqual([]);
    console.log(
      `samples: ${listed.length} files, ${digests.size} contents, ${first.bytes} bytes, all as listed`,
    );
  }, 120_000);
});
