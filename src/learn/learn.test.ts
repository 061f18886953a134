import { beforeEach, describe, expect, it } from 'vitest';
import { backup } from '../backup/index.ts';
import { LIMITS } from '../base/index.ts';
import type { RecordReader } from '../metadata/index.ts';
import { parseQuery, type Query } from '../query/index.ts';
import {
  type ShootSummary,
  type SimWorld,
  simWorld,
  tinyShoot,
  writeShoot,
} from '../testing/index.ts';
import { createVault, findSnapshot, openVault, readFacts, type Vault } from '../vault/index.ts';
import { findFrames } from './find.ts';
import { type LearnReport, learn } from './learn.ts';
import { pathsWhere } from './paths-where.ts';
import { groupBursts } from './similar.ts';

let world: SimWorld;
let shoot: ShootSummary;

const open = (path = '/drive/v'): Promise<Vault> => openVault(world, path);
const query = (text: string): Query => parseQuery(text, { localMs: Date.UTC(2026, 10, 22) });

beforeEach(async () => {
  world = simWorld(11);
  world.disk.stage.makeFolders('/drive');
  shoot = await writeShoot(world.disk, '/card', tinyShoot(3));
  const mirrors = [await createVault(world, '/drive/mirror')];
  await backup(world, await createVault(world, '/drive/v'), ['/card'], { mirrors });
});

async function learnAll(options: Parameters<typeof learn>[2] = {}): Promise<LearnReport> {
  return learn(world, await open(), options);
}

async function pathsOf(text: string): Promise<(string | undefined)[]> {
  const { frames } = await findFrames(world, await open(), query(text), { order: 'name' });
  return [...frames].map(({ paths }) => paths[0]);
}

/** A reader that says this of every file. */
function readerOf(tags: Readonly<Record<string, unknown>>): RecordReader & { asked: number } {
  const reader = {
    asked: 0,
    read: async () => {
      reader.asked += 1;
      const record = { version: 1, tool: 'ExifTool 0', tags, warnings: [], leftOut: [] } as const;
      return { state: 'read', record } as const;
    },
    close: async () => {},
  };
  return reader;
}

describe('learn()', () => {
  it('looks at every picture and sidecar once, and never again', async () => {
    const first = await learnAll();
    const known = shoot.files.filter(({ path }) => !path.endsWith('.lrcat'));
    expect(first).toMatchObject({ looks: known.length, isInterrupted: false, issueCount: 0 });
    expect(await learnAll()).toMatchObject({ looks: 0, records: 0 });
    expect((await findFrames(world, await open(), query(''))).unlearned).toBe(0);
  });

  it('joins what belongs to one press of the shutter, and tells what the camera said', async () => {
    await learnAll();
    const { frames } = await findFrames(world, await open(), query(''));
    const told = [...frames].map(({ paths }) => paths.toSorted());
    const shot = shoot.frames.map((files) => files.map(({ path }) => `card/${path}`).toSorted());
    expect(told).toEqual(shot);
    const [one] = [...frames];
    expect(one).toMatchObject({ rating: expect.any(Number), iso: expect.any(Number) });
    expect(one?.camera).not.toBeNull();
  });

  it('tells bursts as they were shot', async () => {
    await learnAll();
    const groups = await groupBursts(world, await open());
    const bursts = groups.filter(({ kind }) => kind === 'burst').map(({ frames }) => frames);
    const truth = shoot.groups.filter(({ kind, frames }) => kind === 'burst' && frames.length > 1);
    expect(truth.length).toBeGreaterThan(0);
    expect(bursts.map((frames) => frames.map(({ id }) => id).toSorted())).toEqual(
      truth.map(({ frames }) => frames.map((path) => `card/${path}`)),
    );
  });

  it('goes on where it was interrupted', async () => {
    const stop = new AbortController();
    const onProgress = (): void => stop.abort();
    const first = await learnAll({ signal: stop.signal, onProgress });
    expect(first.isInterrupted).toBe(true);
    const second = await learnAll();
    expect(first.looks).toBeGreaterThan(0);
    expect(second.looks).toBeGreaterThan(0);
    expect(first.looks + second.looks).toBe(shoot.files.length - 1);
  });

  it('keeps the same facts in mirrors, and only there what they lack', async () => {
    await learnAll();
    const mirror = await open('/drive/mirror');
    const report = await learnAll({ mirrors: [mirror] });
    expect(report.looks).toBe(shoot.files.length - 1);
    expect(mirror.ledger.facts.size).toBeGreaterThan(0);
    expect((await open()).ledger.facts.size).toBe(1);
  });

  it('asks a reader of full records once for each picture, and searches their tags', async () => {
    const reader = readerOf({ 'Canon:OwnerName': 'Hiroshi' });
    const captures = shoot.files.filter(({ path }) => !/\.(xmp|lrcat)$/i.test(path)).length;
    expect(await learnAll({ records: reader })).toMatchObject({ records: captures });
    await learnAll({ records: reader });
    expect(reader.asked).toBe(captures);
    expect(await pathsOf('tag.OwnerName:hiro')).toHaveLength(shoot.frames.length);
    expect(await pathsOf('tag.Canon:OwnerName=hiroshi')).toHaveLength(shoot.frames.length);
    expect(await pathsOf('tag.OwnerName:smith')).toEqual([]);
  });

  it('says where two readers disagree, and where one cannot read: METADATA_DISAGREES, METADATA_UNREADABLE', async () => {
    const other = await learnAll({ records: readerOf({ 'IFD0:Model': 'Another camera' }) });
    expect(new Set(other.issues.map(({ code }) => code))).toEqual(new Set(['METADATA_DISAGREES']));
    expect(await pathsOf('has:issue')).toHaveLength(shoot.frames.length);
    world.disk.stage.plant('/card/DCIM/BAD.JPG', 'not a picture at all');
    await backup(world, await open(), ['/card']);
    const bad = await learnAll();
    expect(bad.issues).toMatchObject([{ code: 'METADATA_UNREADABLE', path: 'card/DCIM/BAD.JPG' }]);
    expect(await pathsOf('name:BAD.JPG has:issue')).toHaveLength(1);
  });

  it('learns again what a damaged file of facts said', async () => {
    await learnAll();
    const [at] = (await open()).ledger.facts.keys();
    await world.disk.removeFile(`/drive/v/${at}`);
    expect(await learnAll()).toMatchObject({ looks: shoot.files.length - 1, issueCount: 0 });
    const facts = await Array.fromAsync(readFacts(world, await open(), 'look'));
    expect(facts).toHaveLength(shoot.files.length - 1);
  });

  it('leaves a vault that cannot be written as it is: NOT_LEARNED', async () => {
    world.disk.faults.add({
      when: (call) => call.path.startsWith('/drive/v/facts'),
      error: 'EROFS',
    });
    const report = await learnAll();
    expect(report.issues).toMatchObject([{ code: 'NOT_LEARNED', path: '/drive/v' }]);
    expect((await open()).ledger.facts.size).toBe(0);
  });

  it.each([
    ['while they are few', 100_000, 0],
    ['and no more than half of what the journal needs', 1000, 1],
  ])('keeps facts on a full drive where compaction waits for them, %s', async (_, bytes, lost) => {
    const { stage } = world.disk;
    stage.setCapacity('/drive', stage.usedBytes('/drive') + LIMITS.reserveBytes / 2 + bytes);
    expect((await learnAll()).issueCount).toBe(1);
    expect((await learnAll({ isForRoom: true })).issueCount).toBe(lost);
    expect((await open()).ledger.facts.size > 0).toBe(lost === 0);
  });
});

describe('findFrames() and pathsWhere()', () => {
  it('order by what is asked for, what is not known last', async () => {
    await learnAll();
    const vault = await open();
    const ratings = async (descending: boolean): Promise<(number | null)[]> => {
      const options = { order: 'rating', isDescending: descending } as const;
      return [...(await findFrames(world, vault, query(''), options)).frames].map(
        ({ rating }) => rating,
      );
    };
    const up = await ratings(false);
    const known = up.filter((rating) => rating !== null);
    expect(known.length).toBeGreaterThan(1);
    expect(known).toEqual(known.toSorted((a, b) => a - b));
    const down = (await ratings(true)).filter((rating) => rating !== null);
    expect(down).toEqual(known.toReversed());
    const { frames } = await findFrames(world, vault, query(''), { limit: 2 });
    expect([...frames]).toHaveLength(2);
  });

  it('bring all parts of the frames of a snapshot that fit', async () => {
    await learnAll();
    const vault = await open();
    const latest = findSnapshot(vault.ledger, 'latest');
    const wanted = await pathsWhere(world, vault, latest, query('kind:jpeg rating>=3'));
    const { frames } = await findFrames(world, vault, query('kind:jpeg rating>=3'));
    expect([...wanted].toSorted()).toEqual([...frames].flatMap(({ paths }) => paths).toSorted());
    expect(wanted.size).toBeGreaterThan(1);
    expect((await pathsWhere(world, vault, latest, query('rating>5'))).size).toBe(0);
  });

  it('find pictures that were on a card before it was filled again', async () => {
    await learnAll();
    const before = await pathsOf('kind:raw');
    for (const { path } of shoot.files) await world.disk.removeFile(`/card/${path}`);
    world.clock.advance(60_000);
    const next = await writeShoot(world.disk, '/card2', tinyShoot(4));
    for (const { path } of next.files) {
      await world.disk.rename(`/card2/${path}`, `/card/${path}`).catch(() => {});
    }
    await backup(world, await open(), ['/card']);
    await learnAll();
    const both = await pathsOf('kind:raw');
    expect(both.length).toBeGreaterThan(before.length);
  });
});
