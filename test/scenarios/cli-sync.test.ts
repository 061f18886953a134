import { beforeEach, describe, expect, it } from 'vitest';
import { sync } from '../../src/index.ts';
import {
  PROFILES,
  type SimWorld,
  simWorld,
  tinyShoot,
  writeShoot,
} from '../../src/testing/index.ts';
import { openVault } from '../../src/vault/index.ts';
import { type Typed, typeWords } from './typed-words.ts';

let world: SimWorld;

const type = (words: string): Promise<Typed> => typeWords(world, words.split(' '));

beforeEach(async () => {
  world = simWorld(5);
  for (const path of ['/field', '/studio', '/laptop', '/desk']) {
    world.disk.stage.mount(path, { profile: PROFILES.exfat });
  }
  await type('init /field/vault');
  await type('init /studio/vault');
});

async function conflicting(): Promise<void> {
  const put = (folder: string, notes: string): void => {
    world.disk.stage.plant(`${folder}/Trip/A.NEF`, 'raw a');
    world.disk.stage.plant(`${folder}/Trip/notes.txt`, notes);
  };
  put('/laptop', 'begun');
  await type('backup /laptop/Trip --vault /field/vault');
  await type('sync /field/vault /studio/vault');
  put('/desk', 'from the desk');
  await type('backup /desk/Trip --vault /studio/vault');
  put('/laptop', 'from the field');
  await type('backup /laptop/Trip --vault /field/vault');
}

describe('sync, conflicts and resolve', () => {
  it('tell programs what scripts rely on', async () => {
    await conflicting();
    const synced = await type('sync /field/vault /studio/vault --json');
    expect(synced.exit).toBe(0);
    expect(synced.summary).toMatchObject({
      ok: true,
      command: 'sync',
      blobsCopied: 2,
      conflicts: 1,
      merges: 1,
      awaited: 0,
      interrupted: false,
    });
    const bytes = 'from the desk'.length + 'from the field'.length;
    expect(synced.summary).toMatchObject({ bytesCopied: bytes });
    const listed = await type('conflicts --vault /field/vault --json');
    expect(listed.summary).toMatchObject({ conflicts: 1 });
    const [conflict] = listed.records.filter((record) => record['type'] === 'conflict');
    expect(conflict).toMatchObject({ path: 'notes.txt', what: 'both-changed', settled: null });
    const id = String(conflict?.['conflict']);
    const settled = await type(`resolve ${id} --take studio --vault /field/vault --json`);
    expect(settled.summary).toMatchObject({ ok: true, take: 'studio', path: 'notes.txt' });
    expect((await type('conflicts --vault /field/vault --json')).summary).toMatchObject({
      conflicts: 0,
    });
    const again = await type('sync /field/vault /studio/vault --json');
    expect(again.summary).toMatchObject({ blobsCopied: 0, conflicts: 0, merges: 0 });
    const all = await type('conflicts --vault /studio/vault --all');
    expect(all.stdout).toMatch(/settled: studio, by /);
  });

  it('tell people what a dry run would do, and do nothing', async () => {
    await conflicting();
    const before = world.disk.stage.paths('/studio');
    const { exit, stdout } = await type('sync /field/vault /studio/vault --dry-run');
    expect(exit).toBe(0);
    expect(stdout).toMatch(/studio\/vault: would get 1 original,/);
    expect(stdout).toContain('Nothing was changed.');
    expect(world.disk.stage.paths('/studio')).toEqual(before);
  });

  it.each([
    'sync /field/vault',
    'sync /field/vault /studio/vault --limit fast',
    'sync /field/vault /studio/vault --accept everything',
    'sync /field/vault /studio/vault --strategy mine',
    'resolve 1234 --take mine --vault /field/vault',
    'resolve 1234 --take both --vault /field/vault',
  ])('refuse words that make no sense: %s', async (words) => {
    const before = world.disk.stage.paths('/field');
    expect((await type(words)).exit).toBe(2);
    expect(world.disk.stage.paths('/field')).toEqual(before);
  });

  it.each([
    ['30k', 30_000],
    ['1.5M', 1_500_000],
    ['2 MB/s', 2_000_000],
    ['512', 512],
  ])('take a rate as %s', async (word, bytesPerSecond) => {
    world.disk.stage.plant('/laptop/Trip/A.NEF', new Uint8Array(bytesPerSecond * 10).fill(9));
    await type('backup /laptop/Trip --vault /field/vault --no-learn');
    const startMs = world.clock.monotonicMs();
    await typeWords(world, ['sync', '/field/vault', '/studio/vault', '--limit', word]);
    expect((world.clock.monotonicMs() - startMs) / 1000).toBeGreaterThan(8);
  });
});

describe('previews', () => {
  it('are written out before the pictures have arrived', async () => {
    await writeShoot(world.disk, '/laptop/Trip', { ...tinyShoot(1), frames: 3 }, world.workers);
    await type('backup /laptop/Trip --vault /field/vault');
    const synced = await type(
      'sync /field/vault /studio/vault --previews --where name:none --json',
    );
    expect(synced.summary).toMatchObject({ blobsCopied: 0 });
    const none = await type('previews --vault /studio/vault --to /desk/look --json');
    expect(none.summary).toMatchObject({ previews: 0 });
    await type('sync /field/vault /studio/vault --previews --max-minutes 0.0001');
    const written = await type('previews --vault /studio/vault --to /desk/look --json');
    expect(written.exit).toBe(0);
    expect(Number(written.summary?.['previews'])).toBeGreaterThan(2);
    expect(world.disk.stage.paths('/desk/look').every((path) => path.endsWith('.jpg'))).toBe(true);
  });
});

it('a sync that is interrupted says so, and the next one goes on', async () => {
  world.disk.stage.plant('/laptop/Trip/A.NEF', new Uint8Array(9_000_000).fill(3));
  await type('backup /laptop/Trip --vault /field/vault --no-learn');
  const abort = new AbortController();
  world.disk.faults.add({
    when: ({ kind, path }) => kind === 'write' && path.includes('incoming/sync'),
    run: () => abort.abort(),
  });
  const open = async () =>
    [await openVault(world, '/field/vault'), await openVault(world, '/studio/vault')] as const;
  const report = await sync(world, ...(await open()), { signal: abort.signal });
  expect(report).toMatchObject({ isInterrupted: true, blobsCopied: 0 });
  expect(await sync(world, ...(await open()))).toMatchObject({ blobsCopied: 1, issueCount: 0 });
});
