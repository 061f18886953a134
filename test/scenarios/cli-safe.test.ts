import { beforeEach, describe, expect, it } from 'vitest';
import { openVault, safeToFormat } from '../../src/index.ts';
import {
  type ShootSummary,
  type SimWorld,
  simWorld,
  tinyShoot,
  writeShoot,
} from '../../src/testing/index.ts';
import { type Typed, typeWords } from './typed-words.ts';

const ONE = ['--vault', '/drive/vault'] as const;
const BOTH = [...ONE, '--vault', '/other/vault'] as const;

let world: SimWorld;
let shoot: ShootSummary;

const type = (...words: readonly string[]): Promise<Typed> => typeWords(world, words);
const safe = (...words: readonly string[]): Promise<Typed> =>
  type('safe', '/card', ...words, '--json');
const missingOf = ({ records }: Typed): unknown[] =>
  records.filter((record) => record['type'] === 'missing').map(({ path }) => path);

/** The stored files of one picture in a vault. */
function places(vault: string, name: string): string[] {
  return world.disk.stage.paths(`${vault}/originals`).filter((path) => path.includes(name));
}

beforeEach(async () => {
  world = simWorld(2);
  world.disk.stage.makeFolders('/drive');
  world.disk.stage.makeFolders('/other');
  shoot = await writeShoot(world.disk, '/card', tinyShoot(9));
  await type('init', '/drive/vault');
  await type('init', '/other/vault');
  await type('backup', '/card', '--vault', '/drive/vault', '--mirror', '/other/vault');
});

describe('safe', () => {
  it('says yes where every file is verified as often as its tier wants', async () => {
    const { exit, summary, records } = await safe(...BOTH);
    expect({ exit, safe: summary['safe'], missing: summary['missing'] }).toEqual({
      exit: 0,
      safe: true,
      missing: 0,
    });
    const tiers = records.filter((record) => record['type'] === 'tier');
    expect(tiers.map(({ tier }) => tier)).toEqual(['select', 'keeper', 'general']);
    for (const { copiesHeld, copiesWanted } of tiers) expect(copiesHeld).toBe(copiesWanted);
    const { stdout } = await type('safe', '/card', ...BOTH);
    expect(stdout).toMatch(/^Safe to format: \d+ files, each verified as often/m);
  });

  it('says no with one vault alone where selects want two, and names all files of these frames', async () => {
    const typed = await safe(...ONE);
    expect(typed).toMatchObject({ exit: 3, summary: { ok: false, safe: false } });
    const found = await type('find', 'tier:select or tier:keeper', ...ONE, '--json');
    const parts = found.records.flatMap(({ parts }) => (Array.isArray(parts) ? parts : []));
    expect(missingOf(typed)).toEqual(parts.toSorted());
    const { stdout } = await type('safe', '/card', ...ONE);
    expect(stdout).toMatch(/ {2}card\/.* has 1 of 2 copies \(select, .*\)$/m);
    expect(stdout).toMatch(/^NOT safe to format: /m);
  });

  it('does not count one vault twice', async () => {
    expect(await safe(...ONE, ...ONE)).toMatchObject({ exit: 3, summary: { safe: false } });
  });

  it('asks for what a mark says, wherever it was said', async () => {
    await type('mark', 'tier:select or tier:keeper', '--tier', 'general', ...ONE);
    expect((await safe(...ONE)).exit).toBe(0);
    expect((await safe('--vault', '/other/vault')).exit).toBe(3);
    await type('mark', 'size>0', '--tier', 'select', '--vault', '/other/vault');
    const typed = await safe(...BOTH);
    const files = shoot.frames.flat().length;
    expect(typed.exit).toBe(0);
    expect(typed.records[0]).toMatchObject({ tier: 'select', files, copiesWanted: 2 * files });
  });

  it('names a file that came to the card since, and one that changed', async () => {
    world.disk.stage.plant('/card/DCIM/NEW.NEF', 'a new picture');
    const picture = shoot.frames[0]?.[0]?.path ?? '';
    await world.clock.sleep(60_000);
    world.disk.stage.plant(`/card/${picture}`, 'edited on the card');
    const typed = await safe(...BOTH);
    expect(typed.exit).toBe(3);
    expect(missingOf(typed)).toEqual([`card/${picture}`, 'card/DCIM/NEW.NEF'].toSorted());
    await type('backup', '/card', '--vault', '/drive/vault', '--mirror', '/other/vault');
    expect((await safe(...BOTH)).exit).toBe(0);
  });

  it('knows a file by its content where its time or its place tells nothing', async () => {
    const name = places('/drive/vault', 'DSC_0001')[0] ?? '';
    const bytes = world.disk.stage.peek(name) ?? '';
    await world.clock.sleep(60_000);
    world.disk.stage.plant('/copies/A.NEF', bytes);
    const typed = await type('safe', '/copies', ...BOTH, '--json');
    expect(typed.summary).toMatchObject({ safe: true, files: 1 });
    world.disk.faults.add({
      when: ({ kind, path }) => kind === 'openRead' && path === '/copies/A.NEF',
      error: 'EIO',
      times: 9,
    });
    const unread = await type('safe', '/copies', ...BOTH, '--json');
    expect(unread).toMatchObject({ exit: 3, summary: { safe: false, unread: 1 } });
    expect(unread.records).toContainEqual({ type: 'unread', path: 'copies/A.NEF' });
  });

  it('finds other bytes under the same size and time only where it is told to read', async () => {
    const path = shoot.frames[0]?.[0]?.path ?? '';
    const { mtimeMs = 0 } = (await world.disk.stat(`/card/${path}`)) ?? {};
    const bytes = Uint8Array.from(world.disk.stage.peek(`/card/${path}`) ?? []);
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    world.disk.stage.plant(`/card/${path}`, bytes, mtimeMs);
    expect((await safe(...BOTH)).exit).toBe(0);
    const typed = await safe(...BOTH, '--read-data');
    expect(typed.exit).toBe(3);
    expect(missingOf(typed)).toEqual([`card/${path}`]);
  });

  it('does not count a stored file that is gone, cut short or known to be damaged', async () => {
    const [place = ''] = places('/other/vault', 'DSC_0001');
    world.disk.stage.plant(place, 'short');
    expect((await safe(...BOTH)).exit).toBe(3);
    world.disk.stage.erase(place);
    expect((await safe(...BOTH)).exit).toBe(3);
    await type('check', '--vault', '/other/vault');
    expect((await safe(...BOTH)).exit).toBe(3);
  });

  it('says no to an empty card, and to a folder that cannot be listed', async () => {
    world.disk.stage.makeFolders('/empty');
    expect((await type('safe', '/empty', ...BOTH)).stdout).toContain('there is no file here');
    expect((await type('safe', '/empty', ...BOTH)).exit).toBe(3);
    world.disk.faults.add({
      when: ({ kind, path }) => kind === 'listFolder' && path === '/card/DCIM',
      error: 'EIO',
    });
    const typed = await safe(...BOTH);
    expect(typed).toMatchObject({ exit: 3, summary: { safe: false, unread: 1 } });
    expect(typed.summary['issues']).toMatchObject([{ code: 'FOLDER_UNREADABLE' }]);
  });

  it('says no where nobody looked at a file that may want more copies, and yes where it has them', async () => {
    world.disk.stage.plant('/card/DCIM/LATE.JPG', 'late');
    await type('backup', '/card', ...ONE, '--mirror', '/other/vault', '--no-learn');
    expect((await safe(...BOTH)).summary).toMatchObject({ safe: true, unlearned: 1 });
    expect((await type('safe', '/card', ...BOTH)).stdout).toContain('1 file is not looked at yet');
    const mark = ['mark', 'tier:select or tier:keeper', '--tier', 'general'] as const;
    await type(...mark, ...ONE);
    const one = await safe(...ONE);
    expect(one).toMatchObject({ exit: 3, summary: { safe: false, missing: 0, undecided: 1 } });
    const { stdout } = await type('safe', '/card', ...ONE);
    expect(stdout).toContain('LATE.JPG  has 1 of 2 copies it may want');
    expect(stdout).toMatch(/^NOT safe to format: 1 file was not looked at/m);
    await type('learn', ...ONE);
    expect((await safe(...ONE)).exit).toBe(0);
  });

  it('counts a vault that is not connected by what it was seen to hold, and tells how long ago', async () => {
    expect((await safe(...ONE)).exit).toBe(3);
    expect((await type('sync', '/drive/vault', '/other/vault')).exit).toBe(0);
    await world.clock.sleep(5 * 86_400_000);
    const { exit, stdout } = await type('safe', '/card', ...ONE);
    expect(exit).toBe(0);
    expect(stdout).toMatch(
      /^\d+ files lean on vaults that are not connected, last read there 5 days ago\.$/m,
    );
    const strict = await safe(...ONE, '--receipt-days', '3');
    expect(strict).toMatchObject({ exit: 3, summary: { safe: false } });
    expect(strict.summary['receiptsRefused']).toBeGreaterThan(0);
    // A vault that is there is asked itself: what it lost does not count by an old receipt.
    const [place = ''] = places('/other/vault', 'DSC_0001');
    world.disk.stage.erase(place);
    expect((await safe(...BOTH)).exit).toBe(3);
  });

  it('changes nothing', async () => {
    const before = world.disk.stage.paths('/');
    await safe(...BOTH, '--read-data');
    expect(world.disk.stage.paths('/')).toEqual(before);
  });
});

describe('safeToFormat()', () => {
  it('is never safe where it was interrupted', async () => {
    const vaults = [
      await openVault(world, '/drive/vault'),
      await openVault(world, '/other/vault'),
    ] as const;
    const whole = await safeToFormat(world, vaults, ['/card']);
    expect(whole).toMatchObject({ isSafe: true, isInterrupted: false });
    const options = { signal: AbortSignal.abort() };
    const cut = await safeToFormat(world, vaults, ['/card'], options);
    expect(cut).toMatchObject({ isSafe: false, isInterrupted: true });
  });
});
