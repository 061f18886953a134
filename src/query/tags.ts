import { fold } from './fold.ts';

/** Longer texts of tags are known to queries only this far, in UTF-16 units. */
export const TAG_TEXT_MAX = 1000;

/** The tag, folded, that a field such as `tag.ShutterCount` asks for; null for every other field. */
export function tagAsked(field: string): string | null {
  return field.startsWith('tag.') ? fold(field.slice('tag.'.length)) : null;
}

/**
 * Whether a tag is the one that is asked for, both folded. `creator` asks in every group, `xmp:creator` in the group
 * `xmp` and in those that begin with `xmp-`, as ExifTool's family 1 names the parts of family 0.
 */
export function tagFits(name: string, wanted: string): boolean {
  if (name === wanted) return true;
  const colon = wanted.lastIndexOf(':');
  if (name.slice(name.lastIndexOf(':') + 1) !== wanted.slice(colon + 1)) return false;
  return colon < 0 || name.startsWith(`${wanted.slice(0, colon)}-`);
}

const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/;

/** The number that the text of a tag is; null where it is none. */
export function tagNumber(text: string): number | null {
  const folded = fold(text);
  return NUMBER.test(folded) ? Number(folded) : null;
}
