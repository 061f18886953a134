import { afterEach, describe, expect, it } from 'vitest';
import { type BareClient, connectBare } from '../../../test/ptp-client.ts';
import {
  ByteReader,
  ByteWriter,
  CANON,
  decodeObjectInfo,
  NIKON,
  OPERATION,
  RESPONSE,
  readPropertyDesc,
  SONY,
} from '../../capture/index.ts';
import { openNodeWorld } from '../../platform/index.ts';
import { parseCameraFaults } from './camera-faults.ts';
import { patternFrames } from './camera-frames.ts';
import type { ProfileName } from './camera-profile.ts';
import { CAMERA_OPERATION } from './ptp-numbers.ts';
import { openSimCamera, type RunningCamera } from './running-camera.ts';

// Layouts are read here by their offsets (libgphoto2, camlibs/ptp2), not by the client's decoders.

const world = openNodeWorld();
const open: RunningCamera[] = [];

afterEach(async () => {
  for (const camera of open.splice(0)) await camera.close();
});

async function begin(
  profile: ProfileName,
  script = '',
  sizeBytes = 5000,
): Promise<{ readonly camera: RunningCamera; readonly client: BareClient }> {
  const frames = patternFrames({ seed: 1, sizeBytes, jpegBytes: 900 });
  const faults = parseCameraFaults(script);
  const camera = await openSimCamera(world.clock, { profile, frames, faults, shutterMs: 0 });
  open.push(camera);
  return { camera, client: await connectBare(world, camera.port) };
}

async function dataOf(client: BareClient, code: number, ...params: number[]): Promise<Buffer> {
  const answered = await client.ask(code, ...params);
  expect(answered?.code).toBe(RESPONSE.ok);
  return Buffer.from(answered?.data ?? []);
}

describe('a simulated Nikon', () => {
  /** `code parameter` of each event that waits. */
  async function eventsOf(client: BareClient): Promise<readonly string[]> {
    const data = await dataOf(client, NIKON.getEvent);
    expect(data.length).toBe(2 + 6 * data.readUInt16LE(0));
    return Array.from({ length: data.readUInt16LE(0) }, (_value, index) => {
      const at = 2 + 6 * index;
      return `${data.readUInt16LE(at).toString(16)} ${data.readUInt32LE(at + 2).toString(16)}`;
    });
  }

  /** Waits until no shot is being taken. */
  async function ready(client: BareClient): Promise<void> {
    while ((await client.ask(NIKON.deviceReady))?.code === RESPONSE.busy);
  }

  it('keeps its events until it is asked, and says each once', async () => {
    const { camera, client } = await begin('nikon');
    await camera.shoot();
    expect(await eventsOf(client)).toEqual(['4002 1', '4002 2', '4002 3', '4002 4', '400d 0']);
    expect(await eventsOf(client)).toEqual([]);
  });

  it('says the same by 941C, with a count of parameters', async () => {
    const { camera, client } = await begin('nikon');
    await camera.shoot();
    const data = await dataOf(client, NIKON.getEventEx);
    expect([data.readUInt16LE(0), data.length]).toEqual([5, 4 + 5 * 8]);
    const first = [data.readUInt16LE(4), data.readUInt16LE(6), data.readUInt32LE(8)];
    expect(first).toEqual([0x4002, 1, 1]);
    expect(await eventsOf(client)).toEqual([]);
  });

  it('shoots to the card or into memory, as 9207 says', async () => {
    const { camera, client } = await begin('nikon');
    await client.ask(NIKON.captureToMedia, 0xffffffff, 0);
    await ready(client);
    expect(camera.onCard.length).toBe(2);
    await eventsOf(client);
    await client.ask(NIKON.captureToMedia, 0xffffffff, 1);
    await ready(client);
    expect([camera.onCard.length, camera.inMemory.length]).toEqual([2, 2]);
    expect(await eventsOf(client)).toEqual(['c101 ffff0001', 'c101 ffff0002', 'c102 0']);
    expect((await client.ask(NIKON.releaseMemoryFrame, 0xffff0001))?.code).toBe(RESPONSE.ok);
    expect((await client.ask(CAMERA_OPERATION.deleteObject, 0xffff0002))?.code).toBe(RESPONSE.ok);
    expect([camera.inMemory, camera.deletes]).toEqual([[], 0]);
  });

  it('knows 64-bit sizes and offsets', async () => {
    const { camera, client } = await begin('nikon');
    const [taken] = await camera.shoot();
    expect((await dataOf(client, NIKON.getObjectSize, 3)).readBigUInt64LE()).toBe(5000n);
    const part = await dataOf(client, NIKON.getPartialObjectEx, 3, 100, 0, 50, 0);
    expect([...part]).toEqual([...(taken?.file.read(100, 50) ?? [])]);
  });
});

describe('a simulated Canon EOS', () => {
  interface Entry {
    readonly type: string;
    readonly bytes: Buffer;
  }

  /** Entries of 9116, the closing one left out. */
  async function entriesOf(client: BareClient): Promise<readonly Entry[]> {
    const data = await dataOf(client, CANON.getEvent);
    const entries: Entry[] = [];
    for (let at = 0; data.readUInt32LE(at + 4) !== 0; at += data.readUInt32LE(at)) {
      const bytes = data.subarray(at, at + data.readUInt32LE(at));
      entries.push({ type: bytes.readUInt32LE(4).toString(16), bytes });
    }
    expect([...data.subarray(-8)]).toEqual([8, 0, 0, 0, 0, 0, 0, 0]);
    return entries;
  }

  function setting(property: number, value: number): Uint8Array {
    return new ByteWriter().u32(12).u32(property).u32(value).done();
  }

  function nameIn(bytes: Buffer, at: number): string {
    return bytes.toString('latin1', at, bytes.indexOf(0, at));
  }

  it('says where frames go when events are switched on, and what it can do', async () => {
    const { client } = await begin('canon');
    await client.ask(CANON.setEventMode, 1);
    const values = (await entriesOf(client)).map(({ type, bytes }) => [
      type,
      bytes.readUInt32LE(8).toString(16),
      bytes.readUInt32LE(12),
    ]);
    expect(values.slice(0, 3)).toEqual([
      ['c189', 'd11c', 2],
      ['c189', 'd11b', 900],
      ['c189', 'd1b0', 0],
    ]);
    expect(values.at(-1)).toEqual(['c18a', 'd11c', 3]);
    const info = new ByteReader(await dataOf(client, CANON.getDeviceInfoEx), 'info');
    expect(info.u32()).toBe(info.left + 4);
    for (let list = 0; list < 3; list++) expect(info.array32().length).toBeGreaterThan(0);
  });

  it('tells of frames on the card, each at its offset', async () => {
    const { camera, client } = await begin('canon');
    await client.ask(CANON.releaseOn, 1, 0);
    expect(camera.taken).toEqual([]);
    await camera.shoot();
    const [raw, jpeg] = await entriesOf(client);
    expect([raw?.type, jpeg?.type]).toEqual(['c181', 'c181']);
    expect(raw?.bytes.readUInt32LE(8)).toBe(3);
    expect(raw?.bytes.readUInt32LE(0x1c)).toBe(5000);
    expect(raw?.bytes.readUInt32LE(0x20)).toBe(2);
    expect(nameIn(raw?.bytes ?? Buffer.alloc(64), 0x28)).toBe('IMG_0001.DNG');
  });

  it('keeps frames for the host until it has them, and believes it full before it was told', async () => {
    const { camera, client } = await begin('canon');
    await client.send(CANON.setPropertyEx, setting(0xd11c, 4));
    const before = (await entriesOf(client)).map(({ bytes }) => bytes.readUInt32LE(12));
    expect(before).toEqual([0, 4]);
    await client.ask(CANON.reportHostCapacity, 0x0fffffff, 0x1000, 1);
    expect((await entriesOf(client))[0]?.bytes.readUInt32LE(12)).toBe(900);
    await camera.shoot();
    const [raw] = await entriesOf(client);
    expect([raw?.type, camera.onCard]).toEqual(['c186', []]);
    expect(raw?.bytes.readUInt32LE(0x14)).toBe(5000);
    expect(nameIn(raw?.bytes ?? Buffer.alloc(64), 0x1c)).toBe('IMG_0001.DNG');
    const handle = raw?.bytes.readUInt32LE(8) ?? 0;
    const part = await dataOf(client, CANON.getPartialObject, handle, 4990, 100);
    expect(part.length).toBe(10);
    expect((await client.ask(CANON.transferComplete, handle))?.code).toBe(RESPONSE.ok);
    expect(camera.inMemory).toEqual(['IMG_0001.JPG']);
    const wrong = await client.send(CANON.setPropertyEx, setting(0xd11c, 3));
    expect(wrong?.code).toBe(RESPONSE.invalidParameter);
  });

  it('lists a folder in entries of 38 hex bytes', async () => {
    const { camera, client } = await begin('canon');
    await camera.shoot();
    const listed = await client.ask(CANON.getObjectInfoEx, 0xffffffff, 2, 0x100000);
    const data = Buffer.from(listed?.data ?? []);
    expect(listed?.params).toEqual([0, 0x3c]);
    expect([data.readUInt32LE(0), data.length]).toEqual([2, 4 + 2 * 0x38]);
    const entry = data.subarray(4, 4 + 0x38);
    expect(entry.readUInt32LE(0)).toBe(0x38);
    expect(entry.readUInt32LE(4 + 0x14)).toBe(5000);
    expect(nameIn(entry, 4 + 0x20)).toBe('IMG_0001.DNG');
  });

  it('has entries and reads of its own for files beyond 4 GiB', async () => {
    const { camera, client } = await begin('canon', '', 5_000_000_000);
    const [taken] = await camera.shoot();
    const [raw] = await entriesOf(client);
    expect(raw?.type).toBe('c1a7');
    expect(raw?.bytes.readBigUInt64LE(0x1c)).toBe(5_000_000_000n);
    expect(raw?.bytes.readUInt32LE(0x24)).toBe(2);
    expect(nameIn(raw?.bytes ?? Buffer.alloc(64), 0x2c)).toBe('IMG_0001.DNG');
    const part = await dataOf(client, CANON.getPartialObject64, 3, 100, 1, 50);
    expect([...part]).toEqual([...(taken?.file.read(2 ** 32 + 100, 50) ?? [])]);
  });

  it('tells a full card by the shots that are left', async () => {
    const { camera, client } = await begin('canon', 'store-full:0');
    await camera.shoot();
    const [entry] = await entriesOf(client);
    expect(entry?.bytes.readUInt32LE(8)).toBe(0xd11b);
    expect(entry?.bytes.readUInt32LE(12)).toBe(0);
  });
});

describe('a simulated Sony', () => {
  const FRAME = 0xffff_c001;

  async function waiting(client: BareClient): Promise<number | undefined> {
    const reader = new ByteReader(await dataOf(client, SONY.getAllProperties), 'properties');
    const count = reader.u64() ?? 0;
    const descs = Array.from({ length: count }, () => readPropertyDesc(reader, true));
    expect(reader.left).toBe(0);
    return Number(descs.find(({ property }) => property === 0xd215)?.current);
  }

  it('hands the frames of a pair over one by one, by the same handle', async () => {
    const { camera, client } = await begin('sony');
    expect(await waiting(client)).toBe(0);
    await client.send(SONY.setControlB, new Uint8Array([2, 0]), 0xd2c1);
    await client.send(SONY.setControlB, new Uint8Array([2, 0]), 0xd2c2);
    expect(await client.eventsUntil(0xc203)).toEqual([
      `c201 ${FRAME}`,
      `c201 ${FRAME}`,
      `c203 ${0xd215}`,
    ]);
    expect(await waiting(client)).toBe(0x8002);
    const names: string[] = [];
    for (let left = 2; left > 0; left--) {
      names.push(decodeObjectInfo(await dataOf(client, OPERATION.getObjectInfo, FRAME)).name);
      expect((await client.ask(OPERATION.getPartialObject, FRAME, 0, 9))?.code).toBe(
        RESPONSE.invalidHandle,
      );
      await dataOf(client, OPERATION.getObject, FRAME);
    }
    expect(names).toEqual(['DSC00001.DNG', 'DSC00001.JPG']);
    expect(await waiting(client)).toBe(0);
    expect((await client.ask(OPERATION.getObject, FRAME))?.code).toBe(RESPONSE.invalidHandle);
    expect(camera.onCard.length).toBe(2);
  });

  it('keeps a frame that was cut for the next try', async () => {
    const { camera, client } = await begin('sony', 'cut:1:100');
    await camera.shoot();
    const cut = await client.ask(OPERATION.getObject, FRAME);
    expect([cut?.code, cut?.data.length]).toEqual([RESPONSE.incompleteTransfer, 100]);
    expect((await dataOf(client, OPERATION.getObject, FRAME)).length).toBe(5000);
  });

  it('puts frames on its card alone while nobody is there', async () => {
    const { camera, client } = await begin('sony');
    await client.ask(OPERATION.closeSession);
    await camera.shoot();
    expect([camera.inMemory.length, camera.onCard.length]).toEqual([0, 2]);
  });
});
