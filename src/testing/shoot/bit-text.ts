/** Bits as text of zeros and ones, made bytes as soon as there are eight: the highest first. */
export class BitText {
  readonly #bytes: number[] = [];
  #text = '';

  /** Appends text of zeros and ones. */
  add(text: string): void {
    this.#text += text;
    while (this.#text.length >= 8) {
      this.#bytes.push(Number.parseInt(this.#text.slice(0, 8), 2));
      this.#text = this.#text.slice(8);
    }
  }

  /** Appends a whole number in so many bits. */
  addNumber(value: number, bits: number): void {
    if (bits > 0) this.add(value.toString(2).padStart(bits, '0'));
  }

  /** All bytes, the last filled up with zeros. */
  end(): Uint8Array {
    this.add('0'.repeat(-this.#text.length & 7));
    return Uint8Array.from(this.#bytes);
  }
}

/** Bits that the absolute value of a whole number needs. */
export function bitsOf(value: number): number {
  return value === 0 ? 0 : Math.floor(Math.log2(Math.abs(value))) + 1;
}

/** A difference in the bits of its category: negative ones lower by one (ITU T.81 F.1.2.1.1). */
export function differenceText(value: number): string {
  const bits = bitsOf(value);
  if (bits === 0) return '';
  return (value < 0 ? value + 2 ** bits - 1 : value).toString(2).padStart(bits, '0');
}
