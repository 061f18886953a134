import { nikonCode } from './nikon-codes.ts';
import { beforeOf } from './read-nikon.ts';
import type { SampleCoding } from './sensor-part.ts';

type Nikon = Extract<SampleCoding, { kind: 'nikon-lossless' }>;

/**
 * Writes Nikon's lossless coding into exactly this space. False where it takes more or less, or a difference has no
 * code: damage.
 */
export function writeNikon(
  space: Uint8Array,
  { storedBits, starts }: Nikon,
  scan: { readonly samples: Uint16Array; readonly width: number; readonly padding: 0 | 1 },
): boolean {
  const { samples, width, padding } = scan;
  const { codes, lengths } = nikonCode(storedBits);
  let next = 0;
  let held = 0;
  let size = 0;
  const put = (value: number, count: number): void => {
    held = (held << count) | value;
    for (size += count; size >= 8; ) {
      size -= 8;
      space[next++] = held >>> size;
    }
    held &= 127;
  };
  for (let row = 0; row * width < samples.length; row++) {
    for (let column = 0; column < width; column++) {
      const at = row * width + column;
      const before = beforeOf(samples, { at, row, column, width }, starts);
      const difference = ((samples[at]! - before) << 16) >> 16;
      const category = 32 - Math.clz32(difference < 0 ? -difference : difference);
      const length = lengths[category]!;
      if (length === 0) return false;
      put(codes[category]!, length);
      put(difference < 0 ? difference - 1 + (1 << category) : difference, category);
    }
    if (next > space.length) return false;
  }
  const missing = -size & 7;
  put(padding === 1 ? (1 << missing) - 1 : 0, missing);
  return next === space.length;
}
