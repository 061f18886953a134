import { protocolError } from '../camera-error.ts';

/** All bits of a 32-bit field: "unknown", "all" or "none", by field. */
export const ALL_ONES_32 = 0xffffffff;

/**
 * Reads little-endian fields one after the other. A field beyond the end is `CAMERA_PROTOCOL`; counts are believed only
 * as far as there are bytes, so nothing is ever allocated on the word of a camera.
 */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #what: string;
  #at = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
  }

  /** Bytes not read yet. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    return this.#view.getUint8(this.#next(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#next(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#next(4), true);
  }

  /** Null beyond 2^53 - 1: unknown (all ones), or a lie. */
  u64(): number | null {
    const value = this.u64Exact();
    return value > BigInt(Number.MAX_SAFE_INTEGER) ? null : Number(value);
  }

  u64Exact(): bigint {
    return this.#view.getBigUint64(this.#next(8), true);
  }

  /** The next bytes, not copied. */
  take(count: number): Uint8Array {
    const at = this.#next(count);
    return this.#bytes.subarray(at, at + count);
  }

  /** All bytes not read yet, not copied. */
  rest(): Uint8Array {
    return this.take(this.left);
  }

  /** A count of UTF-16 units with the final NUL in one byte, then the units. What follows a NUL is left out. */
  string(): string {
    return textOf(this.take(2 * this.u8()));
  }

  /** A count in four bytes, then so many items; `itemBytesMin` is the least that one takes. */
  array<Item>(itemBytesMin: number, item: (reader: ByteReader) => Item): Item[] {
    const count = this.u32();
    if (count * itemBytesMin > this.left) {
      throw protocolError(`${this.#what} claims ${count} entries in ${this.left} bytes`);
    }
    return Array.from({ length: count }, () => item(this));
  }

  array16(): number[] {
    return this.array(2, (reader) => reader.u16());
  }

  array32(): number[] {
    return this.array(4, (reader) => reader.u32());
  }

  #next(count: number): number {
    if (count > this.left) {
      throw protocolError(`${this.#what} ends after ${this.#bytes.length} bytes`);
    }
    const at = this.#at;
    this.#at += count;
    return at;
  }
}

/** Writes little-endian fields one after the other. */
export class ByteWriter {
  #bytes: Uint8Array = new Uint8Array(64);
  #size = 0;

  u8(value: number): this {
    this.#view(1).setUint8(0, value);
    return this;
  }

  u16(value: number): this {
    this.#view(2).setUint16(0, value, true);
    return this;
  }

  u32(value: number): this {
    this.#view(4).setUint32(0, value, true);
    return this;
  }

  u64(value: number | bigint): this {
    this.#view(8).setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true);
    return this;
  }

  bytes(bytes: Uint8Array): this {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  /** As {@link ByteReader.string} reads it; cut after 254 units. */
  string(text: string): this {
    const units = text.slice(0, 254);
    if (units === '') return this.u8(0);
    return this.u8(units.length + 1).text(units);
  }

  /** UTF-16 units and a NUL, without a count. */
  text(text: string): this {
    for (let index = 0; index < text.length; index += 1) this.u16(text.charCodeAt(index));
    return this.u16(0);
  }

  array16(items: readonly number[]): this {
    this.u32(items.length);
    for (const item of items) this.u16(item);
    return this;
  }

  array32(items: readonly number[]): this {
    this.u32(items.length);
    for (const item of items) this.u32(item);
    return this;
  }

  /** What was written; not shared with later writes. */
  done(): Uint8Array {
    return this.#bytes.slice(0, this.#size);
  }

  #view(count: number): DataView {
    const at = this.#grow(count);
    return new DataView(this.#bytes.buffer, at, count);
  }

  #grow(count: number): number {
    const at = this.#size;
    this.#size += count;
    if (this.#size > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#size, 2 * this.#bytes.length));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    return at;
  }
}

/** Text of UTF-16 units up to the first NUL, or up to the end; an odd last byte is left out. */
export function textOf(units: Uint8Array): string {
  let text = '';
  for (let at = 0; at + 1 < units.length; at += 2) {
    const unit = (units[at] ?? 0) | ((units[at + 1] ?? 0) << 8);
    if (unit === 0) break;
    text += String.fromCharCode(unit);
  }
  return text;
}
