import { LIMITS } from '../base/index.ts';
import type { Clock } from '../platform/index.ts';

/** A person who ends it waits no longer than this. */
const STEP_MS = 500;

/** How fast a sync may go, and how fast it went. */
export class LinkPace {
  /** Bytes that came over the link; threads add to it. */
  readonly counter: SharedArrayBuffer = new SharedArrayBuffer(8);
  readonly #clock: Clock;
  readonly #bytesPerSecond: number | null;
  readonly #startMs: number;
  /** Until when the bytes so far take, at the allowed rate. */
  #paidMs: number;

  /** @param bytesPerSecond null: as fast as it goes */
  constructor(clock: Clock, bytesPerSecond: number | null) {
    this.#clock = clock;
    this.#bytesPerSecond = bytesPerSecond;
    this.#startMs = clock.monotonicMs();
    this.#paidMs = this.#startMs;
  }

  get isLimited(): boolean {
    return this.#bytesPerSecond !== null;
  }

  get bytes(): number {
    return Number(Atomics.load(new BigInt64Array(this.counter), 0));
  }

  /** Whether so much comes in a second that making it durable often would only cost time. */
  get isFast(): boolean {
    const seconds = (this.#clock.monotonicMs() - this.#startMs) / 1000;
    return seconds > 1 && this.bytes / seconds > LIMITS.syncFastBytesPerSecond;
  }

  count(bytes: number): void {
    Atomics.add(new BigInt64Array(this.counter), 0, BigInt(bytes));
  }

  /** Waits until so many more bytes are allowed, or it is over. */
  async wait(bytes: number, isOver: () => boolean): Promise<void> {
    if (this.#bytesPerSecond === null) return;
    const nowMs = this.#clock.monotonicMs();
    // An idle while earns no more than a second of haste.
    this.#paidMs = Math.max(this.#paidMs, nowMs - 1000) + (bytes / this.#bytesPerSecond) * 1000;
    for (let left = this.#paidMs - nowMs; left > 0 && !isOver(); left -= STEP_MS) {
      await this.#clock.sleep(Math.min(left, STEP_MS));
    }
  }
}
