import type { PackOrder, Rectangle, SampleCoding, Segment } from './sensor-part.ts';

type Packed = Extract<SampleCoding, { kind: 'packed' }>;

/** Samples of one place in a plane. */
interface Target {
  readonly samples: Uint16Array;
  /** Samples from one row of the plane to the next. */
  readonly stride: number;
}

/** Reads the packed samples of a segment into a plane. */
export function unpackSegment(
  bytes: Uint8Array,
  segment: Segment,
  coding: Packed,
  to: Target,
): void {
  eachRow(segment, coding, (row, place) => {
    const from = segment.offset + row * coding.rowBytes;
    const line = bytes.subarray(from, from + coding.rowBytes);
    const start = (place.top + row) * to.stride + place.left;
    unpackRow(line, coding, to.samples.subarray(start, start + place.width));
  });
}

/** Writes the samples of a segment into the bytes of a file; bits without a sample become zeros. */
export function packSegment(
  bytes: Uint8Array,
  segment: Segment,
  coding: Packed,
  from: Target,
): void {
  eachRow(segment, coding, (row, place) => {
    const target = segment.offset + row * coding.rowBytes;
    const line = bytes.subarray(target, target + coding.rowBytes);
    const start = (place.top + row) * from.stride + place.left;
    packRow(from.samples.subarray(start, start + place.width), coding, line);
  });
}

function eachRow(
  { places }: Segment,
  _coding: Packed,
  act: (row: number, place: Rectangle) => void,
): void {
  const place = places[0];
  if (place === undefined) return;
  for (let row = 0; row < place.height; row++) act(row, place);
}

/** Which byte of a row comes next in the order of the bits: exclusive-or with this. */
function swapOf(order: PackOrder): number {
  if (order === 'high-first-in-16') return 1;
  return order === 'high-first-in-32' ? 3 : 0;
}

/** Reads one row. */
export function unpackRow(
  line: Uint8Array,
  { order, storedBits }: Packed,
  samples: Uint16Array,
): void {
  const count = samples.length;
  if (order === 'words-little') {
    for (let at = 0; at < count; at++) samples[at] = line[2 * at]! | (line[2 * at + 1]! << 8);
  } else if (order === 'words-big') {
    for (let at = 0; at < count; at++) samples[at] = (line[2 * at]! << 8) | line[2 * at + 1]!;
  } else if (order === 'low-first') {
    let held = 0;
    let size = 0;
    let next = 0;
    for (let at = 0; at < count; at++) {
      for (; size < storedBits; size += 8) held |= line[next++]! << size;
      samples[at] = held & ((1 << storedBits) - 1);
      held >>>= storedBits;
      size -= storedBits;
    }
  } else {
    const swap = swapOf(order);
    let held = 0;
    let size = 0;
    let next = 0;
    for (let at = 0; at < count; at++) {
      for (; size < storedBits; size += 8) held = (held << 8) | line[next++ ^ swap]!;
      size -= storedBits;
      samples[at] = held >>> size;
      held &= (1 << size) - 1;
    }
  }
}

/** Writes one row; what is left of it becomes zeros. */
export function packRow(
  samples: Uint16Array,
  { order, storedBits }: Packed,
  line: Uint8Array,
): void {
  const count = samples.length;
  line.fill(0, order.startsWith('words') ? 2 * count : 0);
  if (order === 'words-little') {
    for (let at = 0; at < count; at++) {
      line[2 * at] = samples[at]!;
      line[2 * at + 1] = samples[at]! >> 8;
    }
  } else if (order === 'words-big') {
    for (let at = 0; at < count; at++) {
      line[2 * at] = samples[at]! >> 8;
      line[2 * at + 1] = samples[at]!;
    }
  } else if (order === 'low-first') {
    let held = 0;
    let size = 0;
    let next = 0;
    for (let at = 0; at < count; at++) {
      held |= samples[at]! << size;
      for (size += storedBits; size >= 8; size -= 8, held >>>= 8) line[next++] = held;
    }
    if (size > 0) line[next] = held;
  } else {
    const swap = swapOf(order);
    let held = 0;
    let size = 0;
    let next = 0;
    for (let at = 0; at < count; at++) {
      held = (held << storedBits) | samples[at]!;
      for (size += storedBits; size >= 8; ) {
        size -= 8;
        line[next++ ^ swap] = held >> size;
      }
      held &= (1 << size) - 1;
    }
    if (size > 0) line[next ^ swap] = held << (8 - size);
  }
}
