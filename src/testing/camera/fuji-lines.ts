import type { Socket } from 'node:net';
import {
  ByteWriter,
  CONTAINER_HEADER_BYTES,
  type ContainerHeader,
  decodeContainerHeader,
  decodeParams,
  encodeContainer,
  encodePacket,
  OPERATION,
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
import { ALL } from './ptp-numbers.ts';
import { socketEnd } from './socket-end.ts';
import { SocketReader } from './socket-reader.ts';

/** The greeting: an X-T4 hangs up on any other length, and these four bytes stand where others have none (libgphoto2). */
const GREETING_BYTES = 82;
const GREETING_MARK = 0x8f53_e4f2;
const GREETING_ACK_BYTES = 68;

/** Index of the ports above the one for commands. */
const EVENTS_PORT = 1;

/** USB's containers, on TCP: data in one container, however long. */
const FUJI_FRAMING: AnswerFraming = {
  start: ({ code, transaction }, sizeBytes) =>
    new ByteWriter()
      .u32(Math.min(CONTAINER_HEADER_BYTES + sizeBytes, ALL))
      .u16(2)
      .u16(code)
      .u32(transaction)
      .done(),
  piece: () => new Uint8Array(0),
  reply: ({ transaction }, { code, params = [] }) =>
    encodeContainer({ kind: 'response', code, transaction }, params),
};

/** Fuji's lines: commands, events and live view, each on a port of its own; the last two open only to take pictures. */
export class FujiLines implements CameraLines {
  readonly ports = 3;
  readonly #parts: LineParts;
  #command: Socket | null = null;
  #events: Socket | null = null;
  #isOpenForEvents = false;
  #connection = 0;

  constructor(parts: LineParts) {
    this.#parts = parts;
    parts.body.listen({
      hear: (news) => this.#tell(news),
      breakOff: () => this.#events?.resetAndDestroy(),
    });
  }

  async serve(socket: Socket, index: number): Promise<void> {
    const reader = new SocketReader(socket);
    if (index === 0) return this.#serveCommands(socket, reader);
    if (!this.#isOpenForEvents) {
      socket.resetAndDestroy();
      return;
    }
    if (index === EVENTS_PORT) {
      this.#events?.destroy();
      this.#events = socket;
      this.#parts.onSession();
    }
    // Nothing ever comes up these lines; they end when the client ends them.
    await reader.take(1);
    socket.destroy();
  }

  hangUp(): void {
    this.#parts.body.hangUp();
    this.#isOpenForEvents = false;
    const lines = [this.#command, this.#events];
    this.#command = null;
    this.#events = null;
    for (const line of lines) line?.resetAndDestroy();
  }

  async #serveCommands(socket: Socket, reader: SocketReader): Promise<void> {
    try {
      for (;;) {
        const header = await readHeader(reader);
        if (header === null) break;
        const rest = await reader.take(header.sizeBytes - CONTAINER_HEADER_BYTES);
        if (rest === null) break;
        if (isGreeting(header)) this.#greet(socket);
        else if (socket !== this.#command) break;
        else if (header.kind === 'command') await this.#operate(socket, reader, header, rest);
      }
    } catch (error) {
      if (!isClientFault(error)) throw error;
    } finally {
      socket.destroy();
      if (socket === this.#command) this.hangUp();
    }
  }

  /** libgphoto2 always greets twice. */
  #greet(socket: Socket): void {
    const { faults, body } = this.#parts;
    const refused = faults.take('init-fail');
    if (refused !== null) {
      if (refused.count > 1) faults.add([{ ...refused, count: refused.count - 1 }]);
      socket.write(encodePacket({ kind: 'initFail', reason: 1 }));
      return;
    }
    if (this.#command !== socket) this.hangUp();
    this.#command = socket;
    this.#connection += 1;
    const head = new ByteWriter().u32(GREETING_ACK_BYTES).u32(2).u32(this.#connection);
    head.bytes(CAMERA_GUID).text(body.profile.model);
    const ack = new Uint8Array(GREETING_ACK_BYTES);
    ack.set(head.done());
    socket.write(ack);
  }

  async #operate(
    socket: Socket,
    reader: SocketReader,
    { code, transaction }: ContainerHeader,
    rest: Uint8Array,
  ): Promise<void> {
    const { body, link, faults } = this.#parts;
    const hasDataOut = body.profile.dataOut.includes(code);
    const data = hasDataOut ? await readDataOut(reader) : null;
    const operation: Operation = { code, transaction, params: decodeParams(rest, 5), data };
    const answer = body.answer(operation);
    if (code === OPERATION.initiateOpenCapture) this.#isOpenForEvents = true;
    await sendAnswer(
      {
        ...{ end: socketEnd(socket), link, faults, framing: FUJI_FRAMING, number: body.log.count },
        isCancelled: () => false,
      },
      operation,
      answer,
    );
  }

  #tell({ code, params, transaction }: CameraNews): void {
    if (this.#events === null || this.#events.destroyed) return;
    this.#events.write(encodeContainer({ kind: 'event', code, transaction }, params));
  }
}

function isGreeting({ sizeBytes, code, transaction }: ContainerHeader): boolean {
  return sizeBytes === GREETING_BYTES && code === 0 && transaction === GREETING_MARK;
}

async function readHeader(reader: SocketReader): Promise<ContainerHeader | null> {
  const head = await reader.take(CONTAINER_HEADER_BYTES);
  if (head === null) return null;
  const header = decodeContainerHeader(head);
  if (header.sizeBytes > PACKET_BYTES_MAX) throw new ClientFault(`${header.sizeBytes} bytes`);
  return header;
}

async function readDataOut(reader: SocketReader): Promise<Uint8Array> {
  const header = await readHeader(reader);
  if (header?.kind !== 'data') throw new ClientFault('no data behind a setting');
  const data = await reader.take(header.sizeBytes - CONTAINER_HEADER_BYTES);
  if (data === null) throw new ClientFault('the line ended inside data');
  return data;
}
