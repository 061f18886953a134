/** Takes bits and writes bytes with stuffing into an array that has its final length. */
export interface BitSink {
  readonly bytes: Uint8Array;
  /** The next byte's place; beyond the array's end nothing is kept. */
  at: number;
  bits: number;
  count: number;
}

/** Writes 0 to 16 bits. */
export function putBits(sink: BitSink, value: number, size: number): void {
  let count = sink.count + size;
  const bits = (sink.bits << size) | value;
  while (count >= 8) {
    count -= 8;
    const byte = (bits >>> count) & 255;
    sink.bytes[sink.at++] = byte;
    if (byte === 255) sink.bytes[sink.at++] = 0;
  }
  sink.bits = bits & 127;
  sink.count = count;
}

/** Bits that are missing to a whole byte. */
export function padSize(sink: BitSink): number {
  return -sink.count & 7;
}
