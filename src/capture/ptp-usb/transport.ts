import { messageOf } from '../../base/index.ts';
import type { Clock, UsbEndpoints } from '../../platform/index.ts';
import { protocolError } from '../camera-error.ts';
import { ALL_ONES_32 } from '../ptp/bytes.ts';
import { RESPONSE } from '../ptp/codes.ts';
import {
  CONTAINER_HEADER_BYTES,
  type ContainerHeader,
  decodeContainerHeader,
  decodeParams,
  encodeContainer,
  encodeDataContainer,
  type Reply,
} from '../ptp/messages.ts';
import { linkError } from '../ptp/stream-reader.ts';
import {
  DataPhase,
  type PtpAnswer,
  type PtpListener,
  type PtpRequest,
  type PtpTransport,
  watched,
  watchLimits,
} from '../ptp/transport.ts';

/** One transfer of data, in bytes; a multiple of every packet size. */
const TRANSFER_BYTES = 1_048_576;
/** The longest event of the standard is 24 bytes; more than this is noise. */
const EVENT_BYTES_MAX = 64;
/** Class request "cancel": 6 bytes, code 4001 and the transaction. */
const CANCEL_REQUEST = 0x64;
const CANCEL_CODE = 0x4001;
/** Events that cannot be read this often in a row are given up. */
const EVENT_FAULTS_MAX = 3;

/** Transactions and events over the endpoints of a still-image interface. Closing it closes them. */
export function openPtpUsb(
  world: { readonly clock: Clock },
  endpoints: UsbEndpoints,
  listener: PtpListener,
  options: { readonly idleMs: number },
): PtpTransport {
  return new PtpUsbTransport(world.clock, endpoints, { listener, idleMs: options.idleMs });
}

class PtpUsbTransport implements PtpTransport {
  readonly #clock: Clock;
  readonly #endpoints: UsbEndpoints;
  readonly #listener: PtpListener;
  readonly #idleMs: number;
  /** What came behind the end of a container: the beginning of the next one. */
  #surplus: Uint8Array = new Uint8Array(0);
  #isClosed = false;

  constructor(
    clock: Clock,
    endpoints: UsbEndpoints,
    { listener, idleMs }: { readonly listener: PtpListener; readonly idleMs: number },
  ) {
    this.#clock = clock;
    this.#endpoints = endpoints;
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
          await this.#ask(request);
          getsOn();
          return await this.#hear(request, getsOn);
        },
        () => void this.close(),
      );
    } catch (error) {
      throw linkError(error);
    } finally {
      request.signal?.removeEventListener('abort', cancel);
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#endpoints.close().catch(() => undefined);
  }

  async #ask({ operation, transaction, params, dataOut }: PtpRequest): Promise<void> {
    const header = { code: operation, transaction };
    await this.#send(encodeContainer({ ...header, kind: 'command' }, params));
    if (dataOut !== undefined) await this.#send(encodeDataContainer(header, dataOut));
  }

  /** A transfer that fills its last packet is ended by an empty one. */
  async #send(bytes: Uint8Array): Promise<void> {
    await this.#again('out', () => this.#endpoints.bulkOut(bytes));
    if (bytes.length % this.#endpoints.maxPacketSize === 0) {
      await this.#endpoints.bulkOut(new Uint8Array(0));
    }
  }

  async #hear(request: PtpRequest, getsOn: () => void): Promise<PtpAnswer> {
    const phase = new DataPhase(request.dataBytesMax);
    for (;;) {
      const first = await this.#firstBytes();
      getsOn();
      const header = decodeContainerHeader(first);
      const isLate = header.transaction < request.transaction;
      if (header.transaction > request.transaction) {
        throw protocolError(`transaction ${header.transaction} during ${request.transaction}`);
      }
      if (header.kind === 'response') {
        const reply = this.#reply(header, first);
        if (isLate) continue;
        return { reply, data: phase.done(reply.code === RESPONSE.ok) };
      }
      if (header.kind !== 'data') throw protocolError(`a ${header.kind} instead of an answer`);
      if (isLate) throw protocolError('data of an earlier transaction');
      if (header.code !== request.operation) throw protocolError('data of another operation');
      await this.#hearData(header, first.subarray(CONTAINER_HEADER_BYTES), phase, getsOn);
    }
  }

  #reply(header: ContainerHeader, first: Uint8Array): Reply {
    if (header.sizeBytes > first.length) {
      throw protocolError(`a response of ${first.length} of ${header.sizeBytes} bytes`);
    }
    this.#keep(first.subarray(header.sizeBytes));
    const params = decodeParams(first.subarray(CONTAINER_HEADER_BYTES, header.sizeBytes), 5);
    return { code: header.code, transaction: header.transaction, params };
  }

  /** Up to the announced length, or to the short packet that ends a container of unknown length. */
  async #hearData(
    header: ContainerHeader,
    first: Uint8Array,
    phase: DataPhase,
    getsOn: () => void,
  ): Promise<void> {
    const packet = this.#endpoints.maxPacketSize;
    const isUnknown = header.sizeBytes === ALL_ONES_32;
    phase.open(isUnknown ? null : header.sizeBytes - CONTAINER_HEADER_BYTES);
    let left = isUnknown ? Number.POSITIVE_INFINITY : header.sizeBytes - CONTAINER_HEADER_BYTES;
    let piece = first;
    // A header that came alone says nothing of the end: some devices send it in a transfer of its own.
    let isEnd = first.length > 0 && (first.length + CONTAINER_HEADER_BYTES) % packet !== 0;
    for (;;) {
      const taken = piece.subarray(0, left);
      phase.add(taken);
      left -= taken.length;
      if (left === 0) this.#keep(piece.subarray(taken.length));
      if (left === 0 || isEnd) return;
      const wanted = Math.min(TRANSFER_BYTES, Math.ceil(left / packet) * packet);
      piece = await this.#endpoints.bulkIn(wanted);
      getsOn();
      isEnd = isUnknown ? piece.length < wanted : piece.length % packet !== 0 || piece.length === 0;
    }
  }

  /** The beginning of a container. A packet of zero length may stand before it. */
  async #firstBytes(): Promise<Uint8Array> {
    const surplus = this.#surplus;
    this.#surplus = new Uint8Array(0);
    if (surplus.length > 0) return surplus;
    const size = this.#endpoints.maxPacketSize;
    const first = await this.#again('in', () => this.#endpoints.bulkIn(size));
    return first.length > 0 ? first : await this.#endpoints.bulkIn(size);
  }

  /** Fewer bytes than a header are what a careless device sent too much. */
  #keep(surplus: Uint8Array): void {
    if (surplus.length >= CONTAINER_HEADER_BYTES) this.#surplus = surplus;
  }

  /** A halted endpoint is cleared once, and the transfer tried once more. */
  async #again<Result>(endpoint: 'in' | 'out', act: () => Promise<Result>): Promise<Result> {
    try {
      return await act();
    } catch (error) {
      if (this.#isClosed) throw error;
      await this.#endpoints.clearHalt(endpoint);
      return await act();
    }
  }

  #cancel(transaction: number): void {
    const data = new DataView(new ArrayBuffer(6));
    data.setUint16(0, CANCEL_CODE, true);
    data.setUint32(2, transaction, true);
    const sent = this.#endpoints.controlOut(CANCEL_REQUEST, new Uint8Array(data.buffer));
    sent.catch(() => undefined);
  }

  async #hearEvents(): Promise<void> {
    let pending: Uint8Array = new Uint8Array(0);
    for (let faults = 0; faults < EVENT_FAULTS_MAX; ) {
      try {
        const piece = await this.#endpoints.interruptIn();
        if (piece.length === 0) throw protocolError('an event without bytes');
        pending = this.#notices(joined(pending, piece));
        faults = 0;
      } catch (error) {
        faults += 1;
        pending = new Uint8Array(0);
        if (this.#isClosed) return;
        if (faults === EVENT_FAULTS_MAX) this.#listener.eventsEnded(messageOf(error));
      }
    }
  }

  /** Tells the events that are whole and returns the beginning of the next. What is no event is noise. */
  #notices(bytes: Uint8Array): Uint8Array {
    let left = bytes;
    while (left.length >= CONTAINER_HEADER_BYTES) {
      const header = decodeContainerHeader(left);
      if (header.kind !== 'event' || header.sizeBytes > EVENT_BYTES_MAX) return new Uint8Array(0);
      if (left.length < header.sizeBytes) return left;
      const params = decodeParams(left.subarray(CONTAINER_HEADER_BYTES, header.sizeBytes), 3);
      this.#listener.notice({ code: header.code, transaction: header.transaction, params });
      left = left.subarray(header.sizeBytes);
    }
    return left;
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
