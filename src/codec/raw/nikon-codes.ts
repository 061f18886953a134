import { buildCode, type CategoryCode } from './category-code.ts';

/** Words of each length and their categories, by bits of a sample, as public readers of NEF files have them. */
const TREES = {
  12: {
    counts: [0, 1, 4, 2, 3, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    categories: [5, 4, 6, 3, 7, 2, 8, 1, 9, 0, 10, 11, 12],
  },
  14: {
    counts: [0, 1, 4, 2, 2, 3, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0],
    categories: [7, 6, 8, 5, 9, 4, 10, 3, 11, 12, 2, 0, 1, 13, 14],
  },
} as const;

/** The code of Nikon's lossless coding. */
export function nikonCode(storedBits: 12 | 14): CategoryCode {
  const { counts, categories } = TREES[storedBits];
  const code = buildCode(Uint8Array.from(counts), Uint8Array.from(categories));
  if (code === null) throw new Error('FieldVault bug: a table that makes no code');
  return code;
}
