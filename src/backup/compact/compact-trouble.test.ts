import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { BlobId } from '../../base/index.ts';
import type { World } from '../../platform/index.ts';
import { type DiskCall, PROFILES, type SimWorld, simWorld } from '../../testing/index.ts';
import { createVault, openVault, type Vault, VaultWriter } from '../../vault/index.ts';
import { backup } from '../backup.ts';
import { checkVault } from '../check-vault.ts';
import { prune } from '../prune.ts';
import { compact } from './compact.ts';

const CARD: ReadonlyMap<string, Uint8Array> = new Map(
  ['a.txt', 'b.txt', 'c.txt'].map((name, version) => [name, text(version)]),
);

let world: SimWorld;

function text(version: number): Uint8Array {
  const lines = Array.from({ length: 3000 }, (_, at) => `${version} ${(at * 7919) % 10_007}`);
  return new TextEncoder().encode(lines.join('\n'));
}

const open = (): Promise<Vault> => openVault(world, '/drive/one');
const id = (bytes: Uint8Array | undefined): BlobId =>
  createHash('sha256')
    .update(bytes ?? '')
    .digest('hex') as BlobId;

async function shoot(to: SimWorld, sync: 'durable' | 'weak'): Promise<void> {
  for (const [path, bytes] of CARD) to.disk.stage.plant(`/card/${path}`, bytes);
  to.disk.stage.mount('/drive', { profile: { ...PROFILES.ext4, sync } });
  await backup(to, await createVault(to, '/drive/one'), ['/card']);
}

beforeEach(async () => {
  world = simWorld(3);
  await shoot(world, 'durable');
});

async function isRight(): Promise<void> {
  const found = await checkVault(world, await open(), { readData: true });
  expect(found).toMatchObject({ damaged: 0, issueCount: 0, leftOver: 0 });
}

describe('compact() in trouble', () => {
  it('drops what a run left verbatim that was cut off after its form was named', async () => {
    // Lines of the journal: it is opened, forms are named, verbatim files are dropped.
    let lines = 0;
    const isDrop = ({ kind, path }: DiskCall): boolean => {
      if (kind === 'write' && path.includes('/journal/')) lines += 1;
      return kind === 'write' && path.includes('/journal/') && lines === 3;
    };
    world.disk.faults.add({ when: isDrop, error: 'EIO', times: 1 });
    await expect(compact(world, await open())).rejects.toThrow();
    world.disk.faults.clear();
    const places = async (): Promise<number[]> =>
      [...(await open()).ledger.blobs.values()].map((blob) => blob.places.length);
    expect(Math.max(...(await places()))).toBe(2);
    world.clock.advance(86_400_000);
    const { blobs } = await compact(world, await open());
    expect(blobs).toBeGreaterThan(0);
    expect(Math.max(...(await places()))).toBe(1);
    await prune(world, await open());
    await isRight();
  });

  it('keeps both where the form that was named does not give the content back', async () => {
    await compact(world, await open());
    const [blob] = [...(await open()).ledger.blobs.values()].filter(
      ({ places }) => places[0]?.form === 'zstd',
    );
    const place = blob?.places[0];
    if (blob === undefined || place === undefined) throw new Error('nothing was compressed');
    const bytes = [...CARD.values()].find((one) => id(one) === blob.id);
    const verbatim = place.at.replace(/\.zst$/, '');
    world.disk.stage.plant(`/drive/one/${verbatim}`, bytes ?? '');
    world.disk.stage.plant(`/drive/one/${place.at}`, new Uint8Array(place.stored?.size ?? 0));
    const writer = await VaultWriter.open(world, await open());
    const { id: of, sizeBytes, head } = blob;
    const time = new Date(world.clock.nowMs()).toISOString();
    const stands = { at: verbatim, form: 'verbatim', verified: 'direct' } as const;
    await writer.finish([{ type: 'blob', blob: of, size: sizeBytes, head, time, ...stands }]);
    await compact(world, await open());
    expect((await open()).ledger.blobs.get(of)?.places).toHaveLength(2);
    expect(world.disk.stage.peek(`/drive/one/${verbatim}`)).not.toBeNull();
  });

  it('replaces nothing where the drive does not promise to keep it', async () => {
    const weak = simWorld(4);
    await shoot(weak, 'weak');
    const report = await compact(weak, await openVault(weak, '/drive/one'));
    expect(report).toMatchObject({ blobs: 0, stoppedBy: 'weak' });
    expect(report.issues.map(({ code }) => code)).toEqual(['WEAK_DURABILITY']);
  });

  it('stores verbatim again what is wanted so, and lists it right', async () => {
    expect((await compact(world, await open())).blobs).toBe(3);
    const wanted = id(CARD.get('b.txt'));
    const mustBeVerbatim = (blob: BlobId): boolean => blob === wanted;
    const mayCompact = (blob: BlobId): boolean => blob !== wanted;
    const report = await compact(world, await open(), { mustBeVerbatim, mayCompact });
    expect(report).toMatchObject({ blobs: 0, returned: 1, issueCount: 0 });
    const { blobs } = (await open()).ledger;
    expect(blobs.get(wanted)?.places.map(({ form }) => form)).toEqual(['verbatim']);
    const at = blobs.get(wanted)?.places[0]?.at;
    expect(id(world.disk.stage.peek(`/drive/one/${at}`) ?? undefined)).toBe(wanted);
    await isRight();
    expect(await compact(world, await open(), { mustBeVerbatim, mayCompact })).toMatchObject({
      returned: 0,
    });
  });

  it('leaves the form where the drive has no room for the file', async () => {
    await compact(world, await open());
    const { stage } = world.disk;
    stage.setCapacity('/drive', stage.usedBytes('/drive') + 10_000);
    const report = await compact(world, await open(), { mustBeVerbatim: () => true });
    expect(report.returned).toBe(0);
    expect(new Set(report.issues.map(({ code }) => code))).toEqual(new Set(['TARGET_FULL']));
  });

  it('goes on where one file ends a thread', async () => {
    const workers: World['workers'] = {
      count: 1,
      run: (task, input) => {
        const isBad = JSON.stringify(input).includes(id(CARD.get('a.txt')));
        if (task.name === 'encodeToDisk' && isBad) throw new RangeError('out of memory');
        return world.workers.run(task, input);
      },
      close: () => world.workers.close(),
    };
    const report = await compact({ ...world, workers }, await open());
    expect(report.blobs).toBeGreaterThan(1);
    expect(report.issues.map(({ code }) => code)).toEqual(['WRITE_FAILED']);
    await isRight();
  });
});
