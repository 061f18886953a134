import { type NameTail, sourceNameOf } from '../vault/index.ts';

/** How an original may be stored. */
export type FormName = 'verbatim' | 'jpeg-recoded' | 'raw-recoded' | 'zstd' | 'delta';

const ENDINGS: Readonly<Record<Exclude<FormName, 'verbatim'>, string>> = {
  'jpeg-recoded': '.fvc',
  'raw-recoded': '.fvc',
  zstd: '.zst',
  delta: '.delta',
};

/** What the stored name of a form ends with, after the extension of the original. */
export function formTail(form: Exclude<FormName, 'verbatim'>): NameTail {
  return { text: ENDINGS[form], isInstead: false };
}

/** The name of the original's source file, as far as the stored name of a form tells. */
export function originalName(storedName: string, form: string): string {
  const name = sourceNameOf(storedName);
  const ending = Object.hasOwn(ENDINGS, form) ? ENDINGS[form as keyof typeof ENDINGS] : '';
  return name.endsWith(ending) ? name.slice(0, name.length - ending.length) : name;
}

/** What the stored name of a preview ends with that was cut out of a RAW file; the first one has no number. */
export function previewTail(index: number): NameTail {
  return { text: index === 0 ? '.preview.jpg' : `.preview-${index + 1}.jpg`, isInstead: true };
}

/** Previews that one RAW form has beside it; with more of them all are kept inside. */
export const PREVIEWS_MAX = 4;

/** An original that gets another form, in bytes: it and its form are in memory as a whole. Larger ones stay verbatim. */
export const RECODED_BYTES_MAX = 536_870_912;

/** Below this no form is worth its own name: drives give space in blocks of 4 KiB or more. */
export const SMALLEST_BYTES = 16_384;

/** A form must save at least this share of the original. */
export const GAIN_MIN = 0.02;
