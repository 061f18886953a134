import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Disk } from '../../platform/index.ts';
import { openNodeDisk } from '../../platform/index.ts';
import {
  readSampleCatalog,
  type SampleReading,
  SimClock,
  samplePicture,
  simWorld,
  writeDarktableLibrary,
  writeLightroomCatalog,
} from '../../testing/index.ts';
import { copyCatalog } from './copy-catalog.ts';
import { copyDatabase, vacuumInto } from './copy-database.ts';
import { openInPlace } from './open-database.ts';

let base = '';
let folder = '';
let main = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'fieldvault-copy-'));
  folder = join(base, 'catalog');
  main = join(folder, 'Job.lrcat');
  mkdirSync(folder);
});
afterEach(() => rmSync(base, { recursive: true }));

const disk = openNodeDisk({ blocking: false });
const SAMPLE = samplePicture({ folder: '/P', name: 'a.NEF', rating: 1, develop: 's = { }' });
function writeSample(version: 6 | 12): void {
  writeLightroomCatalog(main, { version, pictures: [SAMPLE], root: '/' });
}

/** An editor's own handle, and what it has not yet taken into the database or committed. */
function openEditor(...statements: readonly string[]): DatabaseSync {
  const editor = new DatabaseSync(main);
  editor.exec('pragma wal_autocheckpoint=0');
  for (const statement of statements) editor.exec(statement);
  return editor;
}

/** An editor in a process of its own: within one process closing a file would drop SQLite's locks on it. */
interface Editor {
  /** Runs a statement and waits until it is done. */
  run(sql: string): Promise<void>;
  /** Asks for a statement and does not wait. */
  ask(sql: string): void;
}

const EDITOR = `
  const { DatabaseSync } = require('node:sqlite');
  const db = new DatabaseSync(process.argv[1], { timeout: 5000 });
  const lines = require('node:readline').createInterface({ input: process.stdin });
  lines.on('line', (sql) => { db.exec(sql); console.log('done'); });
  lines.on('close', () => process.exit());
`;
const children: ReturnType<typeof spawn>[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.stdin?.end();
    if (child.exitCode === null) await once(child, 'exit');
  }
});

async function startEditor(...statements: readonly string[]): Promise<Editor> {
  const child = spawn(process.execPath, ['-e', EDITOR, main], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const ask = (sql: string): void => {
    child.stdin.write(`${sql}\n`);
  };
  const run = async (sql: string): Promise<void> => {
    const done = once(child.stdout, 'data');
    ask(sql);
    await done;
  };
  await run('pragma wal_autocheckpoint=0');
  for (const sql of statements) await run(sql);
  return { run, ask };
}

const RATE_5 = 'update Adobe_images set rating = 5';

async function read(on: Disk = disk): Promise<SampleReading> {
  const scratch = mkdtempSync(join(base, 'scratch-'));
  return readSampleCatalog({ disk: on, clock: new SimClock(0) }, folder, scratch);
}

async function ratings(): Promise<readonly (number | null)[]> {
  const { facts, outcome } = await read();
  expect(outcome.state).toBe('copied');
  return facts.map(({ rating }) => rating);
}

/** Every name beside the catalog with its size and time: nothing may be created, removed or touched. */
function listing(): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true }).map((name) => {
      const { size, mtimeMs } = statSync(join(folder, String(name)));
      return [String(name), `${size} ${mtimeMs}`];
    }),
  );
}

function healthOf({ outcome }: SampleReading) {
  if (outcome.state !== 'copied') throw new Error(outcome.reason);
  return outcome.copy.health;
}

describe('copyCatalog() of an open catalog', () => {
  it('has rows that stand only in the log, and creates nothing beside the catalog', async () => {
    writeSample(12);
    await startEditor(RATE_5);
    const before = Object.keys(listing());
    expect(await ratings()).toEqual([5]);
    expect(Object.keys(listing())).toEqual(before);
    expect(healthOf(await read())).toMatchObject({ state: 'open', quickCheck: 'ok', images: 1 });
  });

  it('would be silently stale as a copy of the main file alone (twin)', async () => {
    writeSample(12);
    await startEditor(RATE_5);
    copyFileSync(main, join(base, 'stale.lrcat'));
    expect(ratingsIn(join(base, 'stale.lrcat'))).toEqual([{ rating: 1 }]);
  });

  it('has the committed rows while a writer in log mode holds an EXCLUSIVE transaction', async () => {
    writeSample(12);
    const editor = await startEditor('begin exclusive', RATE_5);
    expect(await ratings()).toEqual([1]);
    await editor.run('commit');
    expect(await ratings()).toEqual([5]);
  });

  it.each(['with', 'without'])(
    'has the old state while a writer with a rollback journal has only RESERVED, %s lock file',
    async (lock) => {
      writeSample(6);
      await startEditor('begin immediate', RATE_5);
      if (lock === 'with') writeFileSync(`${main}.lock`, 'Lightroom 4711');
      const before = Object.keys(listing());
      expect(await ratings()).toEqual([1]);
      expect(Object.keys(listing())).toEqual(before);
    },
  );

  it('says locked where a writer with a rollback journal stays EXCLUSIVE, and is right later', async () => {
    writeSample(6);
    const editor = await startEditor('begin exclusive', RATE_5);
    const { outcome, facts } = await read();
    expect(outcome).toMatchObject({ state: 'locked', reason: expect.stringContaining('locked') });
    expect(facts).toEqual([]);
    await editor.run('commit');
    expect(await ratings()).toEqual([5]);
  });

  it('waits for a lock that goes away', async () => {
    writeSample(6);
    const editor = await startEditor('begin exclusive', RATE_5);
    const clock = new SimClock(0);
    const stop = clock.every(FIRST_WAITS_MS, () => {
      editor.ask('commit');
      stop();
    });
    const target = join(base, 'copy.lrcat');
    expect(await copyDatabase({ disk, clock }, main, target)).toMatchObject({ state: 'copied' });
    expect(ratingsIn(target)).toEqual([{ rating: 5 }]);
  });

  it('takes VACUUM INTO from a read-only handle for as good', async () => {
    writeSample(12);
    await startEditor(RATE_5);
    const target = join(base, "it's.lrcat");
    const db = openInPlace(main);
    vacuumInto(db, target);
    db.close();
    expect(ratingsIn(target)).toEqual([{ rating: 5 }]);
  });

  it('has one moment of a catalog that is written all the time', async () => {
    writeSample(6);
    const editor = await startEditor('create table pair(a, b)', 'insert into pair values (0, 0)');
    for (let step = 1; step <= 200; step += 1) {
      editor.ask(`begin; update pair set a = ${step}; update pair set b = ${step}; commit`);
    }
    const target = join(base, 'copy.lrcat');
    const world = { disk, clock: new SimClock(0) };
    // The waits of a simulated clock take no time: a busy computer's editor may still be at it.
    let copied = await copyDatabase(world, main, target);
    for (let tries = 1; copied.state === 'locked' && tries < 100; tries += 1) {
      copied = await copyDatabase(world, main, target);
    }
    expect(copied).toMatchObject({ state: 'copied' });
    const copy = new DatabaseSync(target);
    expect(copy.prepare('select count(*) n from pair where a <> b').get()).toEqual({ n: 0 });
    copy.close();
  });
});

/** Past the first two waits of a locked copy. */
const FIRST_WAITS_MS = 500;

function ratingsIn(path: string): unknown[] {
  const db = new DatabaseSync(path);
  const rows = db.prepare('select rating from Adobe_images').all();
  db.close();
  return rows;
}

describe('copyCatalog() of a closed catalog', () => {
  it.each([6, 12] as const)(
    'copies version %i byte for byte and leaves all as it was',
    async (version) => {
      writeSample(version);
      const before = listing();
      const { outcome } = await read();
      expect(listing()).toEqual(before);
      expect(Object.keys(before)).toEqual(['Job.lrcat']);
      if (outcome.state !== 'copied') throw new Error(outcome.reason);
      const [file] = outcome.copy.files;
      expect(readFileSync(file?.copy ?? '').equals(readFileSync(main))).toBe(true);
      expect(outcome.copy.health).toMatchObject({ state: 'closed', quickCheck: 'ok' });
    },
  );

  it('would find files beside it had it been opened in place (twin)', () => {
    writeSample(12);
    const db = openInPlace(main);
    db.prepare('select * from Adobe_images').all();
    db.close();
    expect(Object.keys(listing()).toSorted()).toEqual([
      'Job.lrcat',
      'Job.lrcat-shm',
      'Job.lrcat-wal',
    ]);
  });

  it('takes a spent journal (persist mode) for closed', async () => {
    writeSample(6);
    openEditor('pragma journal_mode=persist', RATE_5).close();
    expect(Object.keys(listing())).toEqual(['Job.lrcat', 'Job.lrcat-journal']);
    expect(healthOf(await read()).state).toBe('closed');
    expect(await ratings()).toEqual([5]);
  });

  it('lays the unit out as it was, all files of it', async () => {
    writeSample(12);
    mkdirSync(`${main}-data/sub`, { recursive: true });
    for (const name of ['CURRENT', 'sub/000012.sst']) writeFileSync(`${main}-data/${name}`, name);
    mkdirSync(join(folder, 'Job Helper.lrdata'));
    writeFileSync(join(folder, 'Job Helper.lrdata/helper.db'), 'helper');
    const { outcome } = await read();
    if (outcome.state !== 'copied') throw new Error(outcome.reason);
    const { files, troubles } = outcome.copy;
    expect(troubles).toEqual([]);
    expect(files.map(({ member }) => member.slice(folder.length + 1)).toSorted()).toEqual([
      'Job Helper.lrdata/helper.db',
      'Job.lrcat',
      'Job.lrcat-data/CURRENT',
      'Job.lrcat-data/sub/000012.sst',
    ]);
    for (const { member, copy } of files) {
      expect(readFileSync(copy).equals(readFileSync(member))).toBe(true);
      expect(copy.endsWith(member.slice(folder.length))).toBe(true);
    }
  });

  it('copies both databases of darktable, each with the rows of its moment', async () => {
    writeDarktableLibrary(folder, 30, [{ ...SAMPLE, keywords: ['A|B'] }]);
    const { outcome, facts } = await read();
    if (outcome.state !== 'copied') throw new Error(outcome.reason);
    expect(outcome.copy.files).toHaveLength(2);
    expect(facts.map(({ keywords }) => keywords)).toEqual([['B', 'A|B']]);
  });
});

describe('copyCatalog() and the disk', () => {
  it('never copies a database that changes while it is copied', async () => {
    writeSample(6);
    let changes = 0;
    const changing: Disk = {
      ...disk,
      openRead: async (path) => {
        const file = await disk.openRead(path);
        if (path !== main) return file;
        return {
          ...file,
          isDirect: file.isDirect,
          facts: () => file.facts(),
          close: () => file.close(),
          read: (buffer, position) => {
            if (position === 0 && buffer.length > 100) {
              changes += 1;
              openEditor(`update Adobe_images set rating = ${changes}`).close();
            }
            return file.read(buffer, position);
          },
        };
      },
    };
    const { outcome } = await read(changing);
    expect(outcome.state).toBe('locked');
    expect(changes).toBeGreaterThan(1);
  });

  it('keeps the rest where a companion cannot be read', async () => {
    writeSample(12);
    mkdirSync(`${main}-data`);
    for (const name of ['CURRENT', 'LOG']) writeFileSync(`${main}-data/${name}`, name);
    const faulty: Disk = {
      ...disk,
      openRead: async (path, options) => {
        if (!path.endsWith('/LOG')) return disk.openRead(path, options);
        throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
      },
    };
    const { outcome, facts } = await read(faulty);
    if (outcome.state !== 'copied') throw new Error(outcome.reason);
    expect(outcome.copy.troubles).toEqual([expect.stringContaining('LOG cannot be copied: EIO')]);
    expect(outcome.copy.files).toHaveLength(2);
    expect(facts).toHaveLength(1);
  });

  it('says unreadable where the database cannot be read, and where SQLite cannot reach', async () => {
    writeSample(12);
    const faulty: Disk = {
      ...disk,
      openRead: async () => {
        throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
      },
    };
    expect((await read(faulty)).outcome).toMatchObject({
      state: 'unreadable',
      reason: expect.stringContaining('EIO'),
    });
    const unit = (await read()).unit;
    expect(await copyCatalog(simWorld(1), unit, '/scratch')).toMatchObject({ state: 'unreadable' });
  });
});
