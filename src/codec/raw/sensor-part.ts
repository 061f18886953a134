import type { DifferenceWord } from './difference-code.ts';

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
  /** Lossless JPEG whose four components are a cell of two by two samples (Sony). */
  | { readonly kind: 'lossless-cells' }
  | SampledJpeg
  | {
      /** Nikon's lossless coding: differences to the left, and at the left end to two rows above. */
      readonly kind: 'nikon-lossless';
      readonly storedBits: 12 | 14;
      /** What stands before the first two samples of even rows, and of odd ones. */
      readonly starts: readonly number[];
    }
  | {
      /** The same differences by other words: Pentax, Nikon's lossy coding. */
      readonly kind: 'differences';
      readonly starts: readonly number[];
      /** The words of the rows before `split`, and of those from there on; 0: all rows have the first. */
      readonly words: readonly [readonly DifferenceWord[], readonly DifferenceWord[]];
      readonly split: number;
    }
  | {
      /** Olympus: differences to a prediction of three neighbours, in words that follow their size. */
      readonly kind: 'olympus';
      /** The last bit behind a word that is longer than others. */
      readonly spare: 0 | 1;
    }
  | BlockCoding
  | {
      /** Canon before CR2: differences of 64 samples in words, after the two lowest bits of all samples. */
      readonly kind: 'canon-blocks';
      /** Which of the three codes. */
      readonly table: number;
      readonly hasLowBits: boolean;
      /** The bytes between the low bits and the words. */
      readonly between: Uint8Array;
    };

/** Lossless JPEG of brightness and two colours that have fewer samples (small sizes of CR2). */
export interface SampledJpeg {
  readonly kind: 'lossless-sampled';
  /** Rows of brightness for one of colour. */
  readonly rowsEach: 1 | 2;
  /** Groups of two columns in each slice, and all of them where there are no slices. */
  readonly slices: readonly number[];
}

/** Blocks of 16 bytes that do not depend on each other. */
export interface BlockCoding {
  readonly kind: 'blocks';
  readonly block: BlockName;
  /** What a writer chooses where it has a choice; each kind of block numbers it in its own way. */
  readonly rule: number;
  /** Panasonic: the two parts of each 16 KB change places. */
  readonly isTurned: boolean;
}

/** A block with a rule of its own: how many behind the one before (or the first). */
export interface BlockRule {
  readonly gap: number;
  readonly rule: number;
}

/** Kinds of blocks; the number is the one in containers. */
export const BLOCK_NAMES = [
  /** Sony: largest and smallest of 16 samples, and the others between them in 7 bits. */
  'sony-16',
  /** Panasonic: 14 samples of 12 bits as differences of 8 bits. */
  'panasonic-14',
  /** Panasonic: 11 samples of 14 bits, or 14 of 12, as differences of 10 and of 8 bits. */
  'panasonic-11-of-14',
  'panasonic-14-of-12',
  /** Whole samples without gaps: 10 of 12 bits or 9 of 14, the lowest bit first or the highest. */
  'low-10-of-12',
  'low-9-of-14',
  'high-10-of-12',
] as const;

/** One of {@link BLOCK_NAMES}. */
export type BlockName = (typeof BLOCK_NAMES)[number];

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
