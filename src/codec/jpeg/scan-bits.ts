/** The bits of one scan without stuffing, and how to find places of them in the file again. */
export interface ScanBits {
  /** Bytes of all restart intervals one after the other, with spare zeros behind. */
  readonly data: Uint8Array;
  readonly view: DataView;
  /** For each interval: where it ends in `data`, where it begins in the file, and the marker that ends it (0: none). */
  readonly ends: readonly number[];
  readonly starts: readonly number[];
  readonly markers: readonly number[];
}

/** Zero bytes behind the data, so that one block may be read beyond its end: 64 words of 27 bits. */
const SPARE_BYTES = 256;

/** Takes the stuffing out of the scan that begins at `start` (T.81 F.1.2.3), up to a marker that is no RST or the end. */
export function unstuffScan(bytes: Uint8Array, start: number): ScanBits {
  const data = new Uint8Array(scanBytes(bytes, start) + SPARE_BYTES);
  const ends: number[] = [];
  const starts = [start];
  const markers: number[] = [];
  let from = start;
  let length = 0;
  for (;;) {
    const found = bytes.indexOf(0xff, from);
    const at = found < 0 ? bytes.length : found;
    const next = bytes[at + 1];
    const upTo = next === 0 ? at + 1 : at;
    data.set(bytes.subarray(from, upTo), length);
    length += upTo - from;
    from = at + 2;
    if (next === 0) continue;
    ends.push(length);
    if (next === undefined || (next & 0xf8) !== 0xd0) break;
    markers.push(next);
    starts.push(from);
  }
  markers.push(0);
  return { data, view: new DataView(data.buffer), ends, starts, markers };
}

/** At most this many bytes belong to the scan. */
function scanBytes(bytes: Uint8Array, start: number): number {
  let at = start;
  for (;;) {
    at = bytes.indexOf(0xff, at);
    if (at < 0) return bytes.length - start;
    const next = bytes[at + 1];
    if (next !== 0 && ((next ?? 0) & 0xf8) !== 0xd0) return at - start;
    at += 2;
  }
}

/** The place in the file of byte `at` of an interval's data. */
export function placeInFile(
  bytes: Uint8Array,
  bits: ScanBits,
  interval: number,
  at: number,
): number {
  const begin = interval === 0 ? 0 : bits.ends[interval - 1]!;
  let place = bits.starts[interval]!;
  for (let left = at - begin; left > 0; left--) place += bytes[place] === 0xff ? 2 : 1;
  return place;
}
