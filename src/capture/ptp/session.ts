import { FieldVaultError } from '../../base/index.ts';
import type { Clock } from '../../platform/index.ts';
import { busyError, goneError, protocolError, refusedError } from '../camera-error.ts';
import { formatCode, OPERATION, RESPONSE } from './codes.ts';
import type { PtpAnswer, PtpTransport } from './transport.ts';

/** What a transaction is besides its operation and parameters. */
export interface RunOptions {
  readonly dataOut?: Uint8Array;
  /** The most that may come; {@link DATASET_BYTES_MAX} where left out. */
  readonly dataBytesMax?: number;
  /** Answers besides "OK" that are none of an error: the caller looks at them. */
  readonly accepts?: readonly number[];
  /** What the camera is asked to do, for messages. */
  readonly act?: string;
}

/** How a session is kept. */
export interface SessionOptions {
  /** A camera that is busy is asked again for so long. */
  readonly busyMs: number;
  /** Is called once, when the link is found broken. */
  readonly onLost: (reason: string) => void;
}

/** Datasets, lists of handles and of events are shorter than this, in bytes: a million handles fit. */
export const DATASET_BYTES_MAX = 4_194_304;

const BUSY_PAUSE_MS_MIN = 25;
const BUSY_PAUSE_MS_MAX = 800;
const CLOSED = 'the connection was closed';
/** Session numbers that are tried where the camera finds one in use. */
const SESSION_TRIES = 10;

/** Transactions of one session: numbered, one at a time in the order they were asked for, busy ones again. */
export class PtpSession {
  readonly #transport: PtpTransport;
  readonly #clock: Clock;
  readonly #options: SessionOptions;
  readonly #stop: AbortController = new AbortController();
  #turn: Promise<void> = Promise.resolve();
  #transaction = 0;
  #lostReason: string | null = null;
  #lastMs: number;

  constructor(transport: PtpTransport, clock: Clock, options: SessionOptions) {
    this.#transport = transport;
    this.#clock = clock;
    this.#options = options;
    this.#lastMs = clock.monotonicMs();
  }

  /** Milliseconds since the camera last answered. */
  get idleMs(): number {
    return this.#clock.monotonicMs() - this.#lastMs;
  }

  /** The link is down, or was given up. */
  get isLost(): boolean {
    return this.#lostReason !== null;
  }

  /** Begins the session; numbers of transactions begin at 0 with it. */
  async open(): Promise<void> {
    const accepts = [RESPONSE.sessionAlreadyOpen, RESPONSE.invalidTransaction];
    for (let session = 1; session <= SESSION_TRIES; session += 1) {
      this.#transaction = 0;
      const options = { accepts, act: 'begin a session' };
      const { reply } = await this.run(OPERATION.openSession, [session], options);
      if (reply.code !== RESPONSE.invalidTransaction) return;
    }
    throw refusedError('begin a session', RESPONSE.invalidTransaction, 'every number is in use');
  }

  /**
   * One transaction, and again while the camera is busy.
   * @throws FieldVaultError CAMERA_GONE, CAMERA_PROTOCOL (the link is broken from then on), CAMERA_BUSY, CAMERA_REFUSED
   */
  async run(
    operation: number,
    params: readonly number[] = [],
    options: RunOptions = {},
  ): Promise<PtpAnswer> {
    const act = options.act ?? `do ${formatCode(operation)}`;
    const isLeaving = this.#stop.signal.aborted;
    const startMs = this.#clock.monotonicMs();
    for (let pauseMs = BUSY_PAUSE_MS_MIN; ; pauseMs = Math.min(2 * pauseMs, BUSY_PAUSE_MS_MAX)) {
      const answer = await this.#inTurn(() => {
        // What waited for its turn when the session was cancelled is not begun any more.
        if (this.#stop.signal.aborted && !isLeaving) throw goneError(CLOSED);
        return this.#once(operation, params, options);
      });
      const { code } = answer.reply;
      if (code === RESPONSE.ok || options.accepts?.includes(code) === true) return answer;
      if (code !== RESPONSE.busy && code !== RESPONSE.nikonInvalidStatus) {
        throw refusedError(act, code, reasonOf(code));
      }
      const isLate = this.#clock.monotonicMs() - startMs + pauseMs > this.#options.busyMs;
      if (isLate || this.#stop.signal.aborted) throw busyError(act);
      await this.#clock.sleep(pauseMs, this.#stop.signal);
    }
  }

  /** Breaks the link off; what runs is cancelled, what waits fails. */
  async end(reason: string): Promise<void> {
    this.#lostReason ??= reason;
    this.#stop.abort();
    await this.#transport.close();
  }

  /** Asks the camera to cancel what it is at; the session goes on. */
  cancel(): void {
    this.#stop.abort();
  }

  async #once(
    operation: number,
    params: readonly number[],
    { dataOut, dataBytesMax = DATASET_BYTES_MAX }: RunOptions,
  ): Promise<PtpAnswer> {
    if (this.#lostReason !== null) throw goneError(this.#lostReason);
    const transaction = this.#transaction;
    this.#transaction += 1;
    const isLast = operation === OPERATION.closeSession;
    try {
      const answer = await this.#transport.transact({
        operation,
        transaction,
        params,
        dataBytesMax,
        ...(dataOut === undefined ? {} : { dataOut }),
        ...(isLast ? {} : { signal: this.#stop.signal }),
      });
      this.#lastMs = this.#clock.monotonicMs();
      return answer;
    } catch (error) {
      const failure = error instanceof FieldVaultError ? error : protocolError('', error);
      await this.#lose(failure.message);
      throw failure;
    }
  }

  async #lose(reason: string): Promise<void> {
    if (this.#lostReason !== null) return;
    this.#lostReason = reason;
    this.#options.onLost(reason);
    await this.#transport.close();
  }

  async #inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const before = this.#turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#turn = promise;
    await before;
    try {
      return await act();
    } finally {
      resolve();
    }
  }
}

const REASONS: Readonly<Record<number, string>> = {
  [RESPONSE.sessionNotOpen]: 'there is no session',
  [RESPONSE.notSupported]: 'it cannot',
  [RESPONSE.invalidHandle]: 'no such file is there',
  [RESPONSE.invalidStorage]: 'there is no such card',
  [RESPONSE.storeFull]: 'its card is full',
  [RESPONSE.storeNotAvailable]: 'its card is not there',
  [RESPONSE.accessDenied]: 'it asks for leave on its own screen',
  [RESPONSE.cancelled]: 'it was cancelled',
};

function reasonOf(code: number): string {
  return REASONS[code] ?? `answer ${formatCode(code)}`;
}
