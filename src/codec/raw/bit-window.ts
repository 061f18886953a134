/** The next bits of bytes that have at least eight more behind them, highest first: 25 of them at least. */
export function windowAt(plain: Uint8Array, bit: number): number {
  const at = bit >> 3;
  const word = (plain[at]! << 24) | (plain[at + 1]! << 16) | (plain[at + 2]! << 8) | plain[at + 3]!;
  return word << (bit & 7);
}

/** A copy with eight zeros behind it, for {@link windowAt}. */
export function withZeros(bytes: Uint8Array): Uint8Array {
  const plain = new Uint8Array(bytes.length + 8);
  plain.set(bytes);
  return plain;
}

/** How the last byte is filled up whose first bits end before this one: all zeros, all ones, or null for neither. */
export function paddingAt(plain: Uint8Array, bit: number): 0 | 1 | null {
  const size = -bit & 7;
  const rest = size === 0 ? 0 : plain[bit >> 3]! & ((1 << size) - 1);
  if (rest === 0) return 0;
  return rest === (1 << size) - 1 ? 1 : null;
}

/** Puts bits into bytes, highest first; what is beyond the space is dropped. */
export class BitPen {
  readonly #space: Uint8Array;
  #held = 0;
  #size = 0;
  /** Bytes that are full. */
  next = 0;

  constructor(space: Uint8Array) {
    this.#space = space;
  }

  /** Puts the lowest bits of a value, at most 24; higher ones must be zeros. */
  put(value: number, count: number): void {
    let held = (this.#held << count) | value;
    let size = this.#size + count;
    while (size >= 8) {
      size -= 8;
      this.#space[this.next++] = held >>> size;
    }
    held &= 127;
    this.#held = held;
    this.#size = size;
  }

  /** Fills up the last byte; true where exactly the whole space is full then. */
  end(padding: 0 | 1): boolean {
    const missing = -this.#size & 7;
    this.put(padding === 1 ? (1 << missing) - 1 : 0, missing);
    return this.next === this.#space.length;
  }
}
