import { describe, expect, it } from 'vitest';
import { CARD, DEVICE, OddCamera } from '../../../test/odd-camera.ts';
import { type CameraUnderTest, cameraContract } from '../../testing/index.ts';
import type { CameraConnection, CameraEvent } from '../connection.ts';
import { CANON, NIKON } from '../vendors/codes.ts';
import { ByteWriter } from './bytes.ts';
import { EVENT, OPERATION, RESPONSE } from './codes.ts';
import { encodeDeviceInfo } from './datasets.ts';

const NOTHING = new Uint8Array(0);
const FOLDER = { format: 0x3001, associationType: 1 };
const BYTES = Uint8Array.from({ length: 5000 }, (_, index) => index % 251);
const WHOLE = [OPERATION.getObject];
const PARTS = [OPERATION.getPartialObject];

async function whole(connection: CameraConnection, handle = '00000001'): Promise<number> {
  return (await connection.read(handle, 0, 100_000)).length;
}

async function make(): Promise<CameraUnderTest> {
  const camera = new OddCamera(WHOLE);
  const connection = await camera.open();
  expect(connection.capabilities.hasPartialRead).toBe(false);
  let raw = 0;
  return {
    connection,
    shoot: async () => {
      raw += 1;
      camera.put(raw, BYTES);
      camera.tell(EVENT.objectAdded, raw);
      return { name: `IMG_${raw}.NEF`, bytes: BYTES };
    },
    close: async () => undefined,
  };
}

cameraContract({ describe, it }, 'a camera that gives files whole', make);

describe('a camera that gives files whole', () => {
  it('refuses by name what is too large to hold', async () => {
    const camera = new OddCamera(WHOLE);
    camera.put(1, BYTES, { sizeBytes: 600_000_000 });
    const connection = await camera.open();
    await connection.list();
    await expect(whole(connection)).rejects.toMatchObject({
      code: 'CAMERA_REFUSED',
      message: expect.stringContaining('600000000 bytes'),
    });
    expect(camera.asked.some(({ operation }) => operation === OPERATION.getObject)).toBe(false);
  });

  it('may send twice what it said, and no more', async () => {
    const camera = new OddCamera(WHOLE);
    camera.put(1, BYTES, { sizeBytes: 4000 });
    const connection = await camera.open();
    await connection.list();
    expect(await whole(connection)).toBe(5000);
    const asked = camera.asked.find(({ operation }) => operation === OPERATION.getObject);
    expect(asked?.dataBytesMax).toBe(2 * 4000 + 1_048_576);
  });
});

describe('a camera that gives parts', () => {
  it.each([
    ['shorter than asked', 100, 5000],
    ['of one byte', 1, null],
  ])('%s', async (_, partBytes, expected) => {
    const camera = new OddCamera(PARTS, ({ operation, params: [, offset = 0] }) =>
      operation === OPERATION.getPartialObject
        ? { data: BYTES.subarray(offset, offset + partBytes) }
        : null,
    );
    camera.put(1, BYTES);
    const connection = await camera.open();
    if (expected !== null) expect(await whole(connection)).toBe(expected);
    else await expect(whole(connection)).rejects.toMatchObject({ code: 'CAMERA_PROTOCOL' });
  });

  it('and says "wrong" behind an end that it did not tell', async () => {
    const camera = new OddCamera(PARTS, ({ operation, params: [, offset = 0] }) =>
      operation === OPERATION.getPartialObject && offset >= 5000
        ? { code: RESPONSE.invalidParameter }
        : null,
    );
    camera.put(1, BYTES, { sizeBytes: null });
    const connection = await camera.open();
    expect((await connection.describe('00000001'))?.sizeBytes).toBeNull();
    expect(await whole(connection)).toBe(5000);
  });

  it('and breaks off inside each of them', async () => {
    const camera = new OddCamera(PARTS, ({ operation }) =>
      operation === OPERATION.getPartialObject ? { code: RESPONSE.incompleteTransfer } : null,
    );
    camera.put(1, BYTES);
    const connection = await camera.open();
    await expect(whole(connection)).rejects.toMatchObject({ code: 'CAMERA_REFUSED' });
    const parts = camera.asked.filter(({ operation }) => operation === OPERATION.getPartialObject);
    expect(parts).toHaveLength(3);
  });
});

describe('what a camera says of its files', () => {
  it('folders in a circle end', async () => {
    const camera = new OddCamera(PARTS);
    camera.put(1, NOTHING, { ...FOLDER, name: 'A', parent: 2 });
    camera.put(2, NOTHING, { ...FOLDER, name: 'B', parent: 1 });
    camera.put(3, BYTES, { parent: 1 });
    const connection = await camera.open();
    const [file, ...more] = await connection.list();
    expect(more).toEqual([]);
    expect(file?.folder.split('/').length).toBeLessThanOrEqual(16);
    expect(await connection.describe('00000003')).toEqual(file);
    expect(await connection.describe('00000001')).toBeNull();
  });

  it('a file whose description is broken is a file all the same', async () => {
    const camera = new OddCamera(PARTS);
    camera.put(1, BYTES);
    camera.files.set(1, { info: Uint8Array.of(1, 2, 3), bytes: BYTES });
    const connection = await camera.open();
    expect(await connection.list()).toMatchObject([{ name: '', sizeBytes: null }]);
    expect(await whole(connection)).toBe(5000);
  });

  it('a number that is used again is another file', async () => {
    const camera = new OddCamera(PARTS);
    camera.put(1, BYTES);
    const connection = await camera.open();
    const [before] = await connection.list();
    camera.files.clear();
    camera.tell(EVENT.objectRemoved, 1);
    camera.put(1, BYTES.subarray(0, 10));
    camera.tell(EVENT.objectAdded, 1);
    const [after] = await connection.list();
    expect(after?.handle).not.toBe(before?.handle);
    expect(await connection.describe(before?.handle ?? '')).toBeNull();
    await expect(whole(connection, before?.handle)).rejects.toMatchObject({
      code: 'CAMERA_REFUSED',
    });
    expect(await whole(connection, after?.handle)).toBe(10);
  });

  it('so is every number of another card, and one whose removal nobody told of', async () => {
    const camera = new OddCamera(PARTS);
    camera.put(1, BYTES);
    const connection = await camera.open();
    const handles = new Set([(await connection.list())[0]?.handle]);
    camera.tell(EVENT.storeAdded, CARD);
    handles.add((await connection.list())[0]?.handle);
    camera.files.clear();
    expect(await connection.list()).toEqual([]);
    camera.put(1, BYTES);
    handles.add((await connection.list())[0]?.handle);
    expect(handles.size).toBe(3);
  });
});

describe('a Canon that lists in its own way only', () => {
  /** One entry of 9109. */
  function entry(raw: number, parent: number, name: string, isFolder: boolean): Uint8Array {
    const writer = new ByteWriter()
      .u32(0x38)
      .u32(raw)
      .u32(CARD)
      .u32(isFolder ? 0x3001 : 0xb108);
    writer
      .u32(isFolder ? 1 : 0)
      .u32(0)
      .u32(5000)
      .u32(parent)
      .u32(raw);
    const letters = new Uint8Array(16);
    letters.set(new TextEncoder().encode(name));
    return writer.bytes(letters).u32(1_795_338_000).done();
  }

  it('is listed folder by folder', async () => {
    const operations = [...PARTS, CANON.getEvent];
    const camera = new OddCamera(operations, ({ operation, params: [, parent] }) => {
      if (operation === OPERATION.getObjectHandles) return { code: RESPONSE.notSupported };
      if (operation === CANON.getEvent) return { data: new ByteWriter().u32(8).u32(0).done() };
      if (operation !== CANON.getObjectInfoEx) return null;
      const found = parent === 1 ? entry(2, 1, 'IMG_0002.CR3', false) : entry(1, 0, 'DCIM', true);
      return { data: Buffer.concat([new ByteWriter().u32(1).done(), found]) };
    });
    camera.put(2, BYTES);
    const info = { ...DEVICE, operations, maker: 'Canon Inc.' };
    const connection = await describedAs(camera, encodeDeviceInfo(info));
    expect(await connection.list()).toEqual([
      {
        ...{ handle: '00000002', name: 'IMG_0002.CR3', folder: 'DCIM', sizeBytes: 5000 },
        ...{ capturedLocal: '2026-11-22T09:00:00', isOnlyInMemory: false },
      },
    ]);
    expect(await whole(connection, '00000002')).toBe(5000);
    await connection.close();
  });
});

describe('sessions and events', () => {
  it.each([
    ['is open already', RESPONSE.sessionAlreadyOpen, 1],
    ['has another number', RESPONSE.invalidTransaction, 10],
  ])('a session that %s', async (_, code, tries) => {
    const camera = new OddCamera(PARTS, ({ operation }) =>
      operation === OPERATION.openSession ? { code } : null,
    );
    const [opened] = await Promise.allSettled([camera.open()]);
    expect(opened.status).toBe(tries === 1 ? 'fulfilled' : 'rejected');
    const asked = camera.asked.filter(({ operation }) => operation === OPERATION.openSession);
    expect(asked.map(({ transaction }) => transaction)).toEqual(new Array(tries).fill(0));
  });

  it('a flood of events that nobody takes becomes one word', async () => {
    const camera = new OddCamera(PARTS);
    const connection = await camera.open();
    for (let raw = 1; raw <= 20_000; raw += 1) {
      camera.tell(EVENT.propertyChanged, 0x5001);
      camera.tell(EVENT.objectAdded, raw);
    }
    await connection.close();
    const events = await Array.fromAsync(connection.events());
    expect(events.length).toBeLessThanOrEqual(4096);
    expect(events[0]).toEqual({ kind: 'changed' });
    expect(events.at(-1)).toMatchObject({ kind: 'added', handle: '00004e20' });
  });

  it('what it tells and nobody understands is not the end: files are compared', async () => {
    let polls = 0;
    const camera = new OddCamera([...PARTS, NIKON.getEvent], ({ operation }) => {
      if (operation !== NIKON.getEvent) return null;
      polls += 1;
      // Nine events in two bytes, then none.
      return { data: Uint8Array.of(polls === 1 ? 9 : 0, 0) };
    });
    const nikon = await openNikon(camera, [...PARTS, NIKON.getEvent]);
    for await (const event of nikon.events()) {
      expect(event.kind).toBe('changed');
      break;
    }
    const before = polls;
    await expect.poll(() => polls).toBeGreaterThan(before + 1);
    await nikon.close();
  });

  it('closing cancels what runs, and waits for the camera to say so', async () => {
    let cancelled = 0;
    const begun = Promise.withResolvers<void>();
    const camera = new OddCamera(PARTS);
    camera.put(1, BYTES);
    const connection = await camera.open();
    const transact = camera.transact.bind(camera);
    camera.transact = (request) => {
      if (request.operation !== OPERATION.getPartialObject) return transact(request);
      begun.resolve();
      return new Promise((resolve) => {
        request.signal?.addEventListener('abort', () => {
          cancelled += 1;
          const reply = { code: RESPONSE.cancelled, transaction: request.transaction, params: [] };
          resolve({ data: NOTHING, reply });
        });
      });
    };
    const reading = whole(connection);
    await begun.promise;
    const waiting = connection.list();
    await Promise.all([
      expect(reading).rejects.toMatchObject({ code: 'CAMERA_REFUSED' }),
      expect(waiting).rejects.toMatchObject({ code: 'CAMERA_GONE' }),
      connection.close(),
    ]);
    expect(cancelled).toBe(1);
    expect(camera.asked.at(-1)?.operation).toBe(OPERATION.closeSession);
  });

  it('frames of one number in the memory of a Nikon come one by one', async () => {
    const camera = new OddCamera([...PARTS, NIKON.captureToMedia]);
    camera.put(0xffff0001, BYTES, { name: 'DSC_0001.NEF' });
    const told: CameraEvent[] = [];
    const connection = await openNikon(camera);
    const listening = (async () => {
      for await (const event of connection.events()) told.push(event);
    })();
    camera.tell(EVENT.nikonAddedInMemory, 0);
    camera.tell(EVENT.nikonAddedInMemory, 0xffff0001);
    expect(await whole(connection, 'memory:1')).toBe(5000);
    for (let rest = 0; rest < 20; rest += 1) await Promise.resolve();
    expect(told).toHaveLength(1);
    await connection.acknowledge('memory:1');
    expect(camera.asked.at(-1)).toMatchObject({
      operation: NIKON.releaseMemoryFrame,
      params: [0xffff0001],
    });
    expect((await connection.describe('memory:2'))?.isOnlyInMemory).toBe(true);
    await connection.close();
    await listening;
    expect(told).toHaveLength(2);
  });
});

function openNikon(
  camera: OddCamera,
  operations: readonly number[] = [...PARTS, NIKON.captureToMedia],
): Promise<CameraConnection> {
  return describedAs(camera, encodeDeviceInfo({ ...DEVICE, operations, vendorExtensionId: 10 }));
}

function describedAs(camera: OddCamera, info: Uint8Array): Promise<CameraConnection> {
  const transact = camera.transact.bind(camera);
  camera.transact = async (request) => {
    const answer = await transact(request);
    return request.operation === OPERATION.getDeviceInfo ? { ...answer, data: info } : answer;
  };
  return camera.open({ destination: 'host' });
}
