import type { Socket } from 'node:net';
import {
  type Command,
  decodePacket,
  decodePacketHeader,
  encodePacket,
  PACKET,
  PACKET_HEADER_BYTES,
  type Packet,
} from '../../capture/index.ts';
import { type AnswerFraming, sendAnswer } from './answer-sender.ts';
import {
  CAMERA_GUID,
  type CameraLines,
  ClientFault,
  isClientFault,
  type LineParts,
  PACKET_BYTES_MAX,
} from './camera-lines.ts';
import type { CameraNews, Operation } from './camera-profile.ts';
import { socketEnd } from './socket-end.ts';
import { SocketReader } from './socket-reader.ts';

/** Packets as they are sent with an answer (CIPA DC-005). */
const IP_FRAMING: AnswerFraming = {
  start: ({ transaction }, sizeBytes) =>
    encodePacket({ kind: 'startData', transaction, sizeBytes }),
  piece: ({ transaction }, sizeBytes, isLast) => {
    const header = new DataView(new ArrayBuffer(12));
    header.setUint32(0, 12 + sizeBytes, true);
    header.setUint32(4, isLast ? PACKET.endData : PACKET.data, true);
    header.setUint32(8, transaction, true);
    return new Uint8Array(header.buffer);
  },
  reply: ({ transaction }, { code, params = [] }) =>
    encodePacket({ kind: 'reply', reply: { code, transaction, params } }),
};

/** The two lines of PTP/IP between a camera and one client at a time: a new client puts the old one out. */
export class IpLines implements CameraLines {
  readonly ports = 1;
  readonly #parts: LineParts;
  #connection = 0;
  #command: Socket | null = null;
  #events: Socket | null = null;
  #cancelled: number | null = null;

  constructor(parts: LineParts) {
    this.#parts = parts;
    parts.body.listen({
      hear: (news) => this.#tell(news),
      breakOff: () => this.#events?.resetAndDestroy(),
    });
  }

  /** Serves a socket that somebody connected; ends with it. */
  async serve(socket: Socket): Promise<void> {
    const reader = new SocketReader(socket);
    try {
      for (;;) {
        const packet = await readPacket(reader);
        if (packet === null) break;
        await this.#meet(socket, reader, packet);
      }
    } catch (error) {
      if (!isClientFault(error)) throw error;
    } finally {
      socket.destroy();
      if (socket === this.#command) this.hangUp();
    }
  }

  /** Ends the connection from this side. */
  hangUp(): void {
    this.#parts.body.hangUp();
    const lines = [this.#command, this.#events];
    this.#command = null;
    this.#events = null;
    for (const line of lines) line?.resetAndDestroy();
  }

  async #meet(socket: Socket, reader: SocketReader, packet: Packet): Promise<void> {
    switch (packet.kind) {
      case 'initCommand':
        return this.#connect(socket);
      case 'initEvent':
        return this.#connectEvents(socket, packet.connection);
      case 'command':
        if (socket !== this.#command) throw new ClientFault('a command before the connection');
        return this.#operate(socket, reader, packet);
      case 'probe':
        write(socket, { kind: 'probeAnswer' });
        return;
      case 'cancel':
        this.#cancelled = packet.transaction;
        return;
      default:
        // The end of data that had none, the answer to a probe.
        return;
    }
  }

  #connect(socket: Socket): void {
    const { faults } = this.#parts;
    const refused = faults.take('init-fail');
    if (refused !== null) {
      if (refused.count > 1) faults.add([{ ...refused, count: refused.count - 1 }]);
      write(socket, { kind: 'initFail', reason: 1 });
      socket.end();
      return;
    }
    if (this.#command !== socket) this.hangUp();
    this.#command = socket;
    this.#connection += 1;
    const { model } = this.#parts.body.profile;
    write(socket, {
      kind: 'initCommandAck',
      connection: this.#connection,
      guid: CAMERA_GUID,
      name: model,
    });
  }

  #connectEvents(socket: Socket, connection: number): void {
    if (this.#command === null || connection !== this.#connection) {
      write(socket, { kind: 'initFail', reason: 1 });
      socket.end();
      return;
    }
    this.#events?.destroy();
    this.#events = socket;
    write(socket, { kind: 'initEventAck' });
    this.#parts.onSession();
    if (this.#parts.faults.take('probe') !== null) {
      write(socket, { kind: 'probe' });
      write(this.#command, { kind: 'probe' });
    }
  }

  async #operate(
    socket: Socket,
    reader: SocketReader,
    packet: { readonly hasDataOut: boolean; readonly command: Command },
  ): Promise<void> {
    const { body, link, faults } = this.#parts;
    const data = packet.hasDataOut ? await readDataOut(reader) : null;
    const { operation: code, transaction, params } = packet.command;
    const operation: Operation = { code, transaction, params, data };
    const answer = body.answer(operation);
    this.#cancelled = null;
    const isCancelled = (wanted: number): boolean =>
      this.#cancelled === wanted || isCancel(reader.peek(12), wanted);
    await sendAnswer(
      {
        end: socketEnd(socket),
        link,
        faults,
        framing: IP_FRAMING,
        isCancelled,
        number: body.log.count,
      },
      operation,
      answer,
    );
  }

  #tell({ code, params, transaction }: CameraNews): void {
    if (this.#events === null) return;
    write(this.#events, { kind: 'notice', notice: { code, transaction, params } });
  }
}

function write(socket: Socket, packet: Packet): void {
  if (!socket.destroyed) socket.write(encodePacket(packet));
}

async function readPacket(reader: SocketReader): Promise<Packet | null> {
  const head = await reader.take(PACKET_HEADER_BYTES);
  const header = head === null ? null : decodePacketHeader(head);
  if (header === null) return null;
  if (header.sizeBytes > PACKET_BYTES_MAX) throw new ClientFault(`${header.sizeBytes} bytes`);
  const body = await reader.take(header.sizeBytes - PACKET_HEADER_BYTES);
  return body === null ? null : (decodePacket(header.type, body) ?? { kind: 'probeAnswer' });
}

/** What comes with an operation; libgphoto2 sends nothing after the start of data that has no bytes. */
async function readDataOut(reader: SocketReader): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (let left = PACKET_BYTES_MAX; left > 0; ) {
    const packet = await readPacket(reader);
    if (packet?.kind === 'startData' && packet.sizeBytes === 0) return new Uint8Array(0);
    if (packet === null) throw new ClientFault('the line ended inside data');
    if (packet.kind !== 'data' && packet.kind !== 'endData') continue;
    pieces.push(packet.bytes);
    left -= packet.bytes.length;
    if (packet.kind === 'endData') return new Uint8Array(Buffer.concat(pieces));
  }
  throw new ClientFault('more data than any setting has');
}

function isCancel(bytes: Uint8Array | null, transaction: number): boolean {
  if (bytes === null) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return view.getUint32(4, true) === PACKET.cancel && view.getUint32(8, true) === transaction;
}
