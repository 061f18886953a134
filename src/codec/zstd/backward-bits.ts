/** Bits read from the end of a stream to its beginning (RFC 8878 section 4.1); in front of it stand zeros. */
export class BackwardBits {
  readonly #bytes: Uint8Array;
  /** Bits that are left; below zero once more was read than there is. */
  left: number;

  /** @param bytes whose last one holds the mark: its highest bit that is set; without one nothing is left */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    const last = bytes[bytes.length - 1] ?? 0;
    this.left = last === 0 ? -1 : bytes.length * 8 - Math.clz32(last) + 23;
  }

  /** The next 0 to 31 bits as a number. */
  read(count: number): number {
    const value = this.peek(count);
    this.left -= count;
    return value;
  }

  /** The next 0 to 31 bits, which stay. */
  peek(count: number): number {
    if (count > 24) return this.#wide(count);
    const from = this.left - count;
    const at = from >> 3;
    const bytes = this.#bytes;
    const word =
      (bytes[at] ?? 0) |
      ((bytes[at + 1] ?? 0) << 8) |
      ((bytes[at + 2] ?? 0) << 16) |
      ((bytes[at + 3] ?? 0) << 24);
    return (word >>> (from & 7)) & ((1 << count) - 1);
  }

  #wide(count: number): number {
    const { left } = this;
    const high = this.peek(16);
    this.left -= 16;
    const low = this.peek(count - 16);
    this.left = left;
    return high * 2 ** (count - 16) + low;
  }
}
