/**
 * How far a long act is, readable at any moment from any thread.
 * The counters are shared memory: workers add to them while they copy, a display reads them when it likes.
 */
export class Progress {
  /** Bytes done; given to workers as it is. */
  readonly bytesCounter: SharedArrayBuffer = new SharedArrayBuffer(8);
  /** Files and bytes there are to do; grow while they are found. */
  filesTotal = 0;
  bytesTotal = 0;
  filesDone = 0;
  /** What is being done now, for people. */
  phase = '';

  get bytesDone(): number {
    return Number(Atomics.load(new BigInt64Array(this.bytesCounter), 0));
  }
}

/** Adds to a counter of {@link Progress}; the difference may be negative when work is done again. */
export function addBytes(counter: SharedArrayBuffer, bytes: number): void {
  Atomics.add(new BigInt64Array(counter), 0, BigInt(bytes));
}
