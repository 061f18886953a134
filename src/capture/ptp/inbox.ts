import type { CameraEvent } from '../connection.ts';

/** Events that wait for their taker; a flood beyond this becomes one `changed`. */
const WAITING_MAX = 4096;

/** The events of one connection, in order and of bounded number. Nothing comes after `lost` or {@link end}. */
export class EventInbox implements AsyncIterable<CameraEvent> {
  #waiting: CameraEvent[] = [];
  #wake: () => void = () => undefined;
  #isEnded = false;

  push(event: CameraEvent): void {
    if (this.#isEnded) return;
    if (event.kind === 'lost') this.#isEnded = true;
    // Whoever compares with list() misses nothing: what waits and what comes is all in that one word.
    else if (event.kind === 'changed' && this.#waiting.at(-1)?.kind === 'changed') return;
    else if (this.#waiting.length >= WAITING_MAX) this.#waiting = [{ kind: 'changed' }];
    this.#waiting.push(event);
    this.#wake();
  }

  /** No more events; those that wait are still taken. */
  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<CameraEvent> {
    for (;;) {
      const event = this.#waiting.shift();
      if (event !== undefined) yield event;
      else if (this.#isEnded) return;
      else {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#wake = resolve;
        await promise;
      }
    }
  }
}
