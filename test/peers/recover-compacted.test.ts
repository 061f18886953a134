/** What recover.html and the system's own tools make of a vault that was compacted: in Node, and in a browser. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { compact } from '../../src/backup/index.ts';
import type { BlobId } from '../../src/base/index.ts';
import { backup, createVault, openVault, openWorld, type World } from '../../src/index.ts';
import { tinyShoot, writeShoot } from '../../src/testing/index.ts';
import { skipBecause } from '../skip.ts';
import { flipBit } from './format-1-lines.ts';
import { filesOf, folderHandle, newMemoryFolder } from './memory-handles.ts';
import { loadCore, openFolderForCore, PAGE, type RecoverCore } from './recover-core.ts';

const CHROMIUM = '/usr/bin/chromium';
const ZSTD = '/usr/bin/zstd';
const FLAGS =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let core: RecoverCore;
let world: World;
let scratch = '';
/** What the card held, by path in the snapshot. */
const contents = new Map<string, Uint8Array>();

beforeAll(async () => {
  core = await loadCore();
  world = openWorld();
  scratch = await mkdtemp(join(tmpdir(), 'fieldvault-compacted-'));
  const root = join(scratch, 'vault');
  const card = join(scratch, 'card');
  await writeShoot(world.disk, card, { ...tinyShoot(9), frames: 5, width: 768, height: 512 });
  await createVault(world, root);
  const catalog = join(card, 'trip.lrcat');
  for (const day of [1, 2]) {
    const rows = Array.from({ length: 4000 + day }, (_, at) => `${at * 7919} ${at % 90 === day}`);
    await writeFile(catalog, rows.join('\n'));
    await backup(world, await openVault(world, root), [card], { learn: false });
  }
  // The burst's frames build on each other, so that the page has to follow that too.
  const { ledger } = await openVault(world, root);
  const siblings = new Map<BlobId, BlobId>();
  for (const ending of ['.NEF', '.JPG']) {
    const files = [...ledger.blobs.values()].filter(({ places }) => places[0]?.at.endsWith(ending));
    for (const { id } of files) siblings.set(id, files[0]?.id ?? id);
  }
  const report = await compact(world, await openVault(world, root), {
    onBattery: true,
    siblingOf: (blob) => siblings.get(blob) ?? null,
  });
  expect(report.byKind.jpeg.blobs + report.byKind['raw-single'].blobs).toBeGreaterThan(0);
  expect(report.byKind['raw-burst'].blobs).toBeGreaterThan(0);
  expect(report.byKind['jpeg-burst'].blobs).toBeGreaterThan(0);
  expect(report.byKind.delta.blobs).toBe(1);
  for (const path of await readdir(card, { recursive: true, withFileTypes: true })) {
    if (!path.isFile()) continue;
    const file = join(path.parentPath, path.name);
    contents.set(`card${file.slice(card.length)}`, await readFile(file));
  }
});
afterAll(async () => {
  await world.workers.close();
  await rm(scratch, { recursive: true });
});

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Restores the newest snapshot by the page's own code and compares every byte. */
async function restoreAll(root: string): Promise<Map<string, Uint8Array>> {
  const vault = await core.readVault(await openFolderForCore(core, root));
  const target = newMemoryFolder('target');
  const items = core.itemsOfRun(vault, vault.latest ?? '');
  const rules = { spaceBytes: 1e9, ignoresCase: false };
  await core.restoreInto(vault, items, folderHandle(target, rules));
  return new Map(await filesOf(target));
}

describe('the page', () => {
  test('finds every stored file right, and names one that is not', async () => {
    const root = join(scratch, 'vault');
    const vault = await core.readVault(await openFolderForCore(core, root));
    expect(vault.damage).toEqual([]);
    const sound = await core.checkVault(vault);
    expect(sound).toMatchObject({ damaged: [], lost: [] });
    const stored = await readdir(root, { recursive: true });
    for (const ending of ['.fvc', '.preview.jpg', '.delta']) {
      const at = stored.find((one) => one.endsWith(ending));
      if (at === undefined) throw new Error(`nothing ends in ${ending}`);
      const path = join(root, at);
      const bytes = await readFile(path);
      await flipBit(path, 500);
      const checked = await core.checkVault(
        await core.readVault(await openFolderForCore(core, root)),
      );
      expect(checked.damaged.map(({ path }) => path)).toEqual([at]);
      expect(checked.lost.length).toBeGreaterThan(0);
      await writeFile(path, bytes);
    }
  });

  test('gives every file back, decoded', async () => {
    const found = await restoreAll(join(scratch, 'vault'));
    expect([...found.keys()].sort()).toEqual([...contents.keys()].sort());
    for (const [path, bytes] of contents) {
      expect(sha256(found.get(path) ?? new Uint8Array()), path).toBe(sha256(bytes));
    }
  });

  test('gives every picture back without a journal, under its own extension', async () => {
    const root = join(scratch, 'no-journal');
    execFileSync('cp', ['-r', join(scratch, 'vault'), root]);
    await rm(join(root, 'journal'), { recursive: true });
    const folder = await openFolderForCore(core, root);
    const vault = await core.readVault(folder);
    const items = await core.itemsOfOriginals(folder);
    expect(items.filter(({ path }) => /\.(fvc|zst|delta)$/.test(path))).toEqual([]);
    expect(
      (await core.checkVault(vault)).damaged.filter(({ path }) => path.startsWith('originals')),
    ).toEqual([]);
    const target = newMemoryFolder('target');
    await core.restoreInto(
      vault,
      items,
      folderHandle(target, { spaceBytes: 1e9, ignoresCase: false }),
    );
    const digests = new Set([...(await filesOf(target)).values()].map(sha256));
    for (const [path, bytes] of contents) expect(digests.has(sha256(bytes)), path).toBe(true);
  });
});

describe(
  'a browser',
  skipBecause(existsSync(CHROMIUM) ? null : `no ${CHROMIUM} here: the page was not opened`),
  () => {
    test('checks a compacted vault and puts its pictures into a ZIP file', async () => {
      const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS.split(' ') });
      try {
        const page = await browser.newPage();
        const complaints: string[] = [];
        page.on('console', (message) => complaints.push(message.text()));
        page.on('pageerror', (error) => complaints.push(error.message));
        await page.goto(pathToFileURL(PAGE).href);
        await page.setInputFiles('#choose-files', join(scratch, 'vault'));
        await page.waitForSelector('#take-out', { state: 'visible' });
        await page.click('#zip');
        await page.waitForSelector('#report', { state: 'visible' });
        await page.waitForSelector('#work', { state: 'hidden' });
        const report = await page.innerText('#report');
        expect(report).toContain(`${contents.size} of ${contents.size} files`);
        expect(complaints).toEqual([]);
      } finally {
        await browser.close();
      }
    });
  },
);

describe(
  'the Python reader',
  skipBecause(
    spawnSync('python3', ['--version']).status === 0
      ? null
      : 'no python3 here: its reader did not run',
  ),
  () => {
    const read = (
      ...words: string[]
    ): { status: number | null; answer: Record<string, unknown> } => {
      const reader = join(import.meta.dirname, 'reader.py');
      const { status, stdout } = spawnSync('python3', [reader, ...words], { encoding: 'utf8' });
      return { status, answer: JSON.parse(stdout) };
    };

    test('checks every stored file, gives back what is verbatim and names the rest', () => {
      const root = join(scratch, 'vault');
      expect(read('check', root)).toMatchObject({ status: 0, answer: { damaged: [] } });
      const to = join(scratch, 'by-python');
      const { status, answer } = read('restore', root, 'latest', to);
      const problems = answer['problems'] as { path: string; problem: string }[];
      expect(status).toBe(3);
      expect(problems.length).toBeGreaterThan(0);
      for (const { problem } of problems) expect(problem).toContain('recover.html decodes it');
      expect(Number(answer['files']) + problems.length).toBe(contents.size);
    });
  },
);

describe(
  "the system's own zstd",
  skipBecause(
    existsSync(ZSTD) ? null : `no ${ZSTD} here: compressed files were not unpacked by it`,
  ),
  () => {
    test('unpacks what is compressed, and a change of it with the older version beside it', async () => {
      const root = join(scratch, 'vault');
      const { ledger } = await openVault(world, root);
      const placed = [...ledger.blobs.values()];
      const packed = placed.flatMap(({ id, places }) => places.map((place) => ({ id, place })));
      const delta = packed.find(({ place }) => place.form === 'delta');
      const base = packed.find(({ id }) => id === delta?.place.needs?.[0]);
      if (delta === undefined || base === undefined) throw new Error('no delta');
      const unpack = (at: string, to: string, ...more: string[]): Buffer => {
        const out = join(scratch, to);
        execFileSync(ZSTD, ['-d', '-q', '-f', ...more, '--long=30', join(root, at), '-o', out]);
        return execFileSync('cat', [out]);
      };
      const older = unpack(base.place.at, 'older');
      expect(sha256(older)).toBe(base.id);
      const newer = unpack(delta.place.at, 'newer', `--patch-from=${join(scratch, 'older')}`);
      expect(sha256(newer)).toBe(delta.id);
    });
  },
);
