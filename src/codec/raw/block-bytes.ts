/** Bytes of a block of any kind. */
export const BLOCK_BYTES = 16;
