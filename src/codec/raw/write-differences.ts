import { BitPen } from './bit-window.ts';
import { differencePlan, startBefore } from './read-differences.ts';
import type { SampleCoding } from './sensor-part.ts';

type Differences = Extract<SampleCoding, { kind: 'nikon-lossless' | 'differences' }>;

/**
 * Writes differences (Nikon, Pentax) into exactly this space. False where they take more or less, or one has no word:
 * damage.
 */
export function writeDifferences(
  space: Uint8Array,
  coding: Differences,
  scan: { readonly samples: Uint16Array; readonly width: number; readonly padding: 0 | 1 },
): boolean {
  const { samples, width, padding } = scan;
  const plan = differencePlan(coding);
  if (plan === null) return false;
  const pen = new BitPen(space);
  for (let row = 0; row * width < samples.length; row++) {
    const { codes, lengths, shifts } = plan.codes[row < plan.split ? 0 : 1];
    for (let column = 0; column < width; column++) {
      const at = row * width + column;
      const before =
        column >= 2 ? samples[at - 2]! : startBefore(samples, { row, column, width }, plan.starts);
      const difference = ((samples[at]! - before) << 16) >> 16;
      const category = 32 - Math.clz32(difference < 0 ? -difference : difference);
      const length = category > 15 ? 0 : lengths[category]!;
      if (length === 0) return false;
      const shift = shifts[category]!;
      const lowest = shift === 0 ? 1 : 0;
      const low = difference < 0 ? difference + (1 << category) - lowest : difference;
      const rest = category - shift;
      if (length + rest <= 24) pen.put((codes[category]! << rest) | (low >> shift), length + rest);
      else {
        pen.put(codes[category]!, length);
        pen.put(low >> shift, rest);
      }
    }
    if (pen.next > space.length) return false;
  }
  return pen.end(padding);
}
