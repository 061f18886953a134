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
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openNodeDisk } from '../../platform/index.ts';
import {
  readSampleCatalog,
  type SampleReading,
  SimClock,
  samplePicture,
  writeLightroomCatalog,
} from '../../testing/index.ts';

let base = '';
let folder = '';
let main = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'fieldvault-crash-'));
  folder = join(base, 'catalog');
  main = join(folder, 'Job.lrcat');
  mkdirSync(folder);
});
afterEach(() => rmSync(base, { recursive: true }));

const SAMPLE = samplePicture({ folder: '/P', name: 'a.NEF', rating: 1, develop: 's = { }' });
const RATE_5 = 'update Adobe_images set rating = 5';
/** Long enough that its text spills out of SQLite's cache in the middle of a change. */
const BULK = 4000;

function writeSample(version: 6 | 12): void {
  writeLightroomCatalog(main, { version, pictures: [SAMPLE], root: '/' });
}

function openEditor(...statements: readonly string[]): DatabaseSync {
  const editor = new DatabaseSync(main);
  editor.exec('pragma wal_autocheckpoint=0');
  for (const statement of statements) editor.exec(statement);
  return editor;
}

async function read(): Promise<SampleReading> {
  const world = { disk: openNodeDisk({ blocking: false }), clock: new SimClock(0) };
  return readSampleCatalog(world, folder, mkdtempSync(join(base, 'scratch-')));
}

async function ratings(): Promise<readonly (number | null)[]> {
  return (await read()).facts.map(({ rating }) => rating);
}

function listing(): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder).map((name) => {
      const { size, mtimeMs } = statSync(join(folder, name));
      return [name, `${size} ${mtimeMs}`];
    }),
  );
}

function healthOf({ outcome }: SampleReading) {
  if (outcome.state !== 'copied') throw new Error(outcome.reason);
  return outcome.copy.health;
}

describe('copyCatalog() of what a crash left', () => {
  /** The files as they lie on the disk at this moment, without any process that has them open. */
  function crash(editor: DatabaseSync, ...endings: readonly string[]): void {
    const left = endings.map((end) => [end, readFileSync(main + end)] as const);
    editor.close();
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    for (const [end, bytes] of left) writeFileSync(main + end, bytes);
  }

  it('takes in a log without its index, and leaves the crash scene as it is', async () => {
    writeSample(12);
    crash(openEditor(RATE_5), '', '-wal');
    const before = listing();
    expect(await ratings()).toEqual([5]);
    expect(listing()).toEqual(before);
  });

  it('takes in a log with its index without creating anything', async () => {
    writeSample(12);
    crash(openEditor(RATE_5), '', '-wal', '-shm');
    const before = Object.keys(listing());
    expect(await ratings()).toEqual([5]);
    expect(Object.keys(listing())).toEqual(before);
  });

  it('has the old rows or the new ones, never others, where the log is damaged or torn', async () => {
    writeSample(12);
    crash(openEditor(RATE_5), '', '-wal');
    const [whole, log] = [readFileSync(main), readFileSync(`${main}-wal`)];
    const damage = fc.array(fc.tuple(fc.nat(log.length - 1), fc.nat(255)), { maxLength: 3 });
    const cut = fc.oneof(fc.constant(log.length), fc.nat(log.length));
    const seen = new Set<number | null | undefined>();
    await fc.assert(
      fc.asyncProperty(damage, cut, async (changes, length) => {
        const bytes = Buffer.from(log);
        for (const [at, value] of changes) bytes[at] = value;
        writeFileSync(main, whole);
        writeFileSync(`${main}-wal`, bytes.subarray(0, length));
        const [rating, ...more] = await ratings();
        expect([1, 5]).toContain(rating);
        expect(more).toEqual([]);
        seen.add(rating);
      }),
      {
        numRuns: 30,
        examples: [
          [[], log.length],
          [[], 0],
        ],
      },
    );
    expect([...seen].toSorted()).toEqual([1, 5]);
  });

  it('plays a hot journal back in the copy, and leaves the crash scene as it is', async () => {
    writeSample(6);
    const editor = openEditor('create table bulk(a integer primary key, b)');
    const insert = editor.prepare('insert into bulk(b) values (?)');
    editor.exec('begin');
    for (let row = 0; row < BULK; row += 1) insert.run('x'.repeat(500));
    editor.exec('commit; pragma cache_size=4; pragma cache_spill=1; begin');
    editor.exec(RATE_5);
    editor.exec("update bulk set b = 'torn' || b");
    crash(editor, '', '-journal');
    const torn = new DatabaseSync(join(base, 'torn.db'));
    torn.close();
    copyFileSync(main, join(base, 'torn.db'));
    const before = listing();
    const reading = await read();
    expect(reading.facts.map(({ rating }) => rating)).toEqual([1]);
    expect(healthOf(reading)).toMatchObject({ state: 'open', quickCheck: 'ok' });
    expect(listing()).toEqual(before);
    // The twin: without its journal the same file shows rows that were never committed.
    const alone = new DatabaseSync(join(base, 'torn.db'), { readOnly: true });
    const sql = "select count(*) n from bulk where b like 'torn%'";
    expect(alone.prepare(sql).get()?.['n']).not.toBe(0);
    alone.close();
  });

  it('takes a lock file that was left for an editor at work, and is right all the same', async () => {
    writeSample(12);
    writeFileSync(`${main}.lock`, 'Lightroom 4711');
    const before = listing();
    const reading = await read();
    expect(reading.facts).toHaveLength(1);
    expect(healthOf(reading).state).toBe('open');
    expect(listing()).toEqual(before);
  });
});
