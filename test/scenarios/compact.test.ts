import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { BlobId } from '../../src/base/index.ts';
import {
  compact,
  openVault,
  parseQuery,
  type RecordReader,
  SAVING_KINDS,
  savingsOf,
  status,
} from '../../src/index.ts';
import {
  type ShootSummary,
  type SimWorld,
  shootJpegBurst,
  simWorld,
  tinyShoot,
  writeShoot,
} from '../../src/testing/index.ts';
import { type Typed, typeWords } from './typed-words.ts';

const VAULT = ['--vault', '/drive/vault'] as const;

let world: SimWorld;
let shoot: ShootSummary;

const type = (...words: readonly string[]): Promise<Typed> => typeWords(world, words);
const stored = (): string[] =>
  world.disk.stage.paths('/drive/vault/originals').filter((path) => !path.includes('SHA256SUMS'));

beforeEach(async () => {
  world = simWorld(2);
  world.disk.stage.makeFolders('/drive');
  shoot = await writeShoot(world.disk, '/card', { ...tinyShoot(9), width: 192, height: 128 });
  await type('init', '/drive/vault');
  await type('backup', '/card', ...VAULT);
});

async function everythingComesBack(): Promise<void> {
  const checked = await type('check', ...VAULT, '--read-data', '--json');
  expect(checked).toMatchObject({ exit: 0, summary: { damaged: 0 } });
  const to = `/back/${stored().length}`;
  const restored = await type('restore', 'latest', ...VAULT, '--to', to, '--json');
  expect(restored).toMatchObject({ exit: 0, summary: { files: shoot.files.length } });
  for (const { path } of shoot.files) {
    const bytes = world.disk.stage.peek(`/card/${path}`);
    expect(
      Buffer.compare(world.disk.stage.peek(`${to}/card/${path}`) ?? NOTHING, bytes ?? NOTHING),
    ).toBe(0);
  }
}

const NOTHING = new Uint8Array(0);

const digestOf = (bytes: Uint8Array): BlobId =>
  createHash('sha256').update(bytes).digest('hex') as BlobId;

describe('an evening at the hotel, on mains power', () => {
  it('stores the day in fewer bytes, gives all of it back, and never touches the selects', async () => {
    const selects = await type('find', 'tier:select', ...VAULT, '--json');
    const before = stored();
    const typed = await type('compact', ...VAULT, '--json');
    expect(typed.exit).toBe(0);
    const { blobs, bytesBefore, bytesAfter } = typed.summary as Record<string, number>;
    expect(blobs).toBeGreaterThan(0);
    expect(bytesAfter).toBeLessThan(bytesBefore ?? 0);
    await everythingComesBack();
    const parts = selects.records.flatMap(({ parts }) => (parts as string[] | undefined) ?? []);
    expect(parts.length).toBeGreaterThan(0);
    for (const path of parts) {
      const stem = path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
      const same = (paths: readonly string[]): string[] =>
        paths.filter((one) => one.includes(`/${stem}~`));
      expect(same(stored()), path).toEqual(same(before));
    }
    const again = await type('compact', ...VAULT);
    expect(again.stdout).toContain('Nothing was compacted.');
  });

  it('stores the JPEG files of a burst beside the one in their middle, which needs nobody', async () => {
    const step = { x: 3.3, y: -2.6 };
    const burst = await shootJpegBurst({ frames: 5, width: 640, height: 448, iso: 200, step });
    const paths = burst.map((_, index) => `/burst/DCIM/100SIMUL/IMG_000${index}.JPG`);
    for (const [index, bytes] of burst.entries()) {
      world.disk.stage.plant(paths[index] ?? '', bytes);
    }
    await type('backup', '/burst', ...VAULT);
    const typed = await type('compact', ...VAULT);
    expect(typed.stdout).toMatch(/JPEG, beside its burst: 4 originals, /);
    const { ledger } = await openVault(world, '/drive/vault');
    const needs = burst.map((bytes) => {
      const [place] = ledger.blobs.get(digestOf(bytes))?.places ?? [];
      expect(place?.form).toBe('jpeg-recoded');
      return place?.needs ?? null;
    });
    const middle = [digestOf(burst[2] ?? NOTHING)];
    expect(needs).toEqual([middle, middle, null, middle, middle]);
    await type('restore', 'latest', ...VAULT, '--to', '/burst-back');
    for (const [index, bytes] of burst.entries()) {
      const back = world.disk.stage.peek(`/burst-back${paths[index]}`);
      expect(Buffer.compare(back ?? NOTHING, bytes)).toBe(0);
    }
    expect((await type('check', ...VAULT, '--read-data')).exit).toBe(0);
  });

  it('says by what kind how much was saved, in the report and in the library', async () => {
    const typed = await type('compact', ...VAULT);
    expect(typed.stdout).toMatch(
      /Compacted \d+ originals?: .* less\), .*All decoded and compared\./,
    );
    const { byKind, duplicates } = savingsOf((await openVault(world, '/drive/vault')).ledger);
    const known = SAVING_KINDS.filter((kind) => byKind[kind].blobs > 0);
    expect(known.length).toBeGreaterThan(0);
    for (const kind of known)
      expect(byKind[kind].bytesAfter).toBeLessThan(byKind[kind].bytesBefore);
    expect(duplicates.files).toBeGreaterThanOrEqual(0);
    const status = await type('status', ...VAULT);
    expect(status.stdout).toMatch(/RAW, [^:]+: \d+ originals?, .* less\)/);
    const json = await type('status', ...VAULT, '--json');
    expect(json.summary['savings']).toEqual({ byKind, duplicates });
  });

  it('stores verbatim again what became a select since, and says so', async () => {
    await type('compact', ...VAULT);
    const { ledger } = await openVault(world, '/drive/vault');
    const { id, places } = [...ledger.blobs.values()].find(({ places: [place] }) => {
      return place?.form === 'raw-recoded';
    }) ?? { id: null, places: [] };
    const stem = /([^/~]*)~/.exec(places[0]?.at ?? '')?.[1];
    expect((await type('mark', `name:${stem}`, '--tier', 'select', ...VAULT)).exit).toBe(0);
    const typed = await type('compact', ...VAULT);
    expect(typed.stdout).toMatch(/originals? stands? verbatim again/);
    const after = (await openVault(world, '/drive/vault')).ledger;
    expect(id && after.blobs.get(id)?.places.map(({ form }) => form)).toEqual(['verbatim']);
    await everythingComesBack();
  });

  it('counts pictures, catalogs and sidecars as before', async () => {
    const roles = async () => (await status(world, await openVault(world, '/drive/vault'))).byRole;
    const before = await roles();
    expect(before.catalog.blobs).toBeGreaterThan(0);
    expect((await compact(world, await openVault(world, '/drive/vault'))).blobs).toBeGreaterThan(0);
    expect(await roles()).toEqual(before);
  });

  it('keeps to its time, learning included', async () => {
    await type('init', '/drive/other');
    await type('backup', '/card', '--vault', '/drive/other', '--no-learn');
    let reads = 0;
    const records: RecordReader = {
      read: async () => {
        reads += 1;
        world.clock.advance(3_600_000);
        return { state: 'unreadable', reason: 'not now' };
      },
      close: async () => {},
    };
    const vault = await openVault(world, '/drive/other');
    const report = await compact(world, vault, { maxMinutes: 30, records });
    expect(report).toMatchObject({ blobs: 0, stoppedBy: 'time' });
    expect(reads).toBeLessThan(shoot.files.length / 2);
  });

  it('compacts only what was asked for', async () => {
    const report = await compact(world, await openVault(world, '/drive/vault'), {
      where: parseQuery('camera:no-such-camera', { localMs: 0 }),
    });
    expect(report).toMatchObject({ blobs: 0, left: 0 });
    const wrong = await type('compact', ...VAULT, '--where', 'rating>');
    expect(wrong.exit).toBe(2);
  });

  it('does nothing on battery and says how it would', async () => {
    world.power.state = { isOnBattery: true, charge: 0.5 };
    const before = stored();
    const typed = await type('compact', ...VAULT);
    expect(typed.exit).toBe(0);
    expect(typed.stdout).toContain('--on-battery');
    expect(stored()).toEqual(before);
    const told = await type('compact', ...VAULT, '--on-battery', '--json');
    expect(told.summary['blobs']).toBeGreaterThan(0);
  });

  it('is still known, found and grouped after it was compacted', async () => {
    const before = await type('find', ...VAULT, '--json');
    await type('compact', ...VAULT);
    const after = await type('find', ...VAULT, '--json');
    expect(after.records.slice(0, -1)).toEqual(before.records.slice(0, -1));
    const safe = await type('safe', '/card', ...VAULT, '--json');
    expect(safe.summary['files']).toBe(shoot.files.length);
  });
});
