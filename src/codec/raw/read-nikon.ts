import { nikonCode } from './nikon-codes.ts';
import type { SampleCoding } from './sensor-part.ts';

type Nikon = Extract<SampleCoding, { kind: 'nikon-lossless' }>;

/** Samples that were read, and how much they took. */
export interface NikonScan {
  readonly samples: Uint16Array;
  /** Bytes up to the last one that holds bits of it. */
  readonly bytes: number;
  /** The bit that fills up the last byte. */
  readonly padding: 0 | 1;
}

/** Reads Nikon's lossless coding; null where the bytes are not what a writer makes of any samples. */
export function readNikon(
  bytes: Uint8Array,
  { storedBits, starts }: Nikon,
  { width, height }: { readonly width: number; readonly height: number },
): NikonScan | null {
  // Every sample takes two bits at least.
  if (width * height * 2 > bytes.length * 8 || width < 2) return null;
  const { look } = nikonCode(storedBits);
  const plain = new Uint8Array(bytes.length + 8);
  plain.set(bytes);
  const samples = new Uint16Array(width * height);
  let bit = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = row * width + column;
      const entry = look[windowAt(plain, bit) >>> 16]!;
      const category = entry & 255;
      if (entry === 0) return null;
      bit += entry >> 8;
      let difference = 0;
      if (category > 0) {
        const more = windowAt(plain, bit) >>> (32 - category);
        difference = more >> (category - 1) === 0 ? more - (1 << category) + 1 : more;
        bit += category;
      }
      samples[at] = difference + beforeOf(samples, { at, row, column, width }, starts);
    }
    if (bit > bytes.length * 8) return null;
  }
  const used = (bit + 7) >> 3;
  const size = used * 8 - bit;
  const rest = size === 0 ? 0 : plain[used - 1]! & ((1 << size) - 1);
  if (rest !== 0 && rest !== (1 << size) - 1) return null;
  return { samples, bytes: used, padding: rest === 0 ? 0 : 1 };
}

/** What a sample's difference counts from. */
export function beforeOf(
  samples: Uint16Array,
  place: {
    readonly at: number;
    readonly row: number;
    readonly column: number;
    readonly width: number;
  },
  starts: readonly number[],
): number {
  const { at, row, column, width } = place;
  if (column >= 2) return samples[at - 2]!;
  return row >= 2 ? samples[at - 2 * width]! : starts[row * 2 + column]!;
}

/** The next bits, highest first: 25 of them at least. */
function windowAt(plain: Uint8Array, bit: number): number {
  const at = bit >> 3;
  const word = (plain[at]! << 24) | (plain[at + 1]! << 16) | (plain[at + 2]! << 8) | plain[at + 3]!;
  return word << (bit & 7);
}
