import { paddingAt, windowAt, withZeros } from './bit-window.ts';
import { type DifferenceCode, differenceCode } from './difference-code.ts';
import { nikonWords } from './nikon-codes.ts';
import type { SampleCoding } from './sensor-part.ts';

type Differences = Extract<SampleCoding, { kind: 'nikon-lossless' | 'differences' }>;

/** Samples that were read, and how much they took. */
export interface FoundSamples {
  readonly samples: Uint16Array;
  /** Bytes up to the last one that holds bits of it. */
  readonly bytes: number;
  /** The bit that fills up the last byte. */
  readonly padding: 0 | 1;
}

/** What reading and writing of differences go by. */
export interface DifferencePlan {
  readonly starts: readonly number[];
  /** The code of the rows before `split`, and of those from there on. */
  readonly codes: readonly [DifferenceCode, DifferenceCode];
  readonly split: number;
}

/** The plan of a coding; null where its words make no code. */
export function differencePlan(coding: Differences): DifferencePlan | null {
  const { starts } = coding;
  const isNikon = coding.kind === 'nikon-lossless';
  const first = differenceCode(
    isNikon ? nikonWords('lossless', coding.storedBits) : coding.words[0],
  );
  const second = isNikon ? first : differenceCode(coding.words[1]);
  if (first === null || second === null) return null;
  const split = isNikon || coding.split === 0 ? Number.POSITIVE_INFINITY : coding.split;
  return { starts, codes: [first, second], split };
}

/**
 * Reads differences to the sample two to the left, at the left end two rows above (Nikon, Pentax); null where the bytes
 * are not what a writer makes of any samples.
 */
export function readDifferences(
  bytes: Uint8Array,
  coding: Differences,
  { width, height }: { readonly width: number; readonly height: number },
): FoundSamples | null {
  const plan = differencePlan(coding);
  // Every sample takes a bit at least.
  if (plan === null || width * height > bytes.length * 8 || width < 2) return null;
  const plain = withZeros(bytes);
  const samples = new Uint16Array(width * height);
  let bit = 0;
  for (let row = 0; row < height; row++) {
    const { look } = plan.codes[row < plan.split ? 0 : 1];
    for (let column = 0; column < width; column++) {
      const at = row * width + column;
      const word = windowAt(plain, bit);
      const entry = look[word >>> 16]!;
      if (entry === 0) return null;
      const before =
        column >= 2 ? samples[at - 2]! : startBefore(samples, { row, column, width }, plan.starts);
      const category = entry & 31;
      const shift = (entry >> 5) & 7;
      bit += entry >> 8;
      let difference = 0;
      if (category > 0) {
        const count = category - shift;
        // Mostly the same window holds the difference too.
        const length = entry >> 8;
        const rest = length + count <= 25 ? word << length : windowAt(plain, bit);
        const more = count === 0 ? 0 : rest >>> (32 - count);
        // Bits that were left out stand in the middle of what they may be.
        difference = shift === 0 ? more : (((more << 1) + 1) << shift) >> 1;
        if (difference >> (category - 1) === 0) {
          difference -= (1 << category) - (shift === 0 ? 1 : 0);
        }
        bit += count;
      }
      samples[at] = difference + before;
    }
    if (bit > bytes.length * 8) return null;
  }
  const padding = paddingAt(plain, bit);
  return padding === null ? null : { samples, bytes: (bit + 7) >> 3, padding };
}

/** What the differences of the first two samples of a row count from. */
export function startBefore(
  samples: Uint16Array,
  place: { readonly row: number; readonly column: number; readonly width: number },
  starts: readonly number[],
): number {
  const { row, column, width } = place;
  return row >= 2 ? samples[(row - 2) * width + column]! : starts[row * 2 + column]!;
}
