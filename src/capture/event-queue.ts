/** Values that wait for the one who takes them, in order. */
export class EventQueue<T> implements AsyncIterable<T> {
  readonly #waiting: T[] = [];
  #wake: (() => void) | null = null;
  #isEnded = false;

  /** Adds a value; after {@link end} it is dropped. */
  push(value: T): void {
    if (this.#isEnded) return;
    this.#waiting.push(value);
    this.#wake?.();
  }

  /** Nothing more comes; what waits is still given. */
  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    for (;;) {
      while (this.#waiting.length > 0) yield this.#waiting.shift() as T;
      if (this.#isEnded) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
