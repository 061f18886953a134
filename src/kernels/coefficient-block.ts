/**
 * The memory of the coefficient coder, shared by the compiled kernel and its plain twin.
 *
 * The model. Each block tells how many of its 49 inner coefficients are not zero, then those in zigzag order, then the
 * first column, the first row and the lowest coefficient, as in Lepton (Horn et al., NSDI 2017). A magnitude is a token
 * of 16, mixed from three adaptive distributions by weights that follow which of them was right; the contexts are the
 * place, the magnitudes around it in this and the neighbouring blocks, what is still to come, and the value that
 * makes the picture run smoothly over the block's edge. Where a sibling says what to expect of each coefficient, that
 * takes the place of some of these contexts, and gives the signs some. Tokens, signs and spare bits go into rANS chunks (Duda 2013).
 */
export const COEFFICIENT_WORD = {
  planes: 0,
  /** The MCU row to code, and the first of its segment: nothing above that is looked at. */
  row: 1,
  firstRow: 2,
  /** Address of the operations, how many there are; where the next bytes are written; where they are read, and the end. */
  ops: 3,
  opCount: 4,
  out: 5,
  in: 6,
  inEnd: 7,
  /** The decoder's state; not 0 in `wrong` where the bytes were not written by the coder. */
  state: 8,
  wrong: 9,
  /** The first plane's words, {@link PLANE_WORDS} each. */
  plane: 16,
} as const;

/** Words of one plane. */
export const PLANE_WORDS = 16;

/** What stands in a plane's words. Addresses in bytes. */
export const PLANE_WORD = {
  blocksWide: 0,
  h: 1,
  v: 2,
  coefficients: 3,
  /** One byte for each block: inner coefficients that are not zero. */
  counts: 4,
  /** Eight sums at the lower edge of each block of the row above. */
  bottom: 5,
  /** 64 quantisation steps, 64 ratios that turn sums into quarters of a step, those of the first column again. */
  quant: 6,
  set: 8,
  /** The plane whose block at the same place is looked at; not used in the first. */
  like: 9,
  /** What a sibling says about each coefficient, in quarters of a step; 0 without one. */
  said: 10,
} as const;

/** Fixed places, in bytes. */
export const COEFFICIENT_PLACE = {
  /** For the row, then for the column of each line: its sum, then its sum with turning signs. */
  sums: 512,
  /** Magnitudes of this block's inner coefficients so far, 16 a row, with a margin of two. */
  seen: 1024,
  /** A mixed distribution of eight values, and 0 behind it. */
  scratch: 1408,
  /** Eight numbers of 16 bits each: what keeps every symbol possible; 0 to 7; eight times 32767. */
  ramp: 1440,
  places: 1456,
  most: 1472,
  /** For each place: the level of what the blocks around have there; and that itself. */
  nearLevels: 1488,
  nears: 1552,
  /** For the eight places of an edge: the level of the guess, and whether it is negative. */
  ahead: 1680,
  behind: 1696,
  rates: 2048,
  levels: 2304,
  tokens: 3328,
  bases: 7424,
  extras: 7488,
  order: 7504,
  shares: 7568,
  /** A block of zeros. */
  nothing: 10816,
  /** Eight sums at the right edge of the block before. */
  right: 10944,
  /** Here begins what depends on the picture. */
  free: 11008,
} as const;

/** Contexts, single bits and mixing weights of one set, and where each kind begins. */
export const CONTEXT = {
  countA: 0,
  countB: 128,
  countC: 256,
  restA: 2304,
  restB: 2360,
  restC: 2808,
  innerA: 2864,
  innerB: 12_272,
  innerC: 19_328,
  edgeA: 24_032,
  edgeB: 26_720,
  edgeC: 41_056,
  dcA: 46_432,
  dcB: 46_944,
  dcC: 47_072,
  innerOverA: 47_584,
  innerOverB: 47_648,
  innerOverC: 47_744,
  edgeOverA: 47_776,
  edgeOverB: 48_112,
  edgeOverC: 48_336,
  dcOverA: 48_448,
  dcOverB: 48_480,
  dcOverC: 48_496,
  contexts: 48_512,
  edgeSign: 0,
  dcSign: 2048,
  innerTop: 2176,
  edgeTop: 3200,
  dcTop: 3712,
  saidSign: 4224,
  saidEdge: 4320,
  saidDc: 5472,
  bits: 5600,
  countW: 0,
  restW: 1,
  innerW: 8,
  edgeW: 106,
  dcW: 218,
  innerOverW: 250,
  edgeOverW: 254,
  dcOverW: 268,
  weights: 269,
} as const;

/** Bytes of one set: contexts of 8 numbers of 16 bits and a byte, bits of 4 bytes, weights of 8 bytes. */
export const SET_BYTES: number =
  (CONTEXT.contexts * 17 + CONTEXT.bits * 4 + CONTEXT.weights * 8 + 127) & ~63;

/** Operations after which a block ends a chunk. */
export const CHUNK_OPS = 49_152;

/** The coefficient kernel over one memory, compiled or plain. */
export interface CoefficientKernel {
  /** The memory, made at least this large; what was in it stays. */
  readonly memory: (bytes: number) => ArrayBuffer;
  encodeRow(): void;
  decodeRow(): void;
  begin(): void;
  flush(): void;
}
