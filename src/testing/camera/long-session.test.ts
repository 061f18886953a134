import { createHash } from 'node:crypto';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { connectBare } from '../../../test/ptp-client.ts';
import { encodePacket, OPERATION, openPtpIpCamera } from '../../capture/index.ts';
import { openNodeWorld } from '../../platform/index.ts';
import { pickBelow, seededRandom } from '../seeded-random.ts';
import { patternFrames } from './camera-frames.ts';
import { digestOfTaken, openSimCamera } from './running-camera.ts';

const world = openNodeWorld();

describe('a long session with the simulated camera', () => {
  it('takes 5,000 frames and hands them over without keeping any', async () => {
    const sizeBytes = 100_000;
    const frames = patternFrames({ seed: 1, sizeBytes });
    await using camera = await openSimCamera(world.clock, { frames, shutterMs: 0 });
    const client = await connectBare(world, camera.port);
    const before = process.memoryUsage();
    let bytes = 0;
    for (let block = 0; block < 50; block++) {
      for (const { number } of await camera.shoot(100)) {
        // Two folders stand before the first file; a new one comes after each 999 shots.
        const handle = number + 2 + Math.floor((number - 1) / 999);
        bytes += (await client.ask(OPERATION.getObject, handle))?.data.length ?? 0;
      }
    }
    const after = process.memoryUsage();
    expect(bytes).toBe(5000 * sizeBytes);
    expect(camera.log.last.length).toBeLessThanOrEqual(10_000);
    // 500 MB went through; what is not collected yet is a fraction of it.
    const grown = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
    expect(grown).toBeLessThan(150_000_000);
  });

  it('loses nothing of a burst that is faster than its link', async () => {
    await using camera = await openSimCamera(world.clock, {
      ...{ pairs: true, bytesPerSecond: 3_000_000, shutterMs: 0 },
    });
    const host = { host: '127.0.0.1', port: camera.port };
    const client = await openPtpIpCamera(world, host);
    const digests: string[] = [];
    const fetching = (async () => {
      for await (const event of client.events()) {
        if (event.kind !== 'added') continue;
        const object = await client.describe(event.handle);
        if (object === null) continue;
        const bytes = await client.read(event.handle, 0, object.sizeBytes ?? 0);
        digests.push(createHash('sha256').update(bytes).digest('hex'));
        if (digests.length === 200) return;
      }
    })();
    // 100 pairs of 20 kB in a second are 2 MB: the link takes longer than the burst.
    const taken = await camera.shoot(100, 200);
    expect(digests.length).toBeLessThan(200);
    await fetching;
    expect(digests.toSorted()).toEqual(taken.map(digestOfTaken).toSorted());
    await client.close();
  });
});

describe('hostile clients of the simulated camera', () => {
  it('are hung up on, whatever they send, and cost the next one nothing', async () => {
    const random = seededRandom(Number(process.env['SEED'] ?? 20_261_122));
    await using camera = await openSimCamera(world.clock, { shutterMs: 0 });
    const target = { host: '127.0.0.1', port: camera.port };
    const command = { operation: OPERATION.openSession, transaction: 0, params: [1] };
    const polite = Buffer.concat([
      encodePacket({ kind: 'initCommand', guid: new Uint8Array(16), name: 'x' }),
      encodePacket({ kind: 'command', hasDataOut: false, command }),
      encodePacket({ kind: 'startData', transaction: 1, sizeBytes: 5 }),
      encodePacket({ kind: 'cancel', transaction: 1 }),
    ]);
    for (let turn = 0; turn < 300; turn++) {
      const bytes = Buffer.from(polite);
      for (let left = 1 + pickBelow(random, 6); left > 0; left--) {
        bytes[pickBelow(random, bytes.length)] = pickBelow(random, 256);
      }
      const stream = await world.network.connect(target);
      await stream.write(bytes.subarray(0, pickBelow(random, bytes.length + 1)));
      stream.close();
    }
    const client = await connectBare(world, camera.port);
    expect((await client.ask(OPERATION.getDeviceInfo))?.data.length).toBeGreaterThan(0);
  });
});
