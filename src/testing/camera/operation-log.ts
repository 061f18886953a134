import type { Answer, Operation } from './camera-profile.ts';

/** One operation as the camera saw it. */
export interface LoggedOperation {
  readonly code: number;
  readonly params: readonly number[];
  readonly transaction: number;
  /** What came with it, up to 64 bytes; null where nothing did. */
  readonly data: Uint8Array | null;
  /** Response of the camera. */
  readonly answered: number;
}

/** Operations kept one by one; counts go on for ever. */
const KEPT_MAX = 10_000;
const DATA_BYTES_MAX = 64;

/** What a camera was asked, in order: the last 10,000 one by one, all of them as counts. */
export class OperationLog {
  readonly #last: LoggedOperation[] = [];
  readonly #counts = new Map<number, number>();
  #count = 0;

  /** All operations until now. */
  get count(): number {
    return this.#count;
  }

  /** The last ones, the oldest first. */
  get last(): readonly LoggedOperation[] {
    return this.#last;
  }

  /** How often an operation was asked for. */
  countOf(code: number): number {
    return this.#counts.get(code) ?? 0;
  }

  /** Adds one. */
  note({ code, params, transaction, data }: Operation, answer: Answer): void {
    this.#count += 1;
    this.#counts.set(code, this.countOf(code) + 1);
    const head = data?.slice(0, DATA_BYTES_MAX) ?? null;
    this.#last.push({ code, params, transaction, data: head, answered: answer.code });
    if (this.#last.length > KEPT_MAX) this.#last.splice(0, KEPT_MAX / 10);
  }
}
