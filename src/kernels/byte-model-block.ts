/**
 * The parameter block of the byte coder: words of 32 bits from address 0, all whole numbers.
 * assembly/byte-model.ts reads the same words by number.
 */
export const BYTE_WORD = {
  /** Bytes to encode, or to get by decoding. */
  length: 0,
  /** Where the input begins and ends; behind it zeros are read. */
  in: 1,
  inEnd: 2,
  /** Where the output begins, and its end after a call; beyond `outEnd` it is counted and not written. */
  out: 3,
  outEnd: 4,
} as const;

/**
 * Where everything lies in the memory; addresses in bytes.
 *
 * The model guesses each bit by four contexts: this byte's bits so far alone (`none`), behind the byte before (`one`),
 * and by hashes behind the last two and three. Each context is a word: the chance of a 1 in 1/65536 in the upper half,
 * then 12 bits of the logarithm of its odds in 1/256, then 4 bits of how often it was met. The logarithms are added by
 * weights, in 1/65536, of which each value of this byte's bits has four.
 */
export const BYTE_PLACE = {
  /** What is learned of an error, in 1/32, by how often the context was met. */
  shares: 64,
  /** 4096 logarithms by chances in 1/4096, and the way back. */
  stretch: 128,
  squash: 8320,
  /** Here begins what changes: the last three bytes, then weights and contexts. */
  model: 16_512,
  weights: 16_576,
  none: 20_672,
  one: 21_696,
  two: 283_840,
  three: 545_984,
  /** Input and output lie from here on. */
  free: 808_128,
} as const;

/** The byte coder over one memory, compiled or plain: every call reads its arguments from the parameter block. */
export interface ByteKernel {
  /** The memory, which has at least so many bytes; what it held stays. */
  memory(bytes: number): ArrayBuffer;
  encode(): void;
  decode(): void;
}
