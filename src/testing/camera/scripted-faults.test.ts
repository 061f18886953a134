import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { type BareClient, connectBare } from '../../../test/ptp-client.ts';
import { decodeObjectInfo, OPERATION, RESPONSE } from '../../capture/index.ts';
import { openNodeWorld } from '../../platform/index.ts';
import { garbageBytes } from './answer-sender.ts';
import { type CameraFault, parseCameraFaults } from './camera-faults.ts';
import { patternFrames } from './camera-frames.ts';
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

function faults(script: string): { readonly faults: readonly CameraFault[] } {
  return { faults: parseCameraFaults(script) };
}

function sha256(bytes: Uint8Array | undefined): string {
  return createHash('sha256')
    .update(bytes ?? '')
    .digest('hex');
}

describe('a scripted fault', () => {
  const FRAMES = { frames: patternFrames({ seed: 1, sizeBytes: 300_000 }) };

  it('drops the link at its byte, once', async () => {
    const camera = await cameraOf({ ...FRAMES, ...faults('drop:100000') });
    const client = await connect(camera);
    const [taken] = await camera.shoot();
    const began = camera.sentBytes;
    expect(await client.ask(OPERATION.getObject, 3)).toBeNull();
    expect(camera.sentBytes - began).toBeLessThanOrEqual(100_000);
    expect(camera.faultsLeft).toEqual([]);
    const again = await connect(camera);
    expect(sha256((await again.ask(OPERATION.getObject, 3))?.data)).toBe(
      digestOfTaken(taken ?? NO_FILE),
    );
  });

  it('sleeps, turns everybody away for a while, and loses its memory', async () => {
    const camera = await cameraOf({ ...FRAMES, ...faults('memory-only:1,sleep:100000:60') });
    const client = await connect(camera);
    await camera.shoot();
    expect(await client.eventsUntil(0x400d)).toContain(`4002 ${0xffff_0001}`);
    expect(await client.ask(OPERATION.getObject, 0xffff_0001)).toBeNull();
    await expect(connect(camera)).rejects.toThrow();
    await world.clock.sleep(70);
    const again = await connect(camera);
    expect((await again.ask(OPERATION.getObject, 0xffff_0001))?.code).toBe(RESPONSE.invalidHandle);
  });

  it('restarts with other handles', async () => {
    const camera = await cameraOf({ ...FRAMES, ...faults('restart:100000:0') });
    const client = await connect(camera);
    await camera.shoot();
    expect(await client.ask(OPERATION.getObject, 3)).toBeNull();
    const again = await connect(camera);
    expect((await again.ask(OPERATION.getObject, 3))?.code).toBe(RESPONSE.invalidHandle);
    expect((await again.ask(OPERATION.getObject, 0x4002))?.data.length).toBe(300_000);
  });

  it('loses one event, doubles another, and cuts the line for events', async () => {
    const camera = await cameraOf(faults('lose-event:1,double-event:2,close-events:3'));
    const client = await connect(camera);
    await camera.shoot(3);
    const events = [...(await client.eventsUntil(0x400d)), ...(await client.eventsUntil(0x400d))];
    expect(events).toEqual(['4002 1', '4002 2', '400d', '4002 4', '4002 4', '400d']);
    expect((await client.eventsUntil(0x400d)).at(-1)).toBe('gone');
    expect((await client.ask(OPERATION.getStorageIds))?.code).toBe(RESPONSE.ok);
  });

  it('breaks off inside a file and says so, once', async () => {
    const camera = await cameraOf({ ...FRAMES, ...faults('cut:1:70000') });
    const client = await connect(camera);
    await camera.shoot();
    const cut = await client.ask(OPERATION.getObject, 3);
    expect(cut).toMatchObject({ code: RESPONSE.incompleteTransfer, announced: 300_000 });
    expect(cut?.data.length).toBe(70_000);
    expect((await client.ask(OPERATION.getObject, 3))?.data.length).toBe(300_000);
  });

  it.each([
    ['size-smaller:1', 240_000],
    ['size-larger:1', 360_000],
  ])('tells a wrong size: %s', async (script, sizeBytes) => {
    const camera = await cameraOf({ ...FRAMES, ...faults(script) });
    const client = await connect(camera);
    await camera.shoot();
    const info = await client.ask(OPERATION.getObjectInfo, 3);
    expect(decodeObjectInfo(info?.data ?? new Uint8Array()).sizeBytes).toBe(sizeBytes);
    expect((await client.ask(OPERATION.getObject, 3))?.announced).toBe(300_000);
  });

  it('is busy for a while', async () => {
    const camera = await cameraOf(faults('busy:2:2'));
    const client = await connect(camera);
    const answered: (number | undefined)[] = [];
    for (let turn = 0; turn < 3; turn++) {
      answered.push((await client.ask(OPERATION.getStorageIds))?.code);
    }
    expect(answered).toEqual([RESPONSE.busy, RESPONSE.busy, RESPONSE.ok]);
  });

  it('has no room for more shots', async () => {
    const camera = await cameraOf(faults('store-full:1'));
    const client = await connect(camera);
    expect((await camera.shoot(2)).length).toBe(1);
    expect((await client.eventsUntil(0x400a)).at(-1)).toContain('400a');
  });

  it('turns connections away', async () => {
    const camera = await cameraOf(faults('init-fail:2'));
    await expect(connect(camera)).rejects.toThrow('initFail');
    await expect(connect(camera)).rejects.toThrow('initFail');
    await connect(camera);
  });

  it('sends what is no packet', async () => {
    const camera = await cameraOf(faults('garbage:2'));
    const client = await connect(camera);
    await client.command.send({
      kind: 'command',
      hasDataOut: false,
      command: { operation: OPERATION.getStorageIds, transaction: 1, params: [] },
    });
    expect([...((await client.command.take(64)) ?? [])]).toEqual([...garbageBytes(2)]);
    expect((await client.command.next())?.kind).toBe('startData');
    expect(camera.faultsLeft).toEqual([]);
  });

  it('asks whether the client is alive', async () => {
    const camera = await cameraOf(faults('probe'));
    const client = await connect(camera);
    expect((await client.events.next())?.kind).toBe('probe');
  });
});

const NO_FILE = {
  ...{ name: '', folder: '', number: 0 },
  file: { extension: '', sizeBytes: 0, width: 0, height: 0, read: () => new Uint8Array(0) },
};
