import type { Clock } from '../../platform/index.ts';
import { goneError, protocolError } from '../camera-error.ts';
import type { Command, Notice, Reply } from './messages.ts';

/** The way transactions and events go: TCP, USB, memory. One transaction at a time; {@link PtpSession} sees to it. */
export interface PtpTransport {
  /**
   * One transaction from its command to its reply. Whatever it throws, the link is not to be used again.
   * @throws FieldVaultError CAMERA_GONE, CAMERA_PROTOCOL
   */
  transact(request: PtpRequest): Promise<PtpAnswer>;
  /** Opens the way of events where the camera opens it only once it is asked to; else there is none. */
  readonly openEvents?: () => Promise<void>;
  /** Never fails; a second call does nothing. */
  close(): Promise<void>;
}

/** One transaction as the host wishes it. */
export interface PtpRequest extends Command {
  /** What goes to the camera. */
  readonly dataOut?: Uint8Array;
  /** More from the camera than this is a breach of the protocol. */
  readonly dataBytesMax: number;
  /** Once aborted, the camera is asked to cancel; the reply is waited for all the same. */
  readonly signal?: AbortSignal;
}

/** One transaction as the camera answered it. */
export interface PtpAnswer {
  readonly reply: Reply;
  /** Empty where there was no data phase. */
  readonly data: Uint8Array;
}

/** Whom a transport tells what comes unasked. */
export interface PtpListener {
  notice(notice: Notice): void;
  /** No more notices will come; the way of transactions may still be there. */
  eventsEnded(reason: string): void;
}

/** How long a camera may be silent, and how long a transaction may last in all. */
export interface WatchLimits {
  readonly clock: Clock;
  readonly idleMs: number;
  readonly totalMs: number;
}

/** Slower than this for long, a transfer counts as stalled: bytes in a millisecond. */
const SLOWEST_BYTES_PER_MS = 50;

/** How long a transaction may last that moves up to so many bytes. */
export function watchLimits(clock: Clock, idleMs: number, bytesMax: number): WatchLimits {
  return { clock, idleMs, totalMs: 6 * idleMs + bytesMax / SLOWEST_BYTES_PER_MS };
}

/**
 * Runs work that says when it gets on. Once it does not for too long, `onLate` is to break its link, and the result is
 * CAMERA_GONE, whether the work ends or not.
 */
export async function watched<Result>(
  { clock, idleMs, totalMs }: WatchLimits,
  work: (getsOn: () => void) => Promise<Result>,
  onLate: () => void,
): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const startMs = clock.monotonicMs();
  let lastMs = startMs;
  const stop = clock.every(Math.max(1, idleMs / 8), () => {
    const nowMs = clock.monotonicMs();
    if (nowMs - lastMs < idleMs && nowMs - startMs < totalMs) return;
    stop();
    late.reject(goneError(`it stopped answering for ${Math.round((nowMs - lastMs) / 100) / 10} s`));
    onLate();
  });
  const getsOn = (): void => {
    lastMs = clock.monotonicMs();
  };
  try {
    return await Promise.race([work(getsOn), late.promise]);
  } finally {
    stop();
  }
}

/** Gathers the data of one transaction and holds it to what was announced and to what is bearable. */
export class DataPhase {
  readonly #bytesMax: number;
  readonly #pieces: Uint8Array[] = [];
  #size = 0;
  #announced: number | null = null;
  #isOpen = false;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Whether data was announced. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Bytes that may still come. */
  get room(): number {
    return Math.min(this.#bytesMax, this.#announced ?? this.#bytesMax) - this.#size;
  }

  /** The camera says how much will come; null where it does not know. */
  open(announced: number | null): void {
    if (this.#isOpen) throw protocolError('data is announced twice');
    this.#isOpen = true;
    if (announced !== null && announced > this.#bytesMax) {
      throw protocolError(`${announced} bytes where ${this.#bytesMax} may come`);
    }
    this.#announced = announced;
  }

  /** @throws CAMERA_PROTOCOL where more comes than may come */
  assertRoom(bytes: number): void {
    if (!this.#isOpen) throw protocolError('data that was not announced');
    if (bytes > this.room) throw protocolError(`${bytes} bytes where ${this.room} may come`);
  }

  add(bytes: Uint8Array): void {
    this.assertRoom(bytes.length);
    this.#size += bytes.length;
    this.#pieces.push(bytes);
  }

  /** All that came. @throws CAMERA_PROTOCOL where less came than was announced and the camera calls it whole */
  done(isOk: boolean): Uint8Array {
    if (isOk && this.#announced !== null && this.#size < this.#announced) {
      throw protocolError(`${this.#size} of ${this.#announced} announced bytes`);
    }
    const [only] = this.#pieces;
    if (only !== undefined && this.#pieces.length === 1) return only;
    const data = new Uint8Array(this.#size);
    let at = 0;
    for (const piece of this.#pieces) {
      data.set(piece, at);
      at += piece.length;
    }
    return data;
  }
}
