import {
  type Command,
  decodePacket,
  encodePacket,
  OPERATION,
  PACKET_HEADER_BYTES,
  type Packet,
  RESPONSE,
} from '../src/capture/index.ts';
import type { ByteStream, World } from '../src/platform/index.ts';

/** What a camera answered. */
export interface Answered {
  readonly code: number;
  readonly params: readonly number[];
  readonly data: Uint8Array;
  /** As the start of data said; null where no data came. */
  readonly announced: number | null;
}

/** One line to a camera, read packet by packet. */
export class Line {
  readonly #stream: ByteStream;
  #waiting = Buffer.alloc(0);

  constructor(stream: ByteStream) {
    this.#stream = stream;
  }

  async send(packet: Packet): Promise<void> {
    await this.#stream.write(encodePacket(packet));
  }

  async sendBytes(bytes: Uint8Array): Promise<void> {
    await this.#stream.write(bytes);
  }

  /** Null where the line is gone. */
  async next(): Promise<Packet | null> {
    const head = await this.take(PACKET_HEADER_BYTES);
    if (head === null) return null;
    const body = await this.take(head.readUInt32LE(0) - PACKET_HEADER_BYTES);
    return body === null ? null : decodePacket(head.readUInt32LE(4), body);
  }

  close(): void {
    this.#stream.close();
  }

  /** Null where the line is gone before so many bytes have come. */
  async take(count: number): Promise<Buffer | null> {
    while (this.#waiting.length < count) {
      const piece = await this.#stream.read().catch(() => null);
      if (piece === null) return null;
      this.#waiting = Buffer.concat([this.#waiting, piece]);
    }
    const taken = this.#waiting.subarray(0, count);
    this.#waiting = this.#waiting.subarray(count);
    return taken;
  }
}

/** The barest client: sends what the test says and shows what comes. */
export class BareClient {
  readonly command: Line;
  readonly events: Line;
  #transaction = 0;

  constructor(command: Line, events: Line) {
    this.command = command;
    this.events = events;
  }

  /** Asks for an operation; null where the line is gone before the answer. */
  async ask(operation: number, ...params: readonly number[]): Promise<Answered | null> {
    return this.#transact({ operation, params }, null);
  }

  /** Asks for an operation that data goes out with. */
  async send(
    operation: number,
    data: Uint8Array,
    ...params: readonly number[]
  ): Promise<Answered | null> {
    return this.#transact({ operation, params }, data);
  }

  async #transact(
    words: Pick<Command, 'operation' | 'params'>,
    data: Uint8Array | null,
  ): Promise<Answered | null> {
    const transaction = this.#transaction++;
    const command = { ...words, transaction };
    await this.command.send({ kind: 'command', hasDataOut: data !== null, command });
    if (data !== null) {
      await this.command.send({ kind: 'startData', transaction, sizeBytes: data.length });
      await this.command.send({ kind: 'endData', transaction, bytes: data });
    }
    const pieces: Uint8Array[] = [];
    let announced: number | null = null;
    for (;;) {
      const packet = await this.command.next();
      if (packet === null) return null;
      if (packet.kind === 'startData') announced = packet.sizeBytes;
      if (packet.kind === 'data' || packet.kind === 'endData') pieces.push(packet.bytes);
      if (packet.kind !== 'reply') continue;
      const { code, params: answered } = packet.reply;
      if (packet.reply.transaction !== transaction) throw new RangeError('another transaction');
      return { code, params: answered, data: Buffer.concat(pieces), announced };
    }
  }

  /** Numbers of the events up to one with this code, each with its first parameter. */
  async eventsUntil(code: number): Promise<readonly string[]> {
    const seen: string[] = [];
    for (;;) {
      const packet = await this.events.next();
      if (packet?.kind !== 'notice') return [...seen, packet?.kind ?? 'gone'];
      seen.push(`${packet.notice.code.toString(16)} ${packet.notice.params[0] ?? ''}`.trim());
      if (packet.notice.code === code) return seen;
    }
  }
}

/** Connects both lines and opens a session. */
export async function connectBare(
  world: Pick<World, 'network'>,
  port: number,
): Promise<BareClient> {
  const target = { host: '127.0.0.1', port };
  const command = new Line(await world.network.connect(target));
  await command.send({ kind: 'initCommand', guid: new Uint8Array(16), name: 'test' });
  const ack = await command.next();
  if (ack?.kind !== 'initCommandAck') throw new RangeError(`no connection: ${ack?.kind}`);
  const events = new Line(await world.network.connect(target));
  await events.send({ kind: 'initEvent', connection: ack.connection });
  const answer = await events.next();
  if (answer?.kind !== 'initEventAck') throw new RangeError(`no events: ${answer?.kind}`);
  const client = new BareClient(command, events);
  const opened = await client.ask(OPERATION.openSession, 1);
  if (opened?.code !== RESPONSE.ok) throw new RangeError(`no session: ${opened?.code}`);
  return client;
}
