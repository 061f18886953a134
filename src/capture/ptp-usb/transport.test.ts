import { describe, expect, it } from 'vitest';
import { FieldVaultError } from '../../base/index.ts';
import { type ByteStream, openNodeWorld, type UsbEndpoints } from '../../platform/index.ts';
import {
  type CameraUnderTest,
  cameraContract,
  openSimCamera,
  patternFrames,
  pickBelow,
  type RunningCamera,
  seededRandom,
} from '../../testing/index.ts';
import type { CameraConnection } from '../connection.ts';
import { openUsbEndpoints } from '../open-camera.ts';
import { decodeContainerHeader, encodeContainer, encodeDataContainer } from '../ptp/messages.ts';
import { StreamReader, writeAll } from '../ptp/stream-reader.ts';
import type { PtpAnswer, PtpRequest, PtpTransport } from '../ptp/transport.ts';
import { encodeFujiInit } from '../ptp-ip/fuji-transport.ts';
import { openPtpUsb } from './transport.ts';

const world = openNodeWorld();
const PACKET = 512;

/** One transfer after the other, as a device of 512-byte packets gives it. */
class Transfers {
  readonly #waiting: Uint8Array[] = [];
  #wake: () => void = () => undefined;
  #isClosed = false;

  /** One container, one transfer; a packet of zero length ends it where its last packet is full. */
  push(container: Uint8Array): void {
    this.#waiting.push(container);
    if (container.length % PACKET === 0) this.#waiting.push(new Uint8Array(0));
    this.#wake();
  }

  async take(maxBytes: number): Promise<Uint8Array> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) {
        if (next.length > maxBytes) this.#waiting.unshift(next.subarray(maxBytes));
        return next.subarray(0, maxBytes);
      }
      if (this.#isClosed) throw Object.assign(new Error('no device'), { code: 'ENODEV' });
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#wake();
  }
}

/** Fuji's TCP carries the containers of USB: the simulated one, seen through endpoints. */
async function plugIn(camera: RunningCamera): Promise<UsbEndpoints> {
  const connect = (port: number): Promise<ByteStream> =>
    world.network.connect({ host: '127.0.0.1', port });
  const commands = await connect(camera.port);
  const reader = new StreamReader(commands);
  await commands.write(encodeFujiInit(new Uint8Array(16), 'test'));
  await reader.exactly(68);
  const answers = new Transfers();
  const events = new Transfers();
  const pump = async (from: StreamReader, to: Transfers): Promise<void> => {
    try {
      for (;;) to.push(await readContainer(from));
    } catch {
      to.close();
    }
  };
  void pump(reader, answers);
  const open: ByteStream[] = [commands];
  return {
    maxPacketSize: PACKET,
    bulkOut: async (data) => {
      await writeAll(commands, data);
      // Its events have a line of their own, which is there once it was told to take pictures.
      if (data[6] !== 0x1c || data[7] !== 0x10) return;
      await world.clock.sleep(20);
      const line = await connect(camera.port + 1);
      open.push(line);
      void pump(new StreamReader(line), events);
    },
    bulkIn: (maxBytes) => answers.take(maxBytes),
    interruptIn: () => events.take(64),
    controlOut: async () => undefined,
    clearHalt: async () => undefined,
    close: async () => {
      for (const stream of open) stream.close();
      events.close();
    },
  };
}

async function readContainer(reader: StreamReader): Promise<Uint8Array> {
  const head = await reader.exactly(12);
  const bytes = new Uint8Array(decodeContainerHeader(head).sizeBytes);
  bytes.set(head);
  for (let at = 12; at < bytes.length; ) {
    const piece = await reader.some(bytes.length - at);
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

async function make(): Promise<CameraUnderTest> {
  // With 12 bytes before them they fill their last packet.
  const frames = patternFrames({ seed: 2, sizeBytes: 2000 * PACKET - 12 });
  const camera = await openSimCamera(world.clock, { profile: 'fuji', frames, shutterMs: 0 });
  const connection: CameraConnection = await openUsbEndpoints(world, await plugIn(camera));
  return {
    connection,
    shoot: async () => {
      const [taken] = await camera.shoot();
      return { name: taken?.name ?? '', bytes: taken?.file.read(0, 2000 * PACKET) ?? Buffer.of() };
    },
    close: () => camera.close(),
  };
}

cameraContract({ describe, it }, 'USB containers', make);

/** Endpoints that give these transfers, whatever is asked. */
function scripted(
  transfers: readonly (Uint8Array | Error)[],
): UsbEndpoints & { readonly sent: Uint8Array[]; readonly cleared: string[] } {
  const left = [...transfers];
  const sent: Uint8Array[] = [];
  const cleared: string[] = [];
  return {
    sent,
    cleared,
    maxPacketSize: PACKET,
    bulkOut: async (data) => {
      sent.push(data);
    },
    bulkIn: async (maxBytes) => {
      const next = left.shift();
      if (next === undefined) throw Object.assign(new Error('no device'), { code: 'ENODEV' });
      if (next instanceof Error) throw next;
      if (next.length > maxBytes) left.unshift(next.subarray(maxBytes));
      return next.subarray(0, maxBytes);
    },
    interruptIn: () => new Promise(() => undefined),
    controlOut: async () => undefined,
    clearHalt: async (endpoint) => {
      cleared.push(endpoint);
    },
    close: async () => undefined,
  };
}

const NOBODY = { notice: () => undefined, eventsEnded: () => undefined };
const ASKED: PtpRequest = {
  operation: 0x1009,
  transaction: 3,
  params: [1],
  dataBytesMax: 4_000_000,
};
const OK = encodeContainer({ kind: 'response', code: 0x2001, transaction: 3 }, [7]);

function transportOver(endpoints: UsbEndpoints): PtpTransport {
  return openPtpUsb(world, endpoints, NOBODY, { idleMs: 1000 });
}

function ask(...transfers: readonly (Uint8Array | Error)[]): Promise<PtpAnswer> {
  return transportOver(scripted(transfers)).transact(ASKED);
}

function dataOf(count: number, code = 0x1009, transaction = 3): Uint8Array {
  return encodeDataContainer({ code, transaction }, new Uint8Array(count).fill(5));
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

const EMPTY = new Uint8Array(0);

describe('openPtpUsb()', () => {
  it.each<readonly [string, number, readonly Uint8Array[]]>([
    ['a data container and a response', 100, [dataOf(100), OK]],
    ['the header alone, then the data', 100, [dataOf(100).slice(0, 12), dataOf(100).slice(12), OK]],
    ['data that fills its packets, and an empty packet', 500, [dataOf(500), EMPTY, OK]],
    ['data that fills its packets, and none', 500, [dataOf(500), OK]],
    ['many transfers', 1_100_000, [dataOf(1_100_000), OK]],
    ['the response behind the data', 100, [joined(dataOf(100), OK)]],
    ['a few bytes too many', 100, [joined(dataOf(100), EMPTY, Uint8Array.of(1, 2, 3)), OK]],
    ['no data', 0, [OK]],
    ['data without bytes', 0, [dataOf(0), OK]],
    ['an empty packet first', 100, [EMPTY, dataOf(100), OK]],
    ['an answer that came too late', 0, [encodeContainer(late(), []), OK]],
  ])('understands %s', async (_, count, transfers) => {
    const { reply, data } = await ask(...transfers);
    expect(reply).toEqual({ code: 0x2001, transaction: 3, params: [7] });
    expect(data).toEqual(new Uint8Array(count).fill(5));
  });

  it('reads a container of unknown length up to a short packet', async () => {
    const unknown = dataOf(1_100_000);
    unknown.fill(0xff, 0, 4);
    expect((await ask(unknown, OK)).data).toHaveLength(1_100_000);
  });

  it('clears a halted endpoint once, and tries once more', async () => {
    const endpoints = scripted([new Error('stall'), dataOf(10), OK]);
    expect((await transportOver(endpoints).transact(ASKED)).data).toHaveLength(10);
    expect(endpoints.cleared).toEqual(['in']);
    const stall = new Error('stall');
    await expect(ask(stall, stall, OK)).rejects.toMatchObject({ code: 'CAMERA_GONE' });
  });

  it('ends what it sends with an empty packet where its last one is full', async () => {
    const endpoints = scripted([OK]);
    const dataOut = new Uint8Array(PACKET - 12);
    await transportOver(endpoints).transact({ ...ASKED, dataOut });
    expect(endpoints.sent.map(({ length }) => length)).toEqual([16, PACKET, 0]);
  });

  it.each<readonly [string, readonly Uint8Array[]]>([
    ['less data than announced', [dataOf(5000).slice(0, 700), OK]],
    ['data of another operation', [dataOf(10, 0x1008), OK]],
    ['data of an earlier transaction', [dataOf(10, 0x1009, 2), OK]],
    ['a transaction that was never begun', [encodeContainer({ ...late(), transaction: 9 }, [])]],
    ['more data than may come', [dataOf(4_000_001), OK]],
    ['a command', [encodeContainer({ ...late(), kind: 'command', transaction: 3 }, [])]],
    ['a header that is too short', [Uint8Array.of(1, 2, 3)]],
    ['a length below the header', [Uint8Array.of(3, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0)]],
  ])('refuses %s', async (_, transfers) => {
    await expect(ask(...transfers)).rejects.toMatchObject({ code: 'CAMERA_PROTOCOL' });
  });

  it('ends with a typed error or an answer whatever 2,000 mutated answers say', async () => {
    const random = seededRandom(4);
    const bytes = joined(dataOf(1500), OK);
    for (let run = 0; run < 2000; run += 1) {
      const copy = bytes.slice(0, pickBelow(random, bytes.length + 1));
      for (let count = 0; count < 2 && copy.length > 0; count += 1) {
        copy[pickBelow(random, Math.min(copy.length, 40))] = pickBelow(random, 256);
      }
      const [answer] = await Promise.allSettled([ask(copy, OK)]);
      if (answer.status === 'fulfilled') continue;
      expect(answer.reason).toBeInstanceOf(FieldVaultError);
    }
  });
});

function late(): {
  readonly kind: 'response';
  readonly code: number;
  readonly transaction: number;
} {
  return { kind: 'response', code: 0x2019, transaction: 2 };
}
