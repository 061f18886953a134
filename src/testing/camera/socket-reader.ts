import type { Socket } from 'node:net';

/** A client that sends more than this without being asked is no client. */
const WAITING_BYTES_MAX = 67_108_864;

/** Bytes of a socket in the portions that are asked for. */
export class SocketReader {
  readonly #pieces: Buffer[] = [];
  #waiting = 0;
  #isOver = false;
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    socket.on('data', (piece: Buffer) => {
      this.#pieces.push(piece);
      this.#waiting += piece.length;
      if (this.#waiting > WAITING_BYTES_MAX) socket.destroy();
      this.#wake();
    });
    socket.on('close', () => {
      this.#isOver = true;
      this.#wake();
    });
    // What goes wrong on a line ends it: close follows.
    socket.on('error', () => {});
  }

  /** Exactly so many bytes; null where the line ends before. One call at a time. */
  async take(count: number): Promise<Uint8Array | null> {
    while (this.#waiting < count) {
      if (this.#isOver) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const all = Buffer.concat(this.#pieces);
    this.#pieces.length = 0;
    if (all.length > count) this.#pieces.push(all.subarray(count));
    this.#waiting -= count;
    return all.subarray(0, count);
  }

  /** The next bytes if that many are there, left where they are; null otherwise. */
  peek(count: number): Uint8Array | null {
    return this.#waiting < count ? null : Buffer.concat(this.#pieces).subarray(0, count);
  }
}
