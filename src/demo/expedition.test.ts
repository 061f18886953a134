import { afterEach, expect, it } from 'vitest';
import type { World } from '../platform/index.ts';
import { ObjectDisk, openS3Store, retryingStore, withBuckets } from '../store/index.ts';
import {
  MemoryStore,
  openS3Server,
  PROFILES,
  type S3Server,
  type SimWorld,
  simWorld,
} from '../testing/index.ts';
import { runExpedition } from './expedition.ts';

let server: S3Server | null = null;

afterEach(async () => {
  await server?.close();
  server = null;
});

/** Four mounts of an expedition on one simulated machine. */
function tripWorld(): SimWorld {
  const world = simWorld(14);
  world.disk.stage.mount('/trip', { profile: PROFILES.exfat });
  world.disk.stage.makeFolders('/cache');
  return world;
}

/** The same world with a bucket of an S3 server, reached by the SDK over HTTP. */
async function withServer(world: SimWorld): Promise<World> {
  // The server looks at no signature, but the SDK makes one.
  process.env['AWS_ACCESS_KEY_ID'] = 'expedition';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'expedition-secret';
  process.env['AWS_REGION'] = 'eu-north-1';
  const nowMs = (): number => world.clock.nowMs();
  server = await openS3Server(new Map([['studio', new MemoryStore({ nowMs })]]), { nowMs });
  const { endpoint } = server;
  return withBuckets(world, async (bucket) => {
    return new ObjectDisk({
      bucket,
      store: retryingStore(await openS3Store({ bucket, nowMs, endpoint }), world),
      local: world.disk,
      stagingFolder: `/cache/buckets/${bucket}`,
      hex: (digits) => world.random.hex(digits),
      nowMs,
    });
  });
}

async function expectHomecoming(world: World, studio: string): Promise<void> {
  let said = '';
  const write = (text: string): void => {
    said += text;
  };
  const end = await runExpedition({
    world,
    scratch: '/trip',
    studio,
    outside: {
      stdout: { write },
      stderr: { write },
      onInterrupt: () => () => {},
      absolutePath: (path) => path,
    },
    tell: (text) => write(`* ${text}\n`),
  });
  expect({ wrong: end.wrong, said: end.wrong.length > 0 ? said : '' }).toEqual({
    wrong: [],
    said: '',
  });
  expect(end).toMatchObject({ frames: 28, conflicts: 1 });
  // The link broke twice, and the merge is explained.
  expect(said.match(/goes on where it stopped\.\n/g)?.length).toBeGreaterThanOrEqual(2);
  expect(said).toMatch(
    /Trip: both sides had changed it since snapshot [0-9a-f]{16}; merged, 6 files/,
  );
  expect(said).toMatch(/left out: {2}old list\.txt: deleted on one side/);
  expect(said).toMatch(/conflict: {2}[0-9a-f]{8} captions\.txt: Both sides changed this file/);
  expect(said.match(/healed:/g)).toHaveLength(3);
}

it('a two-week expedition comes home: cut, edited on both sides, damaged, and whole in the end', async () => {
  await expectHomecoming(tripWorld(), '/trip/studio/vault');
}, 60_000);

it('and so it does into a studio vault in an S3 bucket', async () => {
  const world = await withServer(tripWorld());
  await expectHomecoming(world, 's3://studio/vault');
  expect(server?.bytesIn).toBeGreaterThan(400_000);
}, 60_000);
