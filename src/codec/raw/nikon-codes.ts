import { countedWords, type DifferenceWord } from './difference-code.ts';

/** Words of each length and their symbols, as public readers of NEF files have them. */
const TREES = {
  lossless12: {
    counts: [0, 1, 4, 2, 3, 1, 2],
    symbols: [5, 4, 6, 3, 7, 2, 8, 1, 9, 0, 10, 11, 12],
  },
  lossless14: {
    counts: [0, 1, 4, 2, 2, 3, 1, 2],
    symbols: [7, 6, 8, 5, 9, 4, 10, 3, 11, 12, 2, 0, 1, 13, 14],
  },
  lossy12: {
    counts: [0, 1, 5, 1, 1, 1, 1, 1, 1, 2],
    symbols: [5, 4, 3, 6, 2, 7, 1, 0, 8, 9, 11, 10, 12],
  },
  lossy14: {
    counts: [0, 1, 4, 3, 1, 1, 1, 1, 1, 2],
    symbols: [5, 6, 4, 7, 8, 3, 9, 2, 1, 0, 10, 11, 12, 13, 14],
  },
  split12: {
    counts: [0, 1, 5, 1, 1, 1, 1, 1, 1, 2],
    symbols: [0x39, 0x5a, 0x38, 0x27, 0x16, 5, 4, 3, 2, 1, 0, 11, 12, 12],
  },
  split14: {
    counts: [0, 1, 5, 1, 1, 1, 1, 1, 1, 1, 2],
    symbols: [8, 0x5c, 0x4b, 0x3a, 0x29, 7, 6, 5, 4, 3, 2, 1, 0, 13, 14],
  },
} as const;

/** The words of one of Nikon's codes: lossless, lossy, and lossy below the row where the steps become coarse. */
export function nikonWords(kind: 'lossless' | 'lossy' | 'split', bits: 12 | 14): DifferenceWord[] {
  const { counts, symbols } = TREES[`${kind}${bits}`];
  return countedWords(counts, symbols);
}
