import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { openNodeWorld } from '../../platform/index.ts';
import {
  digestOfTaken,
  openSimCamera,
  parseCameraFaults,
  patternFrames,
  type RunningCamera,
  type RunningCameraOptions,
} from '../../testing/index.ts';
import type { CameraConnection, CameraEvent, CameraObject, CameraOptions } from '../connection.ts';
import { openPtpIpCamera } from '../open-camera.ts';
import { NIKON } from '../vendors/codes.ts';
import { OPERATION } from './codes.ts';

const world = openNodeWorld();
const open: AsyncDisposable[] = [];
const FILE_BYTES = 3_000_000;
/** Bytes of answers until a file of that size is half down, greeting and lists included. */
const HALF = 1_500_000;

afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one[Symbol.asyncDispose]();
});

async function cameraOf(
  script: string,
  options: RunningCameraOptions = {},
): Promise<RunningCamera> {
  const camera = await openSimCamera(world.clock, {
    frames: patternFrames({ seed: 5, sizeBytes: FILE_BYTES }),
    faults: parseCameraFaults(script),
    shutterMs: 0,
    ...options,
  });
  open.push(camera);
  return camera;
}

async function connect(
  camera: RunningCamera,
  options: CameraOptions = {},
): Promise<CameraConnection> {
  const host = { host: '127.0.0.1', port: camera.port };
  const connection = await openPtpIpCamera(world, host, { answerMs: 3000, ...options });
  open.push(connection);
  return connection;
}

/** The next files that are told of, each once. */
async function nextFiles(connection: CameraConnection, count: number): Promise<CameraObject[]> {
  const files = new Map<string, CameraObject>();
  for await (const event of connection.events()) {
    if (event.kind === 'lost') throw new Error(event.reason);
    const object = event.kind === 'added' ? await connection.describe(event.handle) : null;
    if (object !== null) files.set(object.handle, object);
    if (files.size === count) break;
  }
  return [...files.values()];
}

async function eventsUntil(
  connection: CameraConnection,
  kind: CameraEvent['kind'],
): Promise<CameraEvent[]> {
  const events: CameraEvent[] = [];
  for await (const event of connection.events()) {
    events.push(event);
    if (event.kind === kind) return events;
  }
  throw new Error(`no ${kind} among ${JSON.stringify(events)}`);
}

async function readFrom(
  connection: CameraConnection,
  handle: string,
  offset: number,
  pieces: Uint8Array[] = [],
): Promise<Uint8Array[]> {
  const step = 400_000;
  for (let at = offset; ; ) {
    const piece = await connection.read(handle, at, step);
    pieces.push(piece);
    at += piece.length;
    if (piece.length < step) return pieces;
  }
}

function digestOf(pieces: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}

function expectError(code: string): object {
  return expect.objectContaining({ code });
}

describe('a link that breaks', () => {
  it('is told of, and the file is continued from where it was cut', async () => {
    const camera = await cameraOf(`drop:${HALF}`);
    const connection = await connect(camera);
    const [taken] = await camera.shoot();
    const [file] = await nextFiles(connection, 1);
    const pieces: Uint8Array[] = [];
    const lost = eventsUntil(connection, 'lost');
    await expect(readFrom(connection, file?.handle ?? '', 0, pieces)).rejects.toEqual(
      expectError('CAMERA_GONE'),
    );
    expect((await lost).at(-1)).toMatchObject({ kind: 'lost' });
    await expect(connection.list()).rejects.toEqual(expectError('CAMERA_GONE'));

    const haveBytes = pieces.reduce((size, piece) => size + piece.length, 0);
    expect(haveBytes).toBeGreaterThan(0);
    const before = camera.sentBytes;
    const again = await connect(camera);
    const [found] = (await again.list()).filter(({ name }) => name === file?.name);
    await readFrom(again, found?.handle ?? '', haveBytes, pieces);
    expect(digestOf(pieces)).toBe(taken && digestOfTaken(taken));
    expect(camera.sentBytes - before).toBeLessThan(FILE_BYTES - haveBytes + 20_000);
  });

  it('gives way to new numbers where the camera starts again', async () => {
    const camera = await cameraOf(`restart:${HALF}:0`);
    const connection = await connect(camera);
    const [taken] = await camera.shoot();
    const [file] = await nextFiles(connection, 1);
    await expect(readFrom(connection, file?.handle ?? '', 0)).rejects.toEqual(
      expectError('CAMERA_GONE'),
    );
    const again = await connect(camera);
    expect(await again.describe(file?.handle ?? '')).toBeNull();
    const [found] = await again.list();
    expect(found?.handle).not.toBe(file?.handle);
    const pieces = await readFrom(again, found?.handle ?? '', 0);
    expect(digestOf(pieces)).toBe(taken && digestOfTaken(taken));
  });

  it('is noticed when nothing moves for too long, and only then', async () => {
    const script = `stall:${HALF}:600`;
    const patient = await cameraOf(script);
    const [first] = await patient.shoot();
    const riding = await connect(patient);
    const [there] = await riding.list();
    const pieces = await readFrom(riding, there?.handle ?? '', 0);
    expect(digestOf(pieces)).toBe(first && digestOfTaken(first));

    const stuck = await cameraOf(`stall:${HALF}:60000`);
    await stuck.shoot();
    const connection = await connect(stuck, { answerMs: 200 });
    const [file] = await connection.list();
    await expect(readFrom(connection, file?.handle ?? '', 0)).rejects.toMatchObject({
      code: 'CAMERA_GONE',
      message: expect.stringContaining('stopped answering'),
    });
  });
});

describe('events that are not as they should be', () => {
  it('lost ones are found by comparing, doubled ones name the same file', async () => {
    const camera = await cameraOf('lose-event:1,double-event:2');
    const connection = await connect(camera);
    await camera.shoot(2);
    const told = await eventsUntil(connection, 'captureComplete');
    told.push(...(await eventsUntil(connection, 'captureComplete')));
    const handles = told.flatMap((event) => (event.kind === 'added' ? [event.handle] : []));
    const files = [];
    for (const handle of handles) files.push(await connection.describe(handle));
    expect(files.map((file) => file?.name ?? 'folder')).toEqual([
      'folder',
      'folder',
      'SIM_0002.DNG',
      'SIM_0002.DNG',
    ]);
    expect(new Set(handles).size).toBe(3);
    const names = (await connection.list()).map(({ name }) => name);
    expect(names).toEqual(['SIM_0001.DNG', 'SIM_0002.DNG']);
  });

  it('a way of events that breaks is not the end: files are compared from then on', async () => {
    const camera = await cameraOf('close-events:1');
    const notes: string[] = [];
    const connection = await connect(camera, { onNote: (note) => notes.push(note) });
    await camera.shoot();
    await eventsUntil(connection, 'changed');
    expect(notes).toEqual([expect.stringContaining('files are compared')]);
    await camera.shoot();
    expect(await connection.list()).toHaveLength(2);
    await eventsUntil(connection, 'changed');
  });

  it('a full card is told of', async () => {
    const camera = await cameraOf('store-full:0');
    const connection = await connect(camera);
    await camera.shoot();
    expect(await eventsUntil(connection, 'storeFull')).toHaveLength(1);
  });
});

describe('a camera that is wrong about a file', () => {
  it.each(['size-smaller:1', 'size-larger:1', 'cut:1:700000'])('%s', async (script) => {
    const camera = await cameraOf(script);
    const connection = await connect(camera);
    const [taken] = await camera.shoot();
    const [file] = await nextFiles(connection, 1);
    const pieces = await readFrom(connection, file?.handle ?? '', 0);
    expect(digestOf(pieces)).toBe(taken && digestOfTaken(taken));
  });
});

describe('a camera that is busy', () => {
  it('is asked again', async () => {
    const camera = await cameraOf('busy:4:5');
    const connection = await connect(camera);
    await camera.shoot();
    expect(await connection.list()).toHaveLength(1);
    expect(camera.faultsLeft).toEqual([]);
  });

  it('for a bounded time', async () => {
    const camera = await cameraOf('busy:3:10000');
    const connection = await connect(camera, { busyMs: 200 });
    await expect(connection.list()).rejects.toEqual(expectError('CAMERA_BUSY'));
  });
});

describe('a camera that does not let in', () => {
  it('says so', async () => {
    const camera = await cameraOf('init-fail:1');
    await expect(connect(camera)).rejects.toEqual(expectError('CAMERA_REFUSED'));
    expect((await connect(camera)).info().serial).toBe('7000001');
  });

  it('is not there at all', async () => {
    const camera = await cameraOf('');
    await camera.close();
    await expect(connect(camera)).rejects.toEqual(expectError('CAMERA_UNREACHABLE'));
  });

  it('talks nonsense: nothing is believed any more', async () => {
    const camera = await cameraOf('garbage:3');
    const connection = await connect(camera);
    await expect(connection.list()).rejects.toEqual(expectError('CAMERA_PROTOCOL'));
    await eventsUntil(connection, 'lost');
    await expect(connection.list()).rejects.toEqual(expectError('CAMERA_GONE'));
  });

  it('asks whether anybody is there, and hears', async () => {
    const camera = await cameraOf('probe');
    const connection = await connect(camera);
    await camera.shoot();
    expect(await connection.list()).toHaveLength(1);
  });
});

describe('frame after frame', () => {
  it('a second shot is told of while the first is read', async () => {
    const camera = await cameraOf('');
    const connection = await connect(camera);
    await camera.shoot();
    const [first] = await nextFiles(connection, 1);
    const pieces = [await connection.read(first?.handle ?? '', 0, 1_100_000)];
    const [, second] = await Promise.all([camera.shoot(), nextFiles(connection, 1)]);
    expect(second[0]?.name).toBe('SIM_0002.DNG');
    await readFrom(connection, first?.handle ?? '', 1_100_000, pieces);
    const [taken] = camera.taken;
    expect(digestOf(pieces)).toBe(taken && digestOfTaken(taken));
  });

  it('a burst of 100 pairs comes whole', async () => {
    const frames = patternFrames({ seed: 6, sizeBytes: 20_000, jpegBytes: 5000 });
    const camera = await cameraOf('', { frames });
    const connection = await connect(camera);
    const shooting = camera.shoot(100);
    const digests: string[] = [];
    for (const file of await nextFiles(connection, 200)) {
      digests.push(digestOf(await readFrom(connection, file.handle, 0)));
    }
    expect(digests).toEqual((await shooting).map(digestOfTaken));
  });

  it.each(['nikon', 'canon', 'sony'] as const)('%s: pairs come from memory', async (profile) => {
    const frames = patternFrames({ seed: 8, sizeBytes: 200_000, jpegBytes: 50_000 });
    const camera = await cameraOf('', { profile, frames });
    const connection = await connect(camera, { destination: 'host' });
    expect(connection.capabilities.hasMemoryFrames).toBe(true);
    // A Nikon's own shutter goes to its card whatever the host wants.
    if (profile === 'nikon') for (let shot = 0; shot < 3; shot += 1) await connection.capture();
    else await camera.shoot(3);
    const digests: string[] = [];
    for await (const event of connection.events()) {
      if (event.kind !== 'added' || !event.isOnlyInMemory) continue;
      digests.push(digestOf(await readFrom(connection, event.handle, 0)));
      await connection.acknowledge(event.handle);
      if (digests.length === 6) break;
    }
    expect(digests).toEqual(camera.taken.map(digestOfTaken));
    expect((await connection.list()).filter(({ isOnlyInMemory }) => isOnlyInMemory)).toEqual([]);
    expect(camera.deletes).toBe(0);
  });
});

describe('a connection that is closed during a shot', () => {
  it('leaves a Nikon in the mode it was found in', async () => {
    const camera = await cameraOf('', { profile: 'nikon', shutterMs: 100 });
    const connection = await connect(camera);
    const shot = connection.capture();
    await connection.close();
    await shot;
    const modes = camera.log.last.filter(({ code }) => code === NIKON.changeCameraMode);
    expect(modes.map(({ params }) => params)).toEqual([[1], [0]]);
    expect(camera.log.last.at(-1)?.code).toBe(OPERATION.closeSession);
    expect(camera.taken).toHaveLength(1);
  });

  it('does not wait for ever', async () => {
    const camera = await cameraOf('', { profile: 'nikon', shutterMs: 60_000 });
    const connection = await connect(camera);
    const shot = expect(connection.capture()).rejects.toEqual(expectError('CAMERA_GONE'));
    await connection.close();
    await shot;
  });
});

describe('files of 4 GiB and more', () => {
  it.each(['generic', 'nikon', 'canon'] as const)('%s gives any part of them', async (profile) => {
    const frames = patternFrames({ seed: 9, sizeBytes: 5_000_000_000 });
    const camera = await cameraOf('', { profile, frames });
    const connection = await connect(camera);
    expect(connection.capabilities.hasObjectSizes64).toBe(true);
    await camera.shoot();
    const [file] = await nextFiles(connection, 1);
    // The standard has no operation that tells such a size: then the end is where the bytes end.
    expect(file?.sizeBytes).toBe(profile === 'generic' ? null : 5_000_000_000);
    const [taken] = camera.taken;
    for (const offset of [4_294_967_000, 4_999_999_900]) {
      const bytes = await connection.read(file?.handle ?? '', offset, 1000);
      expect(Buffer.from(bytes)).toEqual(Buffer.from(taken?.file.read(offset, 1000) ?? []));
    }
  });
});
