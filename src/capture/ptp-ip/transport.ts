import { messageOf, systemCodeOf } from '../../base/index.ts';
import type { ByteStream, Clock, Network, NetworkTarget } from '../../platform/index.ts';
import { protocolError, refusedError, unreachableError } from '../camera-error.ts';
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
import {
  decodePacket,
  decodePacketHeader,
  encodePacket,
  PACKET,
  PACKET_HEADER_BYTES,
  type Packet,
} from './packet.ts';

/** The port of PTP/IP. */
export const PTP_IP_PORT = 15740;

/** The way to a camera by TCP. */
export interface PtpIpTarget extends NetworkTarget {
  /** Where events are fetched; the same port where left out. */
  readonly eventPort?: number;
}

/** Who calls, and how patient. */
export interface PtpIpOptions {
  /** 16 bytes; cameras remember whom they paired with by it, so it must stay the same. */
  readonly guid: Uint8Array;
  /** What the camera shows when it asks for leave. */
  readonly name: string;
  readonly idleMs: number;
}

/** Packets that are neither data nor longer than this are believed; all else is a breach. */
const SMALL_PACKET_BYTES_MAX = 4096;
const DATA_OUT_PACKET_BYTES = 65_536;
/** Some cameras open the port of events late (libgphoto2 knows a Ricoh Theta). */
const EVENT_CONNECT_TRIES = 3;
const EVENT_CONNECT_PAUSE_MS = 100;

/**
 * Connects both ways of PTP/IP: commands, events.
 * @throws FieldVaultError CAMERA_UNREACHABLE; CAMERA_REFUSED where the camera does not want this host
 */
export async function openPtpIp(
  world: { readonly network: Network; readonly clock: Clock },
  target: PtpIpTarget,
  listener: PtpListener,
  options: PtpIpOptions,
): Promise<PtpTransport> {
  const commands = await connectTo(world.network, target, options.idleMs);
  const open: ByteStream[] = [commands];
  const breakOff = (): void => {
    for (const stream of open) stream.close();
  };
  try {
    return await watched(
      watchLimits(world.clock, options.idleMs, 0),
      async (getsOn) => {
        const commandReader = new StreamReader(commands, getsOn);
        const connection = await introduce(commands, commandReader, options);
        const events = await connectEvents(world, target, options.idleMs);
        open.push(events);
        const eventReader = new StreamReader(events, getsOn);
        await writeAll(events, encodePacket({ kind: 'initEvent', connection }));
        await initAnswer(eventReader, 'initEventAck');
        return new PtpIpTransport(
          world.clock,
          { commands, events, commandReader, eventReader },
          {
            listener,
            idleMs: options.idleMs,
          },
        );
      },
      breakOff,
    );
  } catch (error) {
    breakOff();
    throw error;
  }
}

/** @throws FieldVaultError CAMERA_UNREACHABLE */
export async function connectTo(
  network: Network,
  target: NetworkTarget,
  timeoutMs: number,
): Promise<ByteStream> {
  try {
    return await network.connect({ host: target.host, port: target.port }, { timeoutMs });
  } catch (error) {
    const reason = systemCodeOf(error) || messageOf(error);
    throw unreachableError(`${target.host}:${target.port}`, reason, error);
  }
}

interface Streams {
  readonly commands: ByteStream;
  readonly events: ByteStream;
  readonly commandReader: StreamReader;
  readonly eventReader: StreamReader;
}

class PtpIpTransport implements PtpTransport {
  readonly #clock: Clock;
  readonly #streams: Streams;
  readonly #listener: PtpListener;
  readonly #idleMs: number;
  #getsOn: () => void = () => undefined;
  #isClosed = false;

  constructor(
    clock: Clock,
    streams: Streams,
    { listener, idleMs }: { readonly listener: PtpListener; readonly idleMs: number },
  ) {
    this.#clock = clock;
    this.#streams = {
      ...streams,
      commandReader: streams.commandReader.heardBy(() => this.#getsOn()),
      eventReader: streams.eventReader.heardBy(() => undefined),
    };
    this.#listener = listener;
    this.#idleMs = idleMs;
    void this.#hearEvents();
  }

  async transact(request: PtpRequest): Promise<PtpAnswer> {
    const cancel = (): void => this.#cancel(request.transaction);
    request.signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await watched(
        watchLimits(this.#clock, this.#idleMs, request.dataBytesMax),
        async (getsOn) => {
          this.#getsOn = getsOn;
          await this.#ask(request);
          return await this.#hear(request);
        },
        () => this.#breakOff(),
      );
    } catch (error) {
      throw linkError(error);
    } finally {
      request.signal?.removeEventListener('abort', cancel);
    }
  }

  async close(): Promise<void> {
    this.#breakOff();
  }

  #breakOff(): void {
    this.#isClosed = true;
    this.#streams.commands.close();
    this.#streams.events.close();
  }

  async #ask({ operation, transaction, params, dataOut }: PtpRequest): Promise<void> {
    const hasDataOut = dataOut !== undefined;
    await this.#send({ kind: 'command', hasDataOut, command: { operation, transaction, params } });
    if (!hasDataOut) return;
    await this.#send({ kind: 'startData', transaction, sizeBytes: dataOut.length });
    for (let at = 0; ; at += DATA_OUT_PACKET_BYTES) {
      const bytes = dataOut.subarray(at, at + DATA_OUT_PACKET_BYTES);
      const isLast = at + bytes.length >= dataOut.length;
      await this.#send({ kind: isLast ? 'endData' : 'data', transaction, bytes });
      if (isLast) return;
    }
  }

  /** Up to the reply. What belongs to an earlier transaction came too late and is left out. */
  async #hear({ transaction, dataBytesMax }: PtpRequest): Promise<PtpAnswer> {
    const phase = new DataPhase(dataBytesMax);
    for (;;) {
      const header = decodePacketHeader(
        await this.#streams.commandReader.exactly(PACKET_HEADER_BYTES),
      );
      if (header.type === PACKET.data || header.type === PACKET.endData) {
        await this.#hearData(header.sizeBytes, transaction, phase);
        continue;
      }
      const packet = await readSmall(this.#streams.commandReader, header);
      if (packet === null) continue;
      if (packet.kind === 'startData') {
        if (!isEarlier(packet.transaction, transaction)) phase.open(packet.sizeBytes);
      } else if (packet.kind === 'reply') {
        const { reply } = packet;
        if (isEarlier(reply.transaction, transaction)) continue;
        return { reply, data: phase.done(reply.code === RESPONSE_OK) };
      } else await this.#aside(packet, this.#streams.commands);
    }
  }

  async #hearData(sizeBytes: number, transaction: number, phase: DataPhase): Promise<void> {
    const reader = this.#streams.commandReader;
    let left = sizeBytes - PACKET_HEADER_BYTES - 4;
    if (left < 0) throw protocolError(`a data packet of ${sizeBytes} bytes`);
    const head = await reader.exactly(4);
    const of = new DataView(head.buffer, head.byteOffset, 4).getUint32(0, true);
    const isLate = isEarlier(of, transaction);
    if (!isLate) phase.assertRoom(left);
    while (left > 0) {
      const piece = await reader.some(left);
      left -= piece.length;
      if (!isLate) phase.add(piece);
    }
  }

  /** What may come at any time, on both ways. */
  async #aside(packet: Packet, stream: ByteStream): Promise<void> {
    if (packet.kind === 'notice') this.#listener.notice(packet.notice);
    else if (packet.kind === 'probe') await writeAll(stream, encodePacket({ kind: 'probeAnswer' }));
    else if (packet.kind !== 'probeAnswer') {
      throw protocolError(`${packet.kind} where no such packet may come`);
    }
  }

  async #hearEvents(): Promise<void> {
    const { events, eventReader } = this.#streams;
    try {
      for (;;) {
        const header = decodePacketHeader(await eventReader.exactly(PACKET_HEADER_BYTES));
        const packet = await readSmall(eventReader, header);
        if (packet !== null) await this.#aside(packet, events);
      }
    } catch (error) {
      events.close();
      if (!this.#isClosed) this.#listener.eventsEnded(messageOf(error));
    }
  }

  /** The way of events is free at any time; a camera that has ended the transaction leaves this out. */
  #cancel(transaction: number): void {
    const sent = this.#streams.events.write(encodePacket({ kind: 'cancel', transaction }));
    sent.catch(() => undefined);
  }

  #send(packet: Packet): Promise<void> {
    return writeAll(this.#streams.commands, encodePacket(packet));
  }
}

const RESPONSE_OK = 0x2001;

/** Numbers of transactions go up by one. @throws CAMERA_PROTOCOL for one that was never begun */
function isEarlier(of: number, transaction: number): boolean {
  if (of > transaction) throw protocolError(`transaction ${of} during ${transaction}`);
  return of < transaction;
}

async function readSmall(
  reader: StreamReader,
  { sizeBytes, type }: { readonly sizeBytes: number; readonly type: number },
): Promise<Packet | null> {
  if (sizeBytes > SMALL_PACKET_BYTES_MAX) {
    throw protocolError(`a packet of type ${type} with ${sizeBytes} bytes`);
  }
  return decodePacket(type, await reader.exactly(sizeBytes - PACKET_HEADER_BYTES));
}

async function introduce(
  commands: ByteStream,
  reader: StreamReader,
  { guid, name }: PtpIpOptions,
): Promise<number> {
  await writeAll(commands, encodePacket({ kind: 'initCommand', guid, name }));
  const answer = await initAnswer(reader, 'initCommandAck');
  if (answer.kind !== 'initCommandAck') throw protocolError(answer.kind);
  return answer.connection;
}

async function initAnswer(reader: StreamReader, expected: Packet['kind']): Promise<Packet> {
  const header = decodePacketHeader(await reader.exactly(PACKET_HEADER_BYTES));
  const packet = await readSmall(reader, header);
  if (packet?.kind === 'initFail') throw initFailed(packet.reason);
  if (packet === null || packet.kind !== expected) {
    throw protocolError(`a packet of type ${header.type} instead of a greeting`);
  }
  return packet;
}

/** Reasons: 1 and 2 as gphoto/gphoto2#384 and libgphoto2's notes have them. */
export function initFailed(reason: number): Error {
  const words =
    reason === 2
      ? 'it is busy or talks to another program'
      : `it does not know this computer (reason ${reason}): pair them in the menu of the camera`;
  return refusedError('connect', reason, words);
}

async function connectEvents(
  world: { readonly network: Network; readonly clock: Clock },
  { host, port, eventPort = port }: PtpIpTarget,
  timeoutMs: number,
): Promise<ByteStream> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await connectTo(world.network, { host, port: eventPort }, timeoutMs);
    } catch (error) {
      if (tries === EVENT_CONNECT_TRIES) throw error;
      await world.clock.sleep(EVENT_CONNECT_PAUSE_MS);
    }
  }
}
