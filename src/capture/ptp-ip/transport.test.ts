import { describe, expect, it } from 'vitest';
import type { ByteStream, Network } from '../../platform/index.ts';
import { SimClock } from '../../testing/index.ts';
import type { Notice } from '../ptp/messages.ts';
import type { PtpAnswer, PtpRequest, PtpTransport } from '../ptp/transport.ts';
import { decodePacket, decodePacketHeader, encodePacket, type Packet } from './packet.ts';
import { openPtpIp } from './transport.ts';

/** One connection, the camera's end in the hands of the test. */
class Wire implements ByteStream {
  readonly heard: Packet[] = [];
  readonly #pieces: Uint8Array[] = [];
  #wake: () => void = () => undefined;
  isClosed = false;

  async read(): Promise<Uint8Array | null> {
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece !== undefined) return piece;
      if (this.isClosed) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    const { sizeBytes, type } = decodePacketHeader(bytes);
    // A camera that does not put pieces together wants each packet in one write.
    expect(sizeBytes).toBe(bytes.length);
    const packet = decodePacket(type, bytes.subarray(8));
    if (packet !== null) this.heard.push(packet);
  }

  close(): void {
    this.isClosed = true;
    this.#wake();
  }

  say(packets: readonly (Packet | Uint8Array)[], step = Number.POSITIVE_INFINITY): void {
    const bytes = Buffer.concat(
      packets.map((one) => (one instanceof Uint8Array ? one : encodePacket(one))),
    );
    for (let at = 0; at < bytes.length; at += step)
      this.#pieces.push(bytes.subarray(at, at + step));
    this.#wake();
  }
}

interface Opened {
  readonly transport: PtpTransport;
  readonly commands: Wire;
  readonly events: Wire;
  readonly notices: Notice[];
  readonly ended: string[];
  readonly clock: SimClock;
}

const GUID = new Uint8Array(16).fill(7);
const ACK: Packet = { kind: 'initCommandAck', connection: 5, guid: GUID, name: 'Camera' };

async function open(
  first: Packet | Uint8Array = ACK,
  second: Packet = { kind: 'initEventAck' },
): Promise<Opened> {
  const [commands, events] = [new Wire(), new Wire()];
  commands.say([first]);
  events.say([second]);
  const left = [commands, events];
  const network: Network = { connect: async () => left.shift() as Wire };
  const clock = new SimClock(0);
  const notices: Notice[] = [];
  const ended: string[] = [];
  const listener = {
    notice: (notice: Notice) => notices.push(notice),
    eventsEnded: (reason: string) => ended.push(reason),
  };
  const transport = await openPtpIp({ network, clock }, { host: 'camera', port: 15740 }, listener, {
    guid: GUID,
    name: 'Studio',
    idleMs: 1000,
  });
  return { transport, commands, events, notices, ended, clock };
}

const ASKED: PtpRequest = { operation: 0x1009, transaction: 4, params: [1], dataBytesMax: 1000 };
const OK: Packet = { kind: 'reply', reply: { code: 0x2001, transaction: 4, params: [9] } };
const TOO_LATE: Packet = { kind: 'reply', reply: { code: 0x2019, transaction: 3, params: [] } };
const NOTICE: Packet = {
  kind: 'notice',
  notice: { code: 0x4002, transaction: 0xffffffff, params: [3] },
};

function start(sizeBytes: number | null, transaction = 4): Packet {
  return { kind: 'startData', transaction, sizeBytes };
}

function data(kind: 'data' | 'endData', count: number, transaction = 4): Packet {
  return { kind, transaction, bytes: new Uint8Array(count).fill(count) };
}

async function ask(
  packets: readonly (Packet | Uint8Array)[],
  step?: number,
): Promise<Opened & { readonly answer: PtpAnswer }> {
  const opened = await open();
  opened.commands.say(packets, step);
  return { ...opened, answer: await opened.transport.transact(ASKED) };
}

describe('openPtpIp()', () => {
  it('greets, and says on both ways who it is', async () => {
    const { commands, events } = await open();
    expect(commands.heard).toEqual([{ kind: 'initCommand', guid: GUID, name: 'Studio' }]);
    expect(events.heard).toEqual([{ kind: 'initEvent', connection: 5 }]);
  });

  it('takes a greeting without a version', async () => {
    const whole = encodePacket(ACK);
    const short = whole.slice(0, whole.length - 4);
    short[0] = short.length;
    expect((await open(short)).events.heard).toEqual([{ kind: 'initEvent', connection: 5 }]);
  });

  it.each<readonly [string, Packet, string]>([
    ['not wanted', { kind: 'initFail', reason: 1 }, 'CAMERA_REFUSED'],
    ['not understood', { kind: 'probe' }, 'CAMERA_PROTOCOL'],
  ])('is %s', async (_, answer, code) => {
    await expect(open(answer)).rejects.toMatchObject({ code });
    await expect(open(ACK, answer)).rejects.toMatchObject({ code });
  });
});

describe('a transaction', () => {
  it.each<readonly [string, readonly Packet[], number]>([
    ['data in pieces', [start(30), data('data', 10), data('endData', 20), OK], 30],
    ['data with an empty end', [start(10), data('data', 10), data('endData', 0), OK], 10],
    ['no data', [OK], 0],
    ['data without bytes', [start(0), data('endData', 0), OK], 0],
    ['data of unknown size', [start(null), data('data', 10), data('endData', 1), OK], 11],
    [
      'a probe and an event in between',
      [start(5), { kind: 'probe' }, NOTICE, data('endData', 5), OK],
      5,
    ],
    ['what came too late', [start(9, 3), data('endData', 9, 3), TOO_LATE, OK], 0],
  ])('understands %s', async (_, packets, count) => {
    for (const step of [1, 13, 100_000]) {
      const { answer } = await ask(packets, step);
      expect(answer.data).toHaveLength(count);
      expect(answer.reply).toEqual({ code: 0x2001, transaction: 4, params: [9] });
    }
  });

  it('leaves out packets of unknown types, answers probes, tells events', async () => {
    const unknown = Uint8Array.of(10, 0, 0, 0, 77, 0, 0, 0, 1, 2);
    const { commands, notices } = await ask([unknown, { kind: 'probe' }, NOTICE, OK]);
    expect(commands.heard.at(-1)).toEqual({ kind: 'probeAnswer' });
    expect(notices).toEqual([{ code: 0x4002, transaction: 0xffffffff, params: [3] }]);
  });

  it.each<readonly [string, readonly (Packet | Uint8Array)[]]>([
    ['less than announced', [start(30), data('endData', 10), OK]],
    ['more than announced', [start(5), data('endData', 10)]],
    ['more than may come', [start(1001)]],
    ['more than may come, unannounced', [start(null), data('data', 600), data('data', 600)]],
    ['data that was not announced', [data('endData', 10)]],
    ['two announcements', [start(5), start(5)]],
    ['a transaction that was never begun', [start(5, 5)]],
    ['a greeting', [ACK]],
    ['a length below 8', [Uint8Array.of(7, 0, 0, 0, 7, 0, 0, 0)]],
    ['a reply of two gigabytes', [Uint8Array.of(0, 0, 0, 128, 7, 0, 0, 0)]],
    ['a data packet without a transaction', [Uint8Array.of(9, 0, 0, 0, 10, 0, 0, 0, 1)]],
  ])('refuses %s', async (_, packets) => {
    await expect(ask(packets)).rejects.toMatchObject({ code: 'CAMERA_PROTOCOL' });
  });

  it('sends data in packets of 64 KiB', async () => {
    const { transport, commands } = await open();
    commands.say([OK]);
    await transport.transact({ ...ASKED, dataOut: new Uint8Array(70_000) });
    expect(commands.heard.slice(1).map(({ kind }) => kind)).toEqual([
      ...['command', 'startData', 'data', 'endData'],
    ]);
  });

  it('is cancelled by the way of events, and heard to its end', async () => {
    const { transport, commands, events } = await open();
    const stop = new AbortController();
    const running = transport.transact({ ...ASKED, signal: stop.signal });
    commands.say([start(30), data('data', 10)]);
    stop.abort();
    const reply = { code: 0x201f, transaction: 4, params: [] };
    commands.say([{ kind: 'reply', reply }]);
    expect((await running).reply).toEqual(reply);
    expect(events.heard.at(-1)).toEqual({ kind: 'cancel', transaction: 4 });
  });

  it('ends when nothing moves for too long, and only then', async () => {
    const { transport, commands, clock } = await open();
    const running = transport.transact(ASKED);
    commands.say([start(30), data('data', 10)]);
    for (let rest = 0; rest < 20; rest += 1) await Promise.resolve();
    clock.advance(900);
    commands.say([data('data', 10)]);
    for (let rest = 0; rest < 20; rest += 1) await Promise.resolve();
    clock.advance(900);
    expect(commands.isClosed).toBe(false);
    clock.advance(200);
    await expect(running).rejects.toMatchObject({ code: 'CAMERA_GONE' });
    expect(commands.isClosed).toBe(true);
  });

  it('ends when it drips for ever', async () => {
    const { transport, commands, clock } = await open();
    const running = transport.transact(ASKED);
    const outcome = expect(running).rejects.toMatchObject({ code: 'CAMERA_GONE' });
    commands.say([start(null)]);
    for (let drop = 0; drop < 30; drop += 1) {
      commands.say([data('data', 1)]);
      for (let rest = 0; rest < 20; rest += 1) await Promise.resolve();
      clock.advance(500);
    }
    await outcome;
  });
});

describe('the way of events', () => {
  it('tells, answers probes, and says when it ends', async () => {
    const { events, notices, ended, transport } = await open();
    events.say([NOTICE, { kind: 'probe' }, NOTICE], 3);
    events.close();
    await expect.poll(() => ended).toHaveLength(1);
    expect(notices).toHaveLength(2);
    expect(events.heard.at(-1)).toEqual({ kind: 'probeAnswer' });
    await transport.close();
  });

  it('ends without a word when it was closed from here', async () => {
    const { events, ended, transport } = await open();
    await transport.close();
    for (let rest = 0; rest < 20; rest += 1) await Promise.resolve();
    expect(events.isClosed).toBe(true);
    expect(ended).toEqual([]);
  });
});
