import { LIMITS } from '../base/index.ts';
import type { Clock } from '../platform/index.ts';

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

  /** Waits until so many more bytes are allowed. */
  async wait(bytes: number): Promise<void> {
    if (this.#bytesPerSecond === null) return;
    const nowMs = this.#clock.monotonicMs();
    // An idle while earns no more than a second of haste.
    this.#paidMs = Math.max(this.#paidMs, nowMs - 1000) + (bytes / this.#bytesPerSecond) * 1000;
    if (this.#paidMs > nowMs) await this.#clock.sleep(this.#paidMs - nowMs);
  }
}
