/** How a piece of what is beside the samples is kept; `apart`: not here, a preview that its keeper has as a file. */
export const PIECE_KINDS = ['plain', 'modelled', 'jpeg', 'apart'] as const;

/** One of {@link PIECE_KINDS}. */
export type PieceKind = (typeof PIECE_KINDS)[number];

/** Bytes of the modelled pieces of one file at most: they take about a fifth of a second for each megabyte. */
export const MODELLED_BYTES_MAX = 1_500_000;

/** A run of the bytes beside the samples. */
export interface Piece {
  readonly kind: PieceKind;
  /** Its length in the file. */
  readonly length: number;
  readonly coded: Uint8Array;
}
