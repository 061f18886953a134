import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { type BareClient, connectBare, Line } from '../../../test/ptp-client.ts';
import {
  decodeDeviceInfo,
  decodeNumbers,
  decodeObjectInfo,
  OPERATION,
  RESPONSE,
} from '../../capture/index.ts';
import { openNodeWorld } from '../../platform/index.ts';
import { patternFrames } from './camera-frames.ts';
import { CAMERA_OPERATION } from './ptp-numbers.ts';
import {
  digestOfTaken,
  openSimCamera,
  type RunningCamera,
  type RunningCameraOptions,
} from './running-camera.ts';

const world = openNodeWorld();
const open: RunningCamera[] = [];

afterEach(async () => {
  for (const camera of open.splice(0)) await camera.close();
});

async function cameraOf(options: RunningCameraOptions = {}): Promise<RunningCamera> {
  const camera = await openSimCamera(world.clock, { shutterMs: 0, ...options });
  open.push(camera);
  return camera;
}

function connect(camera: RunningCamera): Promise<BareClient> {
  return connectBare(world, camera.port);
}

function sha256(bytes: Uint8Array | undefined): string {
  return createHash('sha256')
    .update(bytes ?? '')
    .digest('hex');
}

describe('openSimCamera()', () => {
  it('says who it is, inside and outside a session', async () => {
    const client = await connect(await cameraOf({ seed: 9 }));
    const inside = await client.ask(OPERATION.getDeviceInfo);
    await client.ask(OPERATION.closeSession);
    const outside = await client.ask(OPERATION.getDeviceInfo);
    expect(outside?.data).toEqual(inside?.data);
    expect(decodeDeviceInfo(inside?.data ?? new Uint8Array(0))).toMatchObject({
      ...{ maker: 'FieldVault', model: 'SimCam D', serial: '7000009' },
    });
    expect((await client.ask(OPERATION.getStorageIds))?.code).toBe(RESPONSE.sessionNotOpen);
  });

  it('tells of a pair and hands it over whole and in parts', async () => {
    const camera = await cameraOf({ pairs: true });
    const client = await connect(camera);
    const taken = await camera.shoot();
    expect(await client.eventsUntil(0x400d)).toEqual([
      '4002 1',
      '4002 2',
      '4002 3',
      '4002 4',
      '400d',
    ]);
    for (const [index, file] of taken.entries()) {
      const handle = 3 + index;
      const info = await client.ask(OPERATION.getObjectInfo, handle);
      const { name, sizeBytes, captured, parent } = decodeObjectInfo(
        info?.data ?? new Uint8Array(),
      );
      expect({ name, sizeBytes }).toEqual({ name: file.name, sizeBytes: file.file.sizeBytes });
      expect({ captured, parent }).toEqual({ captured: '20261121T061205', parent: 2 });
      const whole = await client.ask(OPERATION.getObject, handle);
      expect(sha256(whole?.data)).toBe(digestOfTaken(file));
      const part = await client.ask(OPERATION.getPartialObject, handle, 100, 50);
      expect(part?.params).toEqual([50]);
      expect(part?.data).toEqual(whole?.data.subarray(100, 150));
      const end = await client.ask(OPERATION.getPartialObject, handle, sizeBytes ?? 0, 50);
      expect(end).toMatchObject({ announced: 0, params: [0] });
    }
  });

  it('releases the shutter when asked, and lists by folder', async () => {
    const camera = await cameraOf({ pairs: true });
    const client = await connect(camera);
    await client.ask(OPERATION.initiateCapture, 0, 0);
    await client.eventsUntil(0x400d);
    const listed = async (...params: readonly number[]): Promise<readonly number[]> =>
      decodeNumbers(
        (await client.ask(OPERATION.getObjectHandles, ...params))?.data ?? new Uint8Array(),
        'handles',
      );
    expect(await listed(0xffffffff, 0, 0)).toEqual([1, 2, 3, 4]);
    expect(await listed(0x10001, 0, 0xffffffff)).toEqual([1]);
    expect(await listed(0x10001, 0, 2)).toEqual([3, 4]);
    expect((await client.ask(CAMERA_OPERATION.getNumObjects, 0xffffffff, 0, 2))?.params).toEqual([
      2,
    ]);
    expect(camera.onCard).toEqual(['DCIM/100SIMCA/SIM_0001.DNG', 'DCIM/100SIMCA/SIM_0001.JPG']);
    expect(camera.log.countOf(OPERATION.initiateCapture)).toBe(1);
  });

  it('hands over files beyond 4 GiB by 64-bit offsets', async () => {
    const sizeBytes = 5_000_000_000;
    const camera = await cameraOf({ frames: patternFrames({ seed: 1, sizeBytes }) });
    const client = await connect(camera);
    const [taken] = await camera.shoot();
    const info = await client.ask(OPERATION.getObjectInfo, 3);
    expect(decodeObjectInfo(info?.data ?? new Uint8Array()).sizeBytes).toBeNull();
    const offset = 4_500_000_000;
    const params = [3, offset % 2 ** 32, Math.floor(offset / 2 ** 32), 1000];
    const part = await client.ask(OPERATION.getPartialObject64, ...params);
    expect(sha256(part?.data)).toBe(sha256(taken?.file.read(offset, 1000)));
  });

  it('knows no handle that it never gave, and no operation that it does not advertise', async () => {
    const client = await connect(await cameraOf());
    expect((await client.ask(OPERATION.getObject, 77))?.code).toBe(RESPONSE.invalidHandle);
    expect((await client.ask(0x9999))?.code).toBe(RESPONSE.notSupported);
    expect((await client.ask(OPERATION.openSession, 1))?.code).toBe(RESPONSE.sessionAlreadyOpen);
  });

  it('knows less than others of its kind, where it is told so', async () => {
    const camera = await cameraOf({ without: [OPERATION.getPartialObject] });
    const client = await connect(camera);
    await camera.shoot();
    const info = await client.ask(OPERATION.getDeviceInfo);
    const { operations } = decodeDeviceInfo(info?.data ?? new Uint8Array());
    expect(operations).not.toContain(OPERATION.getPartialObject);
    const part = await client.ask(OPERATION.getPartialObject, 3, 0, 9);
    expect(part?.code).toBe(RESPONSE.notSupported);
  });

  it('counts who asks to remove something', async () => {
    const camera = await cameraOf();
    const client = await connect(camera);
    await camera.shoot();
    expect(camera.deletes).toBe(0);
    expect((await client.ask(CAMERA_OPERATION.deleteObject, 3, 0))?.code).toBe(RESPONSE.ok);
    expect(camera.deletes).toBe(1);
    expect(camera.onCard).toEqual([]);
  });

  it('hangs up on what is no PTP/IP, and serves the next', async () => {
    const camera = await cameraOf();
    const target = { host: '127.0.0.1', port: camera.port };
    for (const bytes of [
      new Uint8Array(8),
      new Uint8Array(64).fill(255),
      Buffer.from('GET / HTTP'),
    ]) {
      const line = new Line(await world.network.connect(target));
      await line.sendBytes(bytes);
      line.close();
    }
    const client = await connect(camera);
    expect((await client.ask(OPERATION.getStorageIds))?.code).toBe(RESPONSE.ok);
  });

  it('puts an old client out when a new one comes', async () => {
    const camera = await cameraOf();
    const first = await connect(camera);
    const second = await connect(camera);
    expect(await first.command.next()).toBeNull();
    expect((await second.ask(OPERATION.getStorageIds))?.code).toBe(RESPONSE.ok);
  });
});

describe('a slow link', () => {
  it.each(['command', 'events'] as const)(
    'lets a cancel on its line for %s through',
    async (name) => {
      const frames = patternFrames({ seed: 1, sizeBytes: 30_000_000 });
      const camera = await cameraOf({ frames, bytesPerSecond: 10_000_000 });
      const client = await connect(camera);
      await camera.shoot();
      const command = { operation: OPERATION.getObject, transaction: 50, params: [3] };
      await client.command.send({ kind: 'command', hasDataOut: false, command });
      expect((await client.command.next())?.kind).toBe('startData');
      await client[name].send({ kind: 'cancel', transaction: 50 });
      let bytes = 0;
      let last = await client.command.next();
      for (
        ;
        last?.kind === 'data' || last?.kind === 'endData';
        last = await client.command.next()
      ) {
        bytes += last.bytes.length;
      }
      const reply = { code: RESPONSE.cancelled, transaction: 50, params: [] };
      expect(last).toEqual({ kind: 'reply', reply });
      expect(bytes).toBeLessThan(30_000_000);
      expect((await client.ask(OPERATION.getStorageIds))?.code).toBe(RESPONSE.ok);
    },
  );

  it('carries no more than it can', async () => {
    const frames = patternFrames({ seed: 1, sizeBytes: 400_000 });
    const camera = await cameraOf({ frames, bytesPerSecond: 2_000_000 });
    const client = await connect(camera);
    const [taken] = await camera.shoot();
    const beganMs = world.clock.monotonicMs();
    const whole = await client.ask(OPERATION.getObject, 3);
    // A lower bound holds however busy the machine is.
    expect(world.clock.monotonicMs() - beganMs).toBeGreaterThan(150);
    expect(sha256(whole?.data)).toBe(digestOfTaken(taken ?? NO_FILE));
  });
});

const NO_FILE = {
  ...{ name: '', folder: '', number: 0 },
  file: { extension: '', sizeBytes: 0, width: 0, height: 0, read: () => new Uint8Array(0) },
};
