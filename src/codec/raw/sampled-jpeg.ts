import { BitPen, paddingAt, windowAt } from './bit-window.ts';
import type { LosslessHead } from './lossless-head.ts';
import { stuffedBytes, stuffInto, unstuffPart } from './lossless-stuffing.ts';
import type { FoundSamples } from './read-differences.ts';
import type { Rectangle, SampledJpeg } from './sensor-part.ts';

/** Where the samples of each component lie in a plane: brightness above, the two colours beside each other below it. */
export function sampledPlaces(
  { columns, lines }: Pick<LosslessHead, 'columns' | 'lines'>,
  rowsEach: number,
): readonly [Rectangle, Rectangle, Rectangle] {
  const colour = { top: lines, width: columns / 2, height: lines / rowsEach };
  return [
    { left: 0, top: 0, width: columns, height: lines },
    { ...colour, left: 0 },
    { ...colour, left: columns / 2 },
  ];
}

/** For each sample of the scan its place in the samples of the three components, one after the other. */
function orderOf(head: LosslessHead, { rowsEach, slices }: SampledJpeg): Uint32Array {
  const { columns, lines } = head;
  const groups = columns / 2;
  const bright = columns * lines;
  const colour = groups * (lines / rowsEach);
  const order = new Uint32Array(bright + 2 * colour);
  let next = 0;
  let left = 0;
  for (const slice of slices) {
    for (let row = 0; row < lines / rowsEach; row++) {
      for (let group = left; group < left + slice; group++) {
        for (let inner = 0; inner < 2 * rowsEach; inner++) {
          order[next++] = (row * rowsEach + (inner >> 1)) * columns + 2 * group + (inner & 1);
        }
        order[next++] = bright + row * groups + group;
        order[next++] = bright + colour + row * groups + group;
      }
    }
    left += slice;
  }
  return order;
}

/** Whether the slices and the header make a whole picture. */
export function isWholeSampled(head: LosslessHead, { rowsEach, slices }: SampledJpeg): boolean {
  const groups = slices.reduce((sum, slice) => sum + slice, 0);
  return (
    head.sampledRows === rowsEach &&
    head.predictor === 1 &&
    head.restartLines === 0 &&
    groups * 2 === head.columns &&
    head.lines % rowsEach === 0
  );
}

/** The code and the number of bits of a group, and where in the group each sample's difference counts from. */
function planOf(
  rowsEach: number,
): readonly { readonly component: number; readonly back: number }[] {
  const inner = 2 * rowsEach;
  const size = inner + 2;
  return Array.from({ length: size }, (_sample, index) => {
    if (index >= inner) return { component: index - inner + 1, back: size };
    // Brightness counts from the brightness just before: of the group before for the first.
    return { component: 0, back: index === 0 ? 3 : 1 };
  });
}

/** Reads the scan behind the header: brightness row by row, then the one colour, then the other; null where not understood. */
export function readSampledScan(
  bytes: Uint8Array,
  head: LosslessHead,
  coding: SampledJpeg,
): FoundSamples | null {
  if (!isWholeSampled(head, coding)) return null;
  const order = orderOf(head, coding);
  if (order.length > bytes.length * 8) return null;
  const { plain, bytes: count } = unstuffPart(bytes);
  const plan = planOf(coding.rowsEach);
  const lineSamples = (head.columns / 2) * plan.length;
  const scan = new Uint16Array(order.length);
  let bit = 0;
  for (let at = 0, place = 0, inLine = 0; at < scan.length; at++) {
    const { component, back } = plan[place]!;
    const entry = head.codes[component]!.look[windowAt(plain, bit) >>> 16]!;
    const category = entry & 255;
    if (entry === 0) return null;
    bit += entry >> 8;
    let difference = 0;
    if (category === 16) difference = 32_768;
    else if (category > 0) {
      const more = windowAt(plain, bit) >>> (32 - category);
      difference = more >> (category - 1) === 0 ? more - (1 << category) + 1 : more;
      bit += category;
    }
    scan[at] = difference + beforeOf(scan, { at, inLine, place, back, lineSamples }, head.bits);
    place = place + 1 === plan.length ? 0 : place + 1;
    inLine = inLine + 1 === lineSamples ? 0 : inLine + 1;
    if (bit > count * 8) return null;
  }
  const padding = paddingAt(plain, bit);
  if (padding === null) return null;
  const samples = new Uint16Array(scan.length);
  for (let at = 0; at < scan.length; at++) samples[order[at]!] = scan[at]!;
  return { samples, bytes: stuffedBytes(plain, (bit + 7) >> 3), padding };
}

/** What a sample of the scan counts from; the first of a line from the first of the line before. */
function beforeOf(
  scan: Uint16Array,
  place: {
    readonly at: number;
    readonly inLine: number;
    readonly place: number;
    readonly back: number;
    readonly lineSamples: number;
  },
  bits: number,
): number {
  const { at, inLine, back, lineSamples } = place;
  // Brightness behind the first of a line has brightness before it in the same group.
  if (inLine >= back) return scan[at - back]!;
  return at < lineSamples ? 1 << (bits - 1) : scan[at - lineSamples]!;
}

/** Writes the scan into exactly this space; false where it takes more or less, or a difference has no code: damage. */
export function writeSampledScan(
  space: Uint8Array,
  head: LosslessHead,
  coding: SampledJpeg,
  found: { readonly samples: Uint16Array; readonly padding: 0 | 1 },
): boolean {
  if (!isWholeSampled(head, coding)) return false;
  const order = orderOf(head, coding);
  if (order.length !== found.samples.length) return false;
  const scan = Uint16Array.from(order, (from) => found.samples[from]!);
  const plan = planOf(coding.rowsEach);
  const lineSamples = (head.columns / 2) * plan.length;
  const plain = new Uint8Array(space.length);
  const pen = new BitPen(plain);
  for (let at = 0, place = 0, inLine = 0; at < scan.length; at++) {
    const { component, back } = plan[place]!;
    const before = beforeOf(scan, { at, inLine, place, back, lineSamples }, head.bits);
    const difference = ((scan[at]! - before) << 16) >> 16;
    const category = 32 - Math.clz32(difference < 0 ? -difference : difference);
    const { codes, lengths } = head.codes[component]!;
    if (lengths[category] === 0 || pen.next > space.length) return false;
    pen.put(codes[category]!, lengths[category]!);
    if (category < 16) {
      pen.put(difference < 0 ? difference - 1 + (1 << category) : difference, category);
    }
    place = place + 1 === plan.length ? 0 : place + 1;
    inLine = inLine + 1 === lineSamples ? 0 : inLine + 1;
  }
  pen.end(found.padding);
  return (
    pen.next <= plain.length && stuffInto(plain.subarray(0, pen.next), space, 0) === space.length
  );
}
