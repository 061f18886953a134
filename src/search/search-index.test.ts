import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openNodeWorld } from '../platform/index.ts';
import { type FrameFacts, matches, parseQuery } from '../query/index.ts';
import { seededRandom, simWorld } from '../testing/index.ts';
import { type IndexState, openIndex, openReadyIndex } from './index.ts';

const NOW = { localMs: Date.UTC(2026, 10, 22) };
const ALL = parseQuery('', NOW);
const world = openNodeWorld();

const frameOf = (number: number, rating: number | null = number % 6): FrameFacts => ({
  id: `frame-${number}`,
  paths: [`CARD/DCIM/DSC_${String(number).padStart(4, '0')}.NEF`],
  camera: 'NIKON Z 9',
  lens: null,
  serial: null,
  iso: 100 * (number % 4),
  aperture: null,
  shutterSeconds: null,
  focal: null,
  takenMs: number % 7 === 0 ? null : Date.UTC(2026, 0, 1 + (number % 5)),
  rating,
  label: null,
  pick: null,
  keywords: number % 2 === 0 ? ['lion'] : [],
  collections: [],
  tier: null,
  burst: null,
  kinds: ['raw'],
  sizeBytes: 1000,
  latitude: number % 3 === 0 ? 1 : null,
  longitude: number % 3 === 0 ? 2 : null,
  hasIssue: false,
  isProtected: false,
  isBest: false,
  sharpness: null,
  tags: { ShutterCount: String(number) },
});
const FRAMES = Array.from({ length: 300 }, (_, number) => frameOf(number));
const QUERIES = [
  'lion',
  'near:1,2,1km',
  'tag.ShutterCount<20',
  'rating>=4 not lion',
  'name=*1.nef',
];
const STATE: IndexState = { stamp: 'state 1', frames: () => FRAMES };

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fieldvault-search-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** The answers to some queries, as the index and as the plain scan give them. */
async function answers(state: IndexState = STATE, frames: readonly FrameFacts[] = FRAMES) {
  using index = await openReadyIndex(world, folder, state);
  return QUERIES.map((text) => {
    const query = parseQuery(text, NOW);
    const inMemory = frames.filter((one) => matches(query, one)).map(({ id }) => id);
    const found = [...index.find(query)].map(({ id }) => id);
    return { found: found.sort(), inMemory: inMemory.sort() };
  });
}

async function expectRight(state?: IndexState, frames?: readonly FrameFacts[]): Promise<void> {
  for (const { found, inMemory } of await answers(state, frames)) {
    expect(inMemory.length).toBeGreaterThan(0);
    expect(found).toEqual(inMemory);
  }
}

async function onlyFile(): Promise<string> {
  const names = await readdir(folder);
  expect(names).toEqual([expect.stringMatching(/^search-2-/)]);
  return join(folder, names[0] ?? '');
}

describe('openReadyIndex()', () => {
  it('builds a missing index once, and takes it up as it is from then on', async () => {
    let reads = 0;
    const counted = (one: FrameFacts): FrameFacts => {
      reads += 1;
      return one;
    };
    const state = { stamp: 's', frames: () => FRAMES.values().map(counted) };
    await expectRight(state);
    expect(reads).toBe(FRAMES.length);
    await expectRight(state);
    expect(reads).toBe(FRAMES.length);
    await expectRight({ ...state, stamp: 'another' });
    expect(reads).toBe(2 * FRAMES.length);
    await onlyFile();
  });

  it.each([
    ['an empty file', (path: string) => truncate(path, 0)],
    ['half a file', async (path: string) => truncate(path, (await readFile(path)).length >> 1)],
    ['another kind of file', (path: string) => writeFile(path, 'a letter to a friend')],
    ['zeros', async (path: string) => writeFile(path, Buffer.alloc((await readFile(path)).length))],
    ['nothing', (path: string) => rm(path)],
  ])('heals an index that is %s', async (_, damage) => {
    await expectRight();
    await damage(await onlyFile());
    await expectRight();
    expect((await openIndex(world, folder)).stamp).toBe('state 1');
  });

  it('heals an index after any flipped byte, which SQLite itself would not always see', async () => {
    await expectRight();
    const random = seededRandom(3);
    let unseen = 0;
    for (let turn = 0; turn < 40; turn += 1) {
      const path = await onlyFile();
      const bytes = await readFile(path);
      const at = Math.floor(random() * bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (turn % 8));
      await writeFile(path, bytes);
      if (isSoundForSqlite(path)) unseen += 1;
      await expectRight();
    }
    expect(unseen).toBeGreaterThan(0);
  });

  it('passes over files of another version of the schema', async () => {
    await expectRight();
    const path = await onlyFile();
    const other = path.replace('search-2-', 'search-999-').replace('00000001', '00000009');
    await writeFile(other, await readFile(path));
    await rm(path);
    using index = await openIndex(world, folder);
    expect(index.stamp).toBeNull();
    await expectRight();
  });

  it('leaves nothing that a builder killed half-way wrote, and never finds in it', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', BUILDER, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    expect((await readdir(folder)).join()).toMatch(/^building-/);
    using early = await openIndex(world, folder);
    expect(early.stamp).toBeNull();
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    await expectRight();
    await onlyFile();
  });

  it('leaves alone what a builder that runs is writing', async () => {
    const running = join(folder, `building-${process.pid}-00.sqlite`);
    const ended = join(folder, 'building-999999999-00.sqlite');
    for (const path of [running, ended]) await writeFile(path, '');
    await expectRight();
    expect(await readdir(folder)).toContain(`building-${process.pid}-00.sqlite`);
    expect(await readdir(folder)).not.toContain('building-999999999-00.sqlite');
  });

  it('answers in memory where the folder is gone, or a disk that SQLite cannot reach', async () => {
    await rm(folder, { recursive: true });
    await expectRight();
    using index = await openReadyIndex(simWorld(1), '/cache', STATE);
    expect([...index.find(parseQuery('lion', NOW))]).toHaveLength(150);
    expect(await index.sizeBytes()).toBe(0);
  });

  it('says what the source of frames says, and keeps the old index', async () => {
    await expectRight();
    const broken = {
      stamp: 'state 2',
      frames: function* () {
        yield* FRAMES.slice(0, 10);
        throw new Error('the vault went away');
      },
    };
    await expect(openReadyIndex(world, folder, broken)).rejects.toThrow('the vault went away');
    using index = await openIndex(world, folder);
    expect(index.stamp).toBe('state 1');
    await onlyFile();
  });
});

describe('a search index', () => {
  it('is whole for others while it is built, and after that new for those who look again', async () => {
    using reader = await openReadyIndex(world, folder, STATE);
    using builder = await openIndex(world, folder);
    const begun = reader.find(ALL);
    begun.next();
    const counts: number[] = [];
    await builder.rebuild(
      'state 2',
      FRAMES.slice(0, 100)
        .values()
        .map((one) => {
          if (counts.length < 3) counts.push([...reader.find(ALL)].length);
          return one;
        }),
    );
    expect(counts).toEqual([300, 300, 300]);
    expect([...begun]).toHaveLength(299);
    expect([...reader.find(ALL)]).toHaveLength(300);
    await reader.reopen();
    expect([...reader.find(ALL)]).toHaveLength(100);
    expect(reader.stamp).toBe('state 2');
  });

  it('is whole at every look, while another process builds again and again', async () => {
    const script = BUILDER.replace(
      'await index.rebuild',
      'for (let turn = 0; turn < 12; turn += 1) await index.rebuild',
    );
    const finite = script.replace('; ; number', '; number < 2000; number').replace('30000', '1');
    const child = spawn(process.execPath, ['--input-type=module', '-e', finite, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let isOver = false;
    const ended = new Promise<number | null>((resolve) => {
      child.once('exit', (code) => {
        isOver = true;
        resolve(code);
      });
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    let looks = 0;
    while (!isOver) {
      using index = await openIndex(world, folder);
      if (index.stamp === null) continue;
      looks += 1;
      expect([...index.find(parseQuery('rating=1', NOW))]).toHaveLength(2000);
    }
    expect(await ended).toBe(0);
    expect(looks).toBeGreaterThan(0);
    await onlyFile();
  });

  it('is right after several build at once', async () => {
    const indexes = await Promise.all([1, 2, 3].map(() => openIndex(world, folder)));
    await Promise.all(indexes.map((index) => index.rebuild('state 1', FRAMES)));
    for (const index of indexes) {
      expect([...index.find(ALL)]).toHaveLength(300);
      index.close();
    }
    await expectRight();
  });

  it.each([
    ['on disk', () => folder],
    ['in memory', () => null],
  ])('is after updates what it is after a rebuild, %s', async (_, place) => {
    using index = await openIndex(world, place());
    await index.rebuild('state 1', FRAMES);
    const changed = [frameOf(3, 5), frameOf(1000, 5), frameOf(5, null)];
    const removed = ['frame-0', 'frame-299', 'never there'];
    expect(await index.update('state 2', { changed, removed })).toBe(299);
    expect(index.stamp).toBe('state 2');
    using fresh = await openIndex(world, null);
    const now = new Map(FRAMES.map((one) => [one.id, one]));
    for (const id of removed) now.delete(id);
    for (const one of changed) now.set(one.id, one);
    await fresh.rebuild('state 2', now.values());
    for (const text of [...QUERIES, '', 'rating=5', 'tag.ShutterCount>=999']) {
      const query = parseQuery(text, NOW);
      expect([...index.find(query)], text).toEqual([...fresh.find(query)]);
    }
    expect(index.isWorn).toBe(false);
  });

  it('keeps the last of two frames of one id', async () => {
    using index = await openIndex(world, null);
    expect(await index.rebuild('s', [frameOf(1, 1), frameOf(1, 4)])).toBe(1);
    expect([...index.find(ALL)].map(({ rating }) => rating)).toEqual([4]);
    for (let turn = 0; turn < 2; turn += 1) {
      await index.update('t', { changed: Array(5001).fill(frameOf(1, 1)), removed: [] });
    }
    expect(index.isWorn).toBe(true);
  });

  it('gives an update that fails no effect', async () => {
    for (const place of [folder, null]) {
      using index = await openReadyIndex(world, place, STATE);
      const changed = (function* () {
        yield frameOf(900);
        throw new Error('cut');
      })();
      await expect(index.update('x', { changed, removed: ['frame-1'] })).rejects.toThrow('cut');
      expect(index.stamp).toBe('state 1');
      expect([...index.find(ALL)]).toHaveLength(300);
    }
    await onlyFile();
  });

  it('orders by what is asked, what is not known last, equal ones by path, and stops at the limit', async () => {
    using index = await openIndex(world, null);
    const shuffled = FRAMES.toSorted((a, b) => (a.id < b.id ? 1 : -1));
    await index.rebuild('s', shuffled);
    const byPath = FRAMES.toSorted((a, b) => ((a.paths[0] ?? '') < (b.paths[0] ?? '') ? -1 : 1));
    for (const sign of [1, -1]) {
      const expected = byPath.toSorted((a, b) => {
        if (a.takenMs === null || b.takenMs === null) {
          return Number(a.takenMs === null) - Number(b.takenMs === null);
        }
        return sign * (a.takenMs - b.takenMs);
      });
      const options = { isDescending: sign < 0 };
      const found = [...index.find(ALL, options)].map(({ id }) => id);
      expect(found).toEqual(expected.map(({ id }) => id));
      const some = [...index.find(ALL, { ...options, limit: 7 })].map(({ id }) => id);
      expect(some).toEqual(found.slice(0, 7));
    }
    const first = (order: 'name' | 'rating' | 'iso', isDescending: boolean) =>
      [...index.find(ALL, { order, isDescending, limit: 1 })][0]?.id;
    expect(first('name', true)).toBe('frame-299');
    expect(first('rating', true)).toBe('frame-5');
    expect(first('iso', false)).toBe('frame-0');
    expect([...index.find(ALL, { limit: 0 })]).toEqual([]);
  });

  it('gives back paths exactly, also such as are not Unicode', async () => {
    using index = await openIndex(world, null);
    const paths = ['CARD/a\udc80b.NEF', 'CARD/\u0000 "q" \u001f.xmp', 'CARD/Lo\u0308we'];
    await index.rebuild('s', [{ ...frameOf(1), paths }]);
    expect([...index.find(parseQuery('name=löwe', NOW))][0]?.paths).toEqual(paths);
  });

  it('finds nothing before it holds a state and after it is closed', async () => {
    const index = await openIndex(world, folder);
    expect([...index.find(ALL)]).toEqual([]);
    await expect(index.update('s', { changed: [], removed: [] })).rejects.toThrow(/holds nothing/);
    await index.rebuild('s', FRAMES);
    index.close();
    expect([...index.find(ALL)]).toEqual([]);
    index.close();
  });
});

function isSoundForSqlite(path: string): boolean {
  try {
    using db = new DatabaseSync(path, { readOnly: true });
    return db.prepare('PRAGMA integrity_check').get()?.['integrity_check'] === 'ok';
  } catch {
    return false;
  }
}

const BUILDER = `
  const { openIndex } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)});
  const { openNodeWorld } = await import(${JSON.stringify(new URL('../platform/index.ts', import.meta.url).href)});
  const index = await openIndex(openNodeWorld(), process.argv[1]);
  const frame = ${JSON.stringify(frameOf(1))};
  function* frames() {
    for (let number = 0; ; number += 1) {
      if (number === 30000) console.log('begun');
      yield { ...frame, id: String(number) };
    }
  }
  await index.rebuild('endless', frames());
`;
