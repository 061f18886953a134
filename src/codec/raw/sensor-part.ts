/** Where the samples of one picture of a sensor lie in a file, and how they are coded. */
export interface SensorPart {
  /** Of everything that is coded, margins and padding of tiles too. */
  readonly width: number;
  readonly height: number;
  readonly coding: SampleCoding;
  readonly segments: readonly Segment[];
}

/** How samples are made bytes. */
export type SampleCoding =
  | {
      readonly kind: 'packed';
      /** Bits that one sample takes up. */
      readonly storedBits: number;
      readonly order: PackOrder;
      /** Bytes from one row of a segment to the next. */
      readonly rowBytes: number;
    }
  | { readonly kind: 'lossless-jpeg' }
  | {
      /** Nikon's lossless coding: differences to the left, and at the left end to two rows above. */
      readonly kind: 'nikon-lossless';
      readonly storedBits: 12 | 14;
      /** What stands before the first two samples of even rows, and of odd ones. */
      readonly starts: readonly number[];
    };

/** Orders in which packed samples follow each other; the number is the one in containers. */
export const PACK_ORDERS = [
  /** 16-bit words, low byte first, and high byte first. */
  'words-little',
  'words-big',
  /** Without gaps, the highest bit first (FillOrder 1 of TIFF 6.0); the same in 16-bit and 32-bit little-endian words. */
  'high-first',
  'high-first-in-16',
  'high-first-in-32',
  /** Without gaps, the lowest bit first. */
  'low-first',
] as const;

/** One of {@link PACK_ORDERS}. */
export type PackOrder = (typeof PACK_ORDERS)[number];

/** One strip or tile: its bytes, and the places that its samples fill one after another, row by row. */
export interface Segment {
  readonly offset: number;
  readonly length: number;
  readonly places: readonly Rectangle[];
}

/** A part of the plane. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** What is believed of a plane: 400 megapixels. */
export const SAMPLES_MAX = 400_000_000;

/** Segments that one picture may have. */
export const SEGMENTS_MAX = 65_536;

/** Bytes between the segments' first samples where rows are packed: how many one row takes at least. */
export function packedRowBytes(width: number, storedBits: number): number {
  return Math.ceil((width * storedBits) / 8);
}
