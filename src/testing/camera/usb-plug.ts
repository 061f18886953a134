import {
  ByteWriter,
  CONTAINER_HEADER_BYTES,
  type ContainerHeader,
  decodeContainerHeader,
  decodeParams,
  encodeContainer,
  RESPONSE,
} from '../../capture/index.ts';
import type { UsbEndpoints } from '../../platform/index.ts';
import { systemError } from '../sim-faults.ts';
import { garbageBytes } from './answer-sender.ts';
import type { LineParts } from './camera-lines.ts';
import type { CameraNews, Operation } from './camera-profile.ts';
import { ALL } from './ptp-numbers.ts';

/** One transfer on its way to the host: a container. */
interface Transfer {
  sizeBytes: number;
  readonly transaction: number;
  read(offset: number, length: number): Uint8Array;
  /** Runs once the host has all of it. */
  readonly after?: () => void;
}

/** Class requests of a still-image device (PIMA 15740 over USB, section 5.2). */
const REQUEST = { cancel: 0x64, reset: 0x66 } as const;
const EVENTS_WAITING_MAX = 4096;

/** The end of a USB cable in a simulated camera: bulk and interrupt endpoints as the host sees them. */
export class UsbPlug implements UsbEndpoints {
  readonly maxPacketSize = 512;
  readonly #parts: LineParts;
  readonly #transfers: Transfer[] = [];
  readonly #news: CameraNews[] = [];
  readonly #stopListening: () => void;
  #at = 0;
  #owesEmptyPacket = false;
  #command: Omit<Operation, 'data'> | null = null;
  #isOut = false;
  #wakes: (() => void)[] = [];

  constructor(parts: LineParts) {
    this.#parts = parts;
    this.#stopListening = parts.body.listen({
      hear: (news) => {
        this.#news.push(news);
        if (this.#news.length > EVENTS_WAITING_MAX) this.#news.shift();
        this.#wake();
      },
      // The interrupt endpoint has no line of its own that could break.
      breakOff: () => {},
    });
    parts.onSession();
  }

  /** The cable is out. */
  unplug(): void {
    this.#isOut = true;
    this.#stopListening();
    this.#parts.body.hangUp();
    this.#wake();
  }

  async bulkOut(data: Uint8Array): Promise<void> {
    this.#assertIn();
    if (data.length < CONTAINER_HEADER_BYTES) return;
    const header = decodeContainerHeader(data);
    const rest = data.subarray(CONTAINER_HEADER_BYTES, header.sizeBytes);
    if (this.#command !== null && header.kind === 'data') {
      const command = this.#command;
      this.#command = null;
      this.#answer({ ...command, data: rest.slice() });
    } else if (header.kind === 'command') this.#begin(header, decodeParams(rest, 5));
  }

  async bulkIn(maxBytes: number): Promise<Uint8Array> {
    await this.#until(() => this.#owesEmptyPacket || this.#transfers.length > 0);
    const [transfer] = this.#transfers;
    if (this.#owesEmptyPacket || transfer === undefined) {
      this.#owesEmptyPacket = false;
      return new Uint8Array(0);
    }
    const bytes = transfer.read(this.#at, Math.min(maxBytes, transfer.sizeBytes - this.#at));
    this.#at += bytes.length;
    const isThere = await this.#parts.link.send({ put: async () => !this.#isOut }, bytes);
    if (!isThere) this.#assertIn();
    if (this.#at >= transfer.sizeBytes) {
      // A host that asked for more sees the end by the short packet, or by the empty one that comes at once.
      const isFull = transfer.sizeBytes % this.maxPacketSize === 0;
      this.#owesEmptyPacket = isFull && bytes.length === maxBytes;
      this.#at = 0;
      this.#transfers.shift();
      transfer.after?.();
    }
    return bytes;
  }

  async interruptIn(): Promise<Uint8Array> {
    await this.#until(() => this.#news.length > 0);
    const { code, params, transaction } = this.#news.shift() ?? NO_NEWS;
    return encodeContainer({ kind: 'event', code, transaction }, params);
  }

  async controlOut(request: number, data: Uint8Array): Promise<void> {
    this.#assertIn();
    if (request === REQUEST.reset) {
      this.#parts.body.hangUp();
      this.#transfers.length = 0;
      this.#at = 0;
    }
    if (request === REQUEST.cancel && data.length >= 6) {
      this.#cancel(new DataView(data.buffer, data.byteOffset).getUint32(2, true));
    }
  }

  async clearHalt(): Promise<void> {}

  async close(): Promise<void> {
    this.unplug();
  }

  #begin({ code, transaction }: ContainerHeader, params: readonly number[]): void {
    const command = { code, transaction, params };
    if (this.#parts.body.profile.dataOut.includes(code)) this.#command = command;
    else this.#answer({ ...command, data: null });
  }

  #answer(operation: Operation): void {
    const { body, faults } = this.#parts;
    const answer = body.answer(operation);
    const number = body.log.count;
    if (faults.take('garbage', (fault) => number >= fault.operation) !== null) {
      this.#transfers.push(transferOf(operation, garbageBytes(number)));
    }
    const { code, transaction } = operation;
    const { data, params = [], after } = answer;
    if (data !== undefined) {
      const head = new ByteWriter()
        .u32(Math.min(CONTAINER_HEADER_BYTES + data.sizeBytes, ALL))
        .u16(2)
        .u16(code)
        .u32(transaction)
        .done();
      const sizeBytes = head.length + Math.min(data.sizeBytes, data.cutBytes ?? data.sizeBytes);
      const read = (offset: number, length: number): Uint8Array => {
        const first = head.subarray(offset, offset + length);
        const from = Math.max(0, offset - head.length);
        return Buffer.concat([first, data.read(from, length - first.length)]);
      };
      this.#transfers.push({ sizeBytes, transaction, read });
    }
    const reply = encodeContainer({ kind: 'response', code: answer.code, transaction }, params);
    const last = transferOf(operation, reply);
    this.#transfers.push(after === undefined ? last : { ...last, after });
    this.#wake();
  }

  /** Data ends where it is, and the response says why. */
  #cancel(transaction: number): void {
    const [first] = this.#transfers;
    if (first?.transaction !== transaction || this.#transfers.length < 2) return;
    first.sizeBytes = Math.min(first.sizeBytes, this.#at);
    const code = RESPONSE.cancelled;
    const reply = encodeContainer({ kind: 'response', code, transaction }, []);
    this.#transfers.splice(1, 1, transferOf({ transaction }, reply));
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      this.#assertIn();
      await new Promise<void>((resolve) => this.#wakes.push(resolve));
    }
    this.#assertIn();
  }

  #wake(): void {
    for (const wake of this.#wakes.splice(0)) wake();
  }

  #assertIn(): void {
    if (this.#isOut) throw systemError('ENODEV', 'transfer', 'usb');
  }
}

const NO_NEWS: CameraNews = { code: 0, params: [], transaction: 0 };

function transferOf({ transaction }: Pick<Operation, 'transaction'>, bytes: Uint8Array): Transfer {
  return {
    sizeBytes: bytes.length,
    transaction,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  };
}
