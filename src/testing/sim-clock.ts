import type { Clock } from '../platform/index.ts';

/** A clock that stands still until it is moved; whoever sleeps on it moves it. */
export class SimClock implements Clock {
  #nowMs: number;
  #monotonicMs = 0;
  #offsetMinutes = 0;

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  offsetMinutes(): number {
    return this.#offsetMinutes;
  }

  async sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted !== true) this.advance(durationMs);
  }

  /** Time passes. */
  advance(durationMs: number): void {
    if (durationMs < 0) throw new RangeError(`durationMs ${durationMs} is negative`);
    this.#nowMs += durationMs;
    this.#monotonicMs += durationMs;
  }

  /** The wall clock jumps, forward or back; the monotonic one does not. */
  jumpTo(nowMs: number): void {
    this.#nowMs = nowMs;
  }

  /** Local time is this far east of UTC from now on. */
  moveTo(offsetMinutes: number): void {
    this.#offsetMinutes = offsetMinutes;
  }
}
