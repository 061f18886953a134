import type { Clock } from '../platform/index.ts';

/** A clock that stands still until it is moved; whoever sleeps on it moves it. */
export class SimClock implements Clock {
  #nowMs: number;
  #monotonicMs = 0;
  #offsetMinutes = 0;
  readonly #repeats: Set<Repeat> = new Set();

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
    const endMs = this.#monotonicMs + durationMs;
    for (;;) {
      const next = this.#nextBefore(endMs);
      if (next === null) break;
      this.#goTo(next.dueMs);
      next.dueMs += next.intervalMs;
      next.act();
    }
    this.#goTo(endMs);
  }

  every(intervalMs: number, act: () => void): () => void {
    if (!(intervalMs > 0)) throw new RangeError(`intervalMs ${intervalMs} is not above 0`);
    const repeat = { intervalMs, act, dueMs: this.#monotonicMs + intervalMs };
    this.#repeats.add(repeat);
    return () => this.#repeats.delete(repeat);
  }

  /** The wall clock jumps, forward or back; the monotonic one does not. */
  jumpTo(nowMs: number): void {
    this.#nowMs = nowMs;
  }

  /** Local time is this far east of UTC from now on. */
  moveTo(offsetMinutes: number): void {
    this.#offsetMinutes = offsetMinutes;
  }

  #nextBefore(endMs: number): Repeat | null {
    let next: Repeat | null = null;
    for (const repeat of this.#repeats) {
      if (repeat.dueMs <= endMs && repeat.dueMs < (next?.dueMs ?? Number.POSITIVE_INFINITY)) {
        next = repeat;
      }
    }
    return next;
  }

  #goTo(monotonicMs: number): void {
    this.#nowMs += monotonicMs - this.#monotonicMs;
    this.#monotonicMs = monotonicMs;
  }
}

interface Repeat {
  readonly intervalMs: number;
  readonly act: () => void;
  dueMs: number;
}
