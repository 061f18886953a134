import { BitPen, paddingAt, windowAt, withZeros } from './bit-window.ts';
import type { FoundSamples } from './read-differences.ts';

/** Zeros of the longest word; behind it the difference stands as it is. */
const LONG = 12;

/** What the lengths of the next words follow from: for even and for odd columns. */
interface Carry {
  size: number;
  mean: number;
  quiet: number;
}

function freshCarries(): readonly [Carry, Carry] {
  return [
    { size: 0, mean: 0, quiet: 0 },
    { size: 0, mean: 0, quiet: 0 },
  ];
}

/** Bits of a difference that stand as they are. */
function plainBits({ size, quiet }: Carry): number {
  const more = quiet < 3 ? 2 : 0;
  let bits = 2 + more;
  while ((size & 0xffff) >> (bits + more) !== 0) bits += 1;
  return bits;
}

function advance(carry: Carry, size: number, difference: number): void {
  carry.size = size;
  carry.mean = (difference * 3 + carry.mean) >> 5;
  carry.quiet = size > 16 ? 0 : carry.quiet + 1;
}

/** Samples of 12 bits as Olympus bodies code them, and the bit that long words leave over. */
export interface OlympusSamples extends FoundSamples {
  readonly spare: 0 | 1;
}

/** Reads samples; null where the bytes are not what a writer makes of any samples of 16 bits. */
export function readOlympus(
  bytes: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
): OlympusSamples | null {
  // Every sample takes four bits at least.
  if (width < 2 || width * height * 4 > bytes.length * 8) return null;
  const plain = withZeros(bytes);
  const samples = new Uint16Array(width * height);
  const spares = new Set<number>();
  let bit = 0;
  for (let row = 0; row < height; row++) {
    const carries = freshCarries();
    for (let column = 0; column < width; column++) {
      const carry = carries[column & 1]!;
      const bits = plainBits(carry);
      if (bits > 15) return null;
      const word = windowAt(plain, bit);
      const isNegative = word < 0;
      const low = (word >>> 29) & 3;
      let high = Math.min(LONG, Math.clz32(word << 3));
      let used = 3 + (high === LONG ? LONG : high + 1);
      if (high === LONG) {
        const more = windowAt(plain, bit + used) >>> (16 + bits);
        spares.add(more & 1);
        high = more >> 1;
        used += 16 - bits;
      }
      // Mostly the same window holds the rest too.
      const rest = used + bits <= 25 ? word << used : windowAt(plain, bit + used);
      const size = (high << bits) | (rest >>> (32 - bits));
      bit += used + bits;
      const difference = (isNegative ? ~size : size) + carry.mean;
      advance(carry, size, difference);
      const at = row * width + column;
      const sample = olympusPrediction(samples, at, column, width) + (difference << 2) + low;
      if (sample < 0 || sample > 65_535) return null;
      samples[at] = sample;
    }
    if (bit > bytes.length * 8) return null;
  }
  const padding = paddingAt(plain, bit);
  if (padding === null || spares.size > 1) return null;
  return { samples, bytes: (bit + 7) >> 3, padding, spare: spares.has(1) ? 1 : 0 };
}

/** Writes samples into exactly this space; false where they take more or less, or cannot be written: damage. */
export function writeOlympus(
  space: Uint8Array,
  spare: 0 | 1,
  scan: { readonly samples: Uint16Array; readonly width: number; readonly padding: 0 | 1 },
): boolean {
  const { samples, width, padding } = scan;
  const pen = new BitPen(space);
  for (let row = 0; row * width < samples.length; row++) {
    const carries = freshCarries();
    for (let column = 0; column < width; column++) {
      const carry = carries[column & 1]!;
      const bits = plainBits(carry);
      const at = row * width + column;
      const step = samples[at]! - olympusPrediction(samples, at, column, width);
      const difference = step >> 2;
      const signed = difference - carry.mean;
      const size = signed < 0 ? ~signed : signed;
      const high = size >> bits;
      if (bits > 15 || (high >= LONG && high >= 1 << (15 - bits))) return false;
      const head = (signed < 0 ? 4 : 0) | (step & 3);
      if (high < LONG) pen.put((head << (high + 1)) | 1, high + 4);
      else {
        pen.put(head << LONG, LONG + 3);
        pen.put((high << 1) | spare, 16 - bits);
      }
      pen.put(size & ((1 << bits) - 1), bits);
      advance(carry, size, difference);
    }
    if (pen.next > space.length) return false;
  }
  return pen.end(padding);
}

/** From the sample two to the left, the one two above, and the one between them. */
function olympusPrediction(
  samples: Uint16Array,
  at: number,
  column: number,
  width: number,
): number {
  if (at < 2 * width) return column < 2 ? 0 : samples[at - 2]!;
  if (column < 2) return samples[at - 2 * width]!;
  const left = samples[at - 2]!;
  const above = samples[at - 2 * width]!;
  const corner = samples[at - 2 * width - 2]!;
  const fromLeft = Math.abs(left - corner);
  const fromAbove = Math.abs(above - corner);
  const isBetween = (left < corner && corner < above) || (above < corner && corner < left);
  if (!isBetween) return fromLeft > fromAbove ? left : above;
  return fromLeft > 32 || fromAbove > 32 ? left + above - corner : (left + above) >> 1;
}
