import { messageOf } from '../../base/index.ts';
import type { ByteStream, Clock, Network, NetworkTarget } from '../../platform/index.ts';
import { protocolError } from '../camera-error.ts';
import { ByteWriter } from '../ptp/bytes.ts';
import { RESPONSE } from '../ptp/codes.ts';
import {
  CONTAINER_HEADER_BYTES,
  type ContainerHeader,
  decodeContainerHeader,
  decodeParams,
  encodeContainer,
  encodeDataContainer,
} from '../ptp/messages.ts';
import { linkError, StreamReader, writeAll } from '../ptp/stream-reader.ts';
import {
  DataPhase,
  type PtpAnswer,
  type PtpListener,
  type PtpRequest,
  type PtpTransport,
  watched,
  watchLimits,
} from '../ptp/transport.ts';
import { decodePacket, decodePacketHeader, PACKET, PACKET_HEADER_BYTES } from './packet.ts';
import { connectTo, initFailed, type PtpIpOptions } from './transport.ts';

/** The port of Fuji's commands; events are fetched at the next one. */
export const FUJI_PORT = 55740;

/** The first message: an X-T4 hangs up on any other length (libgphoto2). */
const INIT_BYTES = 82;
const INIT_VERSION = 0x8f53e4f2;
const INIT_NAME_UNITS = 26;
const INIT_ANSWER_BYTES_MAX = 1024;
/** Fuji refuses a first time and agrees a second time. */
const INIT_TRIES = 4;
const INIT_PAUSE_MS = 500;
/** The longest message that is not data: a header and 5 numbers, and room for what newer cameras add. */
const SMALL_BYTES_MAX = 256;

/** The way to a Fuji camera: PTP/IP's greeting, then USB's containers on TCP. */
export interface FujiTarget extends NetworkTarget {
  /** Where events are fetched; one above the port where left out. */
  readonly eventPort?: number;
}

/**
 * Connects the way of commands; that of events opens with `openEvents()`, once the camera was told to take pictures.
 * @throws FieldVaultError CAMERA_UNREACHABLE, CAMERA_REFUSED
 */
export async function openFuji(
  world: { readonly network: Network; readonly clock: Clock },
  target: FujiTarget,
  listener: PtpListener,
  options: PtpIpOptions,
): Promise<PtpTransport> {
  const commands = await connectTo(world.network, target, options.idleMs);
  try {
    const reader = await watched(
      watchLimits(world.clock, options.idleMs, 0),
      (getsOn) => greet(world.clock, commands, options, getsOn),
      () => commands.close(),
    );
    return new FujiTransport(world, { commands, reader }, { target, listener, ...options });
  } catch (error) {
    commands.close();
    throw error;
  }
}

/** The greeting of 82 bytes. */
export function encodeFujiInit(guid: Uint8Array, name: string): Uint8Array {
  const head = new ByteWriter().u32(INIT_BYTES).u32(PACKET.initCommand).u32(INIT_VERSION);
  head.bytes(guid).text(name.slice(0, INIT_NAME_UNITS));
  const bytes = new Uint8Array(INIT_BYTES);
  bytes.set(head.done());
  return bytes;
}

async function greet(
  clock: Clock,
  stream: ByteStream,
  { guid, name }: PtpIpOptions,
  getsOn: () => void,
): Promise<StreamReader> {
  const reader = new StreamReader(stream, getsOn);
  for (let tries = 1; ; tries += 1) {
    await writeAll(stream, encodeFujiInit(guid, name));
    const { sizeBytes, type } = decodePacketHeader(await reader.exactly(PACKET_HEADER_BYTES));
    if (sizeBytes > INIT_ANSWER_BYTES_MAX) throw protocolError(`a greeting of ${sizeBytes} bytes`);
    const answer = decodePacket(type, await reader.exactly(sizeBytes - PACKET_HEADER_BYTES));
    if (answer?.kind === 'initCommandAck') return reader;
    if (answer?.kind !== 'initFail') throw protocolError(`a greeting of type ${type}`);
    if (tries === INIT_TRIES) throw initFailed(answer.reason);
    await clock.sleep(INIT_PAUSE_MS);
  }
}

interface FujiOptions extends PtpIpOptions {
  readonly target: FujiTarget;
  readonly listener: PtpListener;
}

class FujiTransport implements PtpTransport {
  readonly #world: { readonly network: Network; readonly clock: Clock };
  readonly #commands: ByteStream;
  readonly #reader: StreamReader;
  readonly #options: FujiOptions;
  #events: ByteStream | null = null;
  #getsOn: () => void = () => undefined;
  #isClosed = false;

  constructor(
    world: { readonly network: Network; readonly clock: Clock },
    { commands, reader }: { readonly commands: ByteStream; readonly reader: StreamReader },
    options: FujiOptions,
  ) {
    this.#world = world;
    this.#commands = commands;
    this.#reader = reader.heardBy(() => this.#getsOn());
    this.#options = options;
  }

  async transact(request: PtpRequest): Promise<PtpAnswer> {
    try {
      return await watched(
        watchLimits(this.#world.clock, this.#options.idleMs, request.dataBytesMax),
        async (getsOn) => {
          this.#getsOn = getsOn;
          await this.#ask(request);
          return await this.#hear(request);
        },
        () => this.#breakOff(),
      );
    } catch (error) {
      throw linkError(error);
    }
  }

  async openEvents(): Promise<void> {
    const { host, port, eventPort = port + 1 } = this.#options.target;
    const stream = await connectTo(
      this.#world.network,
      { host, port: eventPort },
      this.#options.idleMs,
    );
    this.#events = stream;
    if (this.#isClosed) stream.close();
    void this.#hearEvents(stream);
  }

  async close(): Promise<void> {
    this.#breakOff();
  }

  #breakOff(): void {
    this.#isClosed = true;
    this.#commands.close();
    this.#events?.close();
  }

  async #ask({ operation, transaction, params, dataOut }: PtpRequest): Promise<void> {
    const header = { code: operation, transaction };
    await writeAll(this.#commands, encodeContainer({ ...header, kind: 'command' }, params));
    if (dataOut === undefined) return;
    await writeAll(this.#commands, encodeDataContainer(header, dataOut));
  }

  async #hear(request: PtpRequest): Promise<PtpAnswer> {
    const phase = new DataPhase(request.dataBytesMax);
    for (;;) {
      const header = await readHeader(this.#reader);
      if (header.transaction > request.transaction) {
        throw protocolError(`transaction ${header.transaction} during ${request.transaction}`);
      }
      const isLate = header.transaction < request.transaction;
      if (header.kind === 'response') {
        const params = await readParams(this.#reader, header, 5);
        if (isLate) continue;
        const reply = { code: header.code, transaction: header.transaction, params };
        return { reply, data: phase.done(reply.code === RESPONSE.ok) };
      }
      if (header.kind !== 'data' || isLate || header.code !== request.operation) {
        throw protocolError(`a ${header.kind} of another operation`);
      }
      await this.#hearData(header, phase);
    }
  }

  async #hearData(header: ContainerHeader, phase: DataPhase): Promise<void> {
    let left = header.sizeBytes - CONTAINER_HEADER_BYTES;
    phase.open(left);
    while (left > 0) {
      const piece = await this.#reader.some(left);
      left -= piece.length;
      phase.add(piece);
    }
  }

  async #hearEvents(stream: ByteStream): Promise<void> {
    const reader = new StreamReader(stream);
    try {
      for (;;) {
        const header = await readHeader(reader);
        const params = await readParams(reader, header, 3);
        if (header.kind !== 'event') throw protocolError(`a ${header.kind} instead of an event`);
        const { code, transaction } = header;
        this.#options.listener.notice({ code, transaction, params });
      }
    } catch (error) {
      stream.close();
      if (!this.#isClosed) this.#options.listener.eventsEnded(messageOf(error));
    }
  }
}

async function readHeader(reader: StreamReader): Promise<ContainerHeader> {
  return decodeContainerHeader(await reader.exactly(CONTAINER_HEADER_BYTES));
}

async function readParams(
  reader: StreamReader,
  { sizeBytes, kind }: ContainerHeader,
  max: number,
): Promise<number[]> {
  if (sizeBytes > SMALL_BYTES_MAX) throw protocolError(`a ${kind} of ${sizeBytes} bytes`);
  return decodeParams(await reader.exactly(sizeBytes - CONTAINER_HEADER_BYTES), max);
}
