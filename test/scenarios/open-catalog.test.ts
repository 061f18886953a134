import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  backup,
  createVault,
  findFrames,
  findSnapshot,
  makeScratchFolder,
  openVault,
  openWorld,
  parseQuery,
  restore,
  type World,
} from '../../src/index.ts';
import { tinyShoot, writeShoot } from '../../src/testing/index.ts';

const QUERY_TIME = { localMs: Date.UTC(2026, 10, 22) };

const world: World = { ...openWorld(), cacheFolder: null };
let scratch: string;
let card: string;

beforeEach(async () => {
  scratch = await makeScratchFolder('fieldvault-open-catalog-test');
  card = join(scratch, 'CARD');
  await writeShoot(world.disk, card, tinyShoot(6));
  await createVault(world, join(scratch, 'vault'));
});

afterAll(() => world.workers.close());

afterEach(() => {
  rmSync(scratch, { recursive: true, force: true });
});

const catalog = (): string => join(card, 'Expedition.lrcat');

/** Lightroom at work: a lock, a log, and a rating that stands in the log alone. */
function openInEditor(): DatabaseSync {
  const db = new DatabaseSync(catalog());
  db.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0');
  db.exec('UPDATE Adobe_images SET rating = 4, pick = -1 WHERE id_local = 1');
  writeFileSync(`${catalog()}.lock`, '/Applications/Adobe Lightroom Classic\n4711\n');
  return db;
}

async function protectCard(): Promise<Awaited<ReturnType<typeof backup>>> {
  return backup(world, await openVault(world, join(scratch, 'vault')), [card]);
}

async function giveBack(name: string): Promise<string> {
  const vault = await openVault(world, join(scratch, 'vault'));
  const to = join(scratch, name);
  const report = await restore(world, vault, findSnapshot(vault, 'latest'), { to });
  expect(report.issueCount).toBe(0);
  return join(to, 'CARD');
}

const ratingOf = (path: string): unknown => {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    return db.prepare('SELECT rating FROM Adobe_images WHERE id_local = 1').get()?.['rating'];
  } finally {
    db.close();
  }
};

describe('a catalog that is open in its editor', () => {
  it('comes back as the editor saw it, without log and lock, and nothing beside it was touched', async () => {
    const editor = openInEditor();
    const before = readdirSync(card);
    const report = await protectCard();
    expect(report.issues).toEqual([]);
    expect(readdirSync(card)).toEqual(before);
    editor.close();
    const back = await giveBack('back');
    expect(readdirSync(back).filter((name) => name.startsWith('Expedition'))).toEqual([
      'Expedition.lrcat',
    ]);
    expect(ratingOf(join(back, 'Expedition.lrcat'))).toBe(4);
    const vault = await openVault(world, join(scratch, 'vault'));
    const { frames } = await findFrames(world, vault, parseQuery('rating=4 pick=-1', QUERY_TIME));
    expect(frames).toHaveLength(1);
  });

  it('would be silently older if its file alone were copied', () => {
    const editor = openInEditor();
    const alone = join(scratch, 'alone.lrcat');
    writeFileSync(alone, readFileSync(catalog()));
    expect(ratingOf(alone)).not.toBe(4);
    editor.close();
  });

  it('is protected as it lies once it is closed, bit for bit', async () => {
    openInEditor().close();
    await protectCard();
    rmSync(`${catalog()}.lock`);
    const bytes = readFileSync(catalog());
    await protectCard();
    const back = await giveBack('closed');
    expect(readFileSync(join(back, 'Expedition.lrcat')).equals(bytes)).toBe(true);
  });

  it('that stays locked is protected as it lies, and said so: CATALOG_OPEN', async () => {
    const db = new DatabaseSync(catalog());
    db.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE; UPDATE Adobe_images SET rating = 2');
    writeFileSync(`${catalog()}.lock`, 'x');
    const { issues, files } = await protectCard();
    db.exec('ROLLBACK');
    db.close();
    expect(issues.map(({ code }) => code)).toContain('CATALOG_OPEN');
    expect(files).toBeGreaterThan(20);
  });
});

describe('a catalog that changed', () => {
  it('for the worse is told: CATALOG_WORSE', async () => {
    await protectCard();
    const db = new DatabaseSync(catalog());
    db.exec('DELETE FROM Adobe_imageDevelopSettings');
    db.close();
    const { learned } = await protectCard();
    expect(learned?.issues).toMatchObject([
      { code: 'CATALOG_WORSE', path: 'CARD/Expedition.lrcat' },
    ]);
  });

  it('into something that is no catalog is protected, and told: CATALOG_UNREADABLE', async () => {
    mkdirSync(join(card, 'Other'));
    writeFileSync(join(card, 'Other', 'Broken.lrcat'), 'this is no database at all, and not short');
    const { learned, issues } = await protectCard();
    expect(issues).toEqual([]);
    expect(learned?.issues).toMatchObject([
      { code: 'CATALOG_UNREADABLE', path: 'CARD/Other/Broken.lrcat' },
    ]);
  });
});
