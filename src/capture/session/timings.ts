/** When a frame came and when it was safe, in milliseconds from the moment it became known. */
export interface FrameTimes {
  /** Until its first byte was asked for. */
  readonly waitedMs: number;
  /** From there until its last byte had come. */
  readonly transferMs: number;
  /** From there until it was durable, read back and acknowledged on every vault. */
  readonly settledMs: number;
  /** All of it. */
  readonly durableMs: number;
}

/** The middle and the end of many durations, in milliseconds; zeros where there are none. */
export interface Spread {
  readonly count: number;
  readonly median: number;
  readonly p99: number;
  readonly max: number;
}

/** How long frames took, over a session. */
export interface SessionTimings {
  readonly durableMs: Spread;
  readonly transferMs: Spread;
  readonly settledMs: Spread;
  /** Between two transfers while the next frame waited: what a camera's workflow waits for us. */
  readonly gapMs: Spread;
}

/** Durations kept of each kind; of a longer session every second one is dropped as often as needed. */
const KEPT_MAX = 4096;

/** Collects the durations of a session in bounded memory. */
export class TimingLog {
  readonly #durable: Sample = new Sample();
  readonly #transfer: Sample = new Sample();
  readonly #settled: Sample = new Sample();
  readonly #gap: Sample = new Sample();

  frame({ durableMs, transferMs, settledMs }: FrameTimes): void {
    this.#durable.add(durableMs);
    this.#transfer.add(transferMs);
    this.#settled.add(settledMs);
  }

  gap(durationMs: number): void {
    this.#gap.add(durationMs);
  }

  report(): SessionTimings {
    return {
      durableMs: this.#durable.spread(),
      transferMs: this.#transfer.spread(),
      settledMs: this.#settled.spread(),
      gapMs: this.#gap.spread(),
    };
  }
}

class Sample {
  #values: number[] = [];
  #every = 1;
  #count = 0;
  #max = 0;

  add(value: number): void {
    this.#max = Math.max(this.#max, value);
    if (this.#count % this.#every === 0) this.#values.push(value);
    this.#count += 1;
    if (this.#values.length < KEPT_MAX) return;
    this.#values = this.#values.filter((_, index) => index % 2 === 0);
    this.#every *= 2;
  }

  spread(): Spread {
    const sorted = this.#values.toSorted((a, b) => a - b);
    const at = (share: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return {
      count: this.#count,
      median: rounded(at(0.5)),
      p99: rounded(at(0.99)),
      max: rounded(this.#max),
    };
  }
}

function rounded(durationMs: number): number {
  return Math.round(durationMs * 10) / 10;
}
