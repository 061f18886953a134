/** The code of a failure that is no failure: somebody asked to stop. */
export const STOPPED = 'ESTOPPED';

/** Memory that all threads share: 0 while work goes on, 1 once it must stop. */
export type StopMemory = SharedArrayBuffer;

/** Tells every thread to stop within one chunk, where an AbortSignal reaches only the thread it lives in. */
export class StopFlag {
  /** Given to workers as it is. */
  readonly memory: StopMemory = new SharedArrayBuffer(4);
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.raise();

  /** @param signal raises the flag when it aborts, until {@link release} is called */
  constructor(signal?: AbortSignal) {
    this.#signal = signal;
    if (signal?.aborted === true) this.raise();
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  get isRaised(): boolean {
    return isStopped(this.memory);
  }

  raise(): void {
    Atomics.store(new Int32Array(this.memory), 0, 1);
  }

  /** Lets go of the signal, which may live longer than the work. */
  release(): void {
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }
}

/** Whether the flag of this memory is raised; never where there is none. */
export function isStopped(memory: StopMemory | undefined): boolean {
  return memory !== undefined && Atomics.load(new Int32Array(memory), 0) === 1;
}

/** What reading throws once the flag is raised. */
export function stoppedError(): Error {
  return Object.assign(new Error('stopped, as was asked for'), { code: STOPPED });
}
