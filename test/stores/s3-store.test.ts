import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backup, checkVault as check } from '../../src/backup/index.ts';
import { type ObjectStore, openS3Store, retryingStore } from '../../src/store/index.ts';
import {
  MemoryStore,
  openS3Server,
  type S3Server,
  type S3ServerOptions,
  simWorld,
} from '../../src/testing/index.ts';
import { createVault, openVault } from '../../src/vault/index.ts';
import { noise, processAt, workstationAt } from './bucket-kit.ts';

process.env['AWS_ACCESS_KEY_ID'] = 'test';
process.env['AWS_SECRET_ACCESS_KEY'] = 'test-secret';

/** What is signed carries the time of this machine, and a server's answers must be of about that time. */
const START_MS = Math.floor(Date.now() / 1000) * 1000;
const nowMs = (): number => START_MS;
let server: S3Server;
let store: ObjectStore;
let memory: MemoryStore;

async function serve(
  options: Partial<S3ServerOptions> & { readonly idleMsMax?: number } = {},
  bucket = 'b',
): Promise<void> {
  memory = new MemoryStore({ nowMs });
  server = await openS3Server(new Map([['b', memory]]), { nowMs, ...options });
  const { idleMsMax = 20_000 } = options;
  store = await openS3Store({ bucket, nowMs, endpoint: server.endpoint, idleMsMax });
}

async function end(): Promise<void> {
  await store.close();
  await server.close();
}

beforeEach(() => serve());
afterEach(end);

describe('what an engine says', () => {
  it.each([
    [403, 'EACCES'],
    [429, 'EBUSY'],
    [500, 'EIO'],
    [501, 'ENOTSUP'],
    [503, 'EBUSY'],
    [507, 'ENOSPC'],
  ])('%i is %s to a disk', async (status, code) => {
    await end();
    await serve({ faultOf: () => status });
    await expect(store.put('a', noise(10, 1))).rejects.toMatchObject({ code });
    await expect(store.get('a')).rejects.toMatchObject({ code });
    await expect(store.head('a')).rejects.toMatchObject({ code });
  });

  it('a server that is silent is a time-out, and one that hangs up a reset', async () => {
    await end();
    await serve({ faultOf: (_, number) => (number === 1 ? 'stall' : 'cut-up'), idleMsMax: 300 });
    await expect(store.put('a', noise(10, 1))).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    await expect(store.put('a', noise(10, 1))).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('an answer that is cut off is no answer', async () => {
    await memory.put('a', noise(100_000, 1));
    await end();
    const full = memory;
    server = await openS3Server(new Map([['b', full]]), { nowMs, faultOf: () => 'cut-down' });
    store = await openS3Store({ bucket: 'b', nowMs, endpoint: server.endpoint });
    await expect(store.get('a')).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('no such bucket is an error, not an empty one', async () => {
    await end();
    await serve({}, 'other');
    await expect(store.list({ prefix: '' })).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(store.get('a')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('its clock is taken into ours', async () => {
    for (const skewMs of [-7_200_000, 0, 7_200_000]) {
      await end();
      await serve({ skewMs });
      await store.put('a', noise(10, 1));
      expect((await store.head('a'))?.modifiedMs).toBe(nowMs());
      expect((await store.list({ prefix: '' })).objects[0]?.modifiedMs).toBe(nowMs());
    }
  });
});

describe('a machine whose clock is off by hours', () => {
  it.each([-7_200_000, 7_200_000])('is let in at the second try (%i ms)', async (skewMs) => {
    const memory = new MemoryStore();
    const now = (): number => Date.now();
    const strict = await openS3Server(new Map([['b', memory]]), {
      nowMs: now,
      skewMs,
      skewMsMax: 900_000,
    });
    const options = { bucket: 'b', nowMs: now, endpoint: strict.endpoint };
    const plain = await openS3Store(options);
    await expect(plain.head('a')).rejects.toMatchObject({ code: 'EAGAIN' });
    expect(await plain.head('a')).toBeNull();
    await plain.close();
    const patient = retryingStore(await openS3Store(options), simWorld(1));
    expect(await patient.put('a', noise(10, 1), { ifAbsent: true })).toBe('put');
    await patient.close();
    await strict.close();
  });
});

describe('a full quota', () => {
  it('ends the backup, keeps what was acknowledged, and the next one goes on', async () => {
    await end();
    await serve({ quotaBytes: 600_000 });
    const { machine, world } = workstationAt(store, 1);
    for (let index = 0; index < 6; index += 1) {
      machine.disk.stage.plant(`/card/${index}.NEF`, noise(100_000, index));
    }
    const root = 's3://studio/v';
    const run = backup(world, await createVault(world, root), ['/card']);
    await expect(run).rejects.toMatchObject({ code: 'TARGET_FULL' });
    await end();
    const kept = memory;
    server = await openS3Server(new Map([['b', kept]]), { nowMs });
    store = await openS3Store({ bucket: 'b', nowMs, endpoint: server.endpoint });
    const next = processAt(machine, store);
    expect((await check(next, await openVault(next, root), { readData: true })).issues).toEqual([]);
    const report = await backup(next, await openVault(next, root), ['/card']);
    expect(report.issues).toEqual([]);
    expect(report.files).toBe(6);
  });
});
