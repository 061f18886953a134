/** Bytes of a block of any kind. */
export const BLOCK_BYTES = 16;

/** The bit of a rule that says what a writer else would choose, in the bits from 2 on. */
export const EXPLICIT = 1024;
