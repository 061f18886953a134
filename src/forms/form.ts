import type { NameTail } from '../vault/index.ts';

/** How an original may be stored. */
export const FORMS = ['verbatim', 'jpeg-recoded', 'raw-recoded', 'zstd', 'delta'] as const;

/** One of {@link FORMS}. */
export type FormName = (typeof FORMS)[number];

/** Counts up where compacting again may give smaller forms of what could not be made smaller before. */
export const COMPACT_VERSION = 1;

/** What the stored name of each form ends with. */
export const FORM_TAILS: Readonly<Record<Exclude<FormName, 'verbatim'>, NameTail>> = {
  'jpeg-recoded': { text: '.fvc', isInstead: false },
  'raw-recoded': { text: '.fvc', isInstead: false },
  zstd: { text: '.zst', isInstead: false },
  delta: { text: '.delta', isInstead: false },
};

/** What the stored name of a preview ends with that was cut out of a RAW file; the first one has no number. */
export function previewTail(index: number): NameTail {
  return { text: index === 0 ? '.preview.jpg' : `.preview-${index + 1}.jpg`, isInstead: true };
}

/** An original that is recoded, in bytes: it and its form are in memory as a whole. */
export const RECODED_BYTES_MAX = 1_073_741_824;

/** Zstandard takes contents up to here, in bytes, also what a delta builds on. */
export const ZSTD_BYTES_MAX = 536_870_912;

/** Below this no form is worth its own name: drives give space in blocks of 4 KiB or more. */
export const SMALLEST_BYTES = 16_384;

/** A form must save at least this share of the original. */
export const GAIN_MIN = 0.02;
