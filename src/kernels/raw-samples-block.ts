/**
 * The parameter block of the raw-sample kernels: words of 32 bits from address 0, all whole numbers.
 * Addresses count bytes in the kernel's memory and are even. assembly/raw-samples.ts reads the same words by number.
 */
export const RAW_WORD = {
  /** Columns, rows of the band, bytes from one row to the next (at least 32 more than the columns take). */
  width: 0,
  rows: 1,
  stride: 2,
  /**
   * The band's first sample: 16-bit words with 8 columns of margin at each side and 6 rows above. In the same layout the
   * magnitudes of the errors; one row (8 values longer) for what the rows above say about each sample.
   */
  samples: 3,
  magnitudes: 4,
  above: 5,
  /** Bits of a sample; places of fraction in a magnitude; shifts of the activity and of the signal level. */
  bits: 6,
  errorBits: 7,
  activityShift: 8,
  levelShift: 9,
  /** What was taken from each sample to make it a signed word. */
  offset: 10,
  /** A byte for each activity from 0 to 4095: its class. */
  classOf: 11,
  /** Weights of each phase of the colour filter and each class; bytes of one set; classes. */
  weights: 12,
  setBytes: 13,
  classes: 14,
  /** For each class the weights that foretell a magnitude. */
  spreads: 15,
  /** For each step of the foretold magnitude: first table, shift of low bits, log2 of the tables. */
  contexts: 16,
  /** Frequency tables and the quick look into them. */
  tables: 17,
  lookup: 18,
  /** The next token's place; the next word's place; where the words end. */
  token: 19,
  words: 20,
  wordsEnd: 21,
  /** Low bits: first byte, next bit, last bit that is there. */
  raw: 22,
  rawBit: 23,
  rawBitEnd: 24,
  /** Four states of the coder. */
  states: 25,
  /** Negative where a decoded sample cannot be. */
  wrong: 29,
  /** A count for each table and symbol, or 0. */
  counts: 30,
  /** The sample of another frame that belongs to the band's first sample, or 0; same layout. */
  reference: 31,
  /** Parity of the band's first row in the colour filter. */
  firstPhase: 32,
  /** Not 0: the rows above are made from the band's own first two rows. */
  mirrors: 33,
  /** The first token of the band. */
  tokensFrom: 34,
  /** Products: columns, their values, their sums. */
  columns: 35,
  batch: 36,
  sums: 37,
} as const;

/** Bytes of the parameter block. */
export const RAW_BLOCK_BYTES = 256;

/**
 * One set of weights, in bytes from its start. Taps are signed words in 1/8192, eight beside each other; `rows` counts
 * upwards from the row above the sample, `from` is the first column against the sample's own.
 */
export const RAW_SET = {
  taps: [
    { place: 0, row: -1, from: -8 },
    { place: 16, row: -1, from: 0 },
    { place: 32, row: -2, from: -8 },
    { place: 48, row: -2, from: 0 },
    { place: 64, row: -3, from: -8 },
    { place: 80, row: -3, from: 0 },
    { place: 96, row: -4, from: -4 },
    { place: 112, row: -5, from: -4 },
    { place: 128, row: -6, from: -4 },
    { place: 144, row: 0, from: -8 },
  ],
  /** A whole number in 1/8192 that is added. */
  bias: 160,
  bytes: 176,
  /** The other frame's samples around the same place. */
  reference: [
    { place: 176, row: -2, from: -4 },
    { place: 192, row: -1, from: -4 },
    { place: 208, row: 0, from: -4 },
    { place: 224, row: 1, from: -4 },
    { place: 240, row: 2, from: -4 },
  ],
  bytesWithReference: 256,
  weightBits: 13,
} as const;

/** Weights of one class that foretell a magnitude, in 1/4096: bytes from the start of 64. */
export const RAW_SPREAD = {
  taps: [
    { place: 0, row: -1, from: -4 },
    { place: 16, row: -2, from: -4 },
    { place: 32, row: 0, from: -8 },
  ],
  level: 48,
  activity: 52,
  bias: 56,
  bytes: 64,
} as const;

/** Steps of a foretold magnitude: four for each doubling, from 1024/4096 on. */
export const RAW_STEPS = 84;

/** Symbols of a table: 0 to 126 are residuals from -63 to 63, 127 says that the sample follows as it is. */
export const RAW_SYMBOLS = 128;

/** Words of 32 bits of one table: the first slot of each symbol below, its share above; the end; rounded up. */
export const RAW_TABLE_WORDS = 132;

/** Bits of the sum of all shares of a table. */
export const RAW_SHARE_BITS = 14;

/** The kernels over one memory, compiled or plain: every call reads its arguments from the parameter block. */
export interface RawKernel {
  readonly memory: ArrayBuffer;
  /** Models a band of known samples: a token for each, low bits, magnitudes; counts tokens where asked. */
  scanBand(): void;
  /** Writes the tokens of a band as words, last token first, from the end of the space downwards. */
  emitBand(): void;
  /** Decodes a band; stops after a row in which something was wrong. */
  decodeBand(): void;
  /** Adds the products of all pairs of columns of 64 reals to their sums of 64 bits. */
  addProducts(): void;
}
