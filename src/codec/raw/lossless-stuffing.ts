/** A part of a scan. */
export interface PlainPart {
  /** Bytes without stuffing, and eight zeros more. */
  readonly plain: Uint8Array;
  readonly bytes: number;
}

/** Bytes up to the next marker, without the zeros behind 0xFF. */
export function unstuffPart(bytes: Uint8Array): PlainPart {
  const plain = new Uint8Array(bytes.length + 8);
  let count = 0;
  let at = 0;
  for (;;) {
    const next = bytes.indexOf(0xff, at);
    const end = next < 0 ? bytes.length : next;
    plain.set(bytes.subarray(at, end), count);
    count += end - at;
    if (next < 0 || bytes[next + 1] !== 0) return { plain, bytes: count };
    plain[count++] = 255;
    at = next + 2;
  }
}

/** Bytes that so many of a part take with their stuffing. */
export function stuffedBytes(plain: Uint8Array, count: number): number {
  let bytes = count;
  for (let at = plain.indexOf(255); at >= 0 && at < count; at = plain.indexOf(255, at + 1)) {
    bytes += 1;
  }
  return bytes;
}

/** Puts bytes into the space from a place on, a zero behind each 0xFF; where it ends, or -1 where it does not fit. */
export function stuffInto(plain: Uint8Array, space: Uint8Array, from: number): number {
  let at = from;
  let taken = 0;
  while (taken < plain.length) {
    const found = plain.indexOf(255, taken);
    const end = found < 0 ? plain.length : found + 1;
    if (at + end - taken > space.length) return -1;
    space.set(plain.subarray(taken, end), at);
    at += end - taken;
    taken = end;
    // Beyond the space's end nothing is kept; the next piece or the length finds that out.
    if (found >= 0) space[at++] = 0;
  }
  return at;
}
