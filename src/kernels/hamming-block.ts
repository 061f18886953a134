/** Bytes of one fingerprint: 256 bits. */
export const FINGERPRINT_BYTES = 32;

/** Rows that one call of a kernel sees on each side: the memory stays below half a megabyte for any number of rows. */
export const TILE_ROWS = 4096;

/** Pairs that one call of a kernel may return. */
export const TILE_PAIRS = 8192;

/**
 * The parameter block of the Hamming kernels: words of 32 bits from address 0, all whole numbers.
 * Addresses count bytes in the kernel's memory. assembly/hamming.ts reads the same words by number.
 */
export const HAMMING_WORD = {
  /** Address of the left rows, the number of the first of them in the whole list, and how many there are. */
  left: 0,
  leftFirst: 1,
  leftCount: 2,
  right: 3,
  rightFirst: 4,
  rightCount: 5,
  /** Address of one word for each left row: the number of the row before which its window ends. */
  ends: 6,
  distanceMax: 7,
  /** Address of the output, and how many pairs it can hold: at least 4. */
  out: 8,
  outPairs: 9,
  /** Where to go on: the left row in this tile and the number of the right row; where it stopped, after a call. */
  atLeft: 10,
  atRight: 11,
  /** Pairs written by the last call. */
  written: 12,
} as const;

/** Bytes of the rows of one side; three rows more than asked for may be read. */
const SIDE_BYTES = (TILE_ROWS + 4) * FINGERPRINT_BYTES;

/** Where everything lies in a Hamming kernel's memory; addresses in bytes. */
export const HAMMING_PLACE: Readonly<Record<'left' | 'right' | 'ends' | 'out' | 'bytes', number>> =
  {
    left: 64,
    right: 64 + SIDE_BYTES,
    ends: 64 + 2 * SIDE_BYTES,
    out: 64 + 2 * SIDE_BYTES + TILE_ROWS * 4,
    bytes: 64 + 2 * SIDE_BYTES + TILE_ROWS * 4 + TILE_PAIRS * 12,
  };

/** The Hamming kernels over one memory, compiled or plain: every call reads its arguments from the parameter block. */
export interface HammingKernel {
  readonly memory: ArrayBuffer;
  /** Distances of the first left row to all right rows, as 16-bit numbers. */
  distances(): void;
  /** Pairs of a left row and a later right row within its window that are near; stops where the output is full. */
  pairs(): void;
}
