/** What a file says of itself, by `Group:Tag` in ExifTool's words (its options `-n -G1`); nothing here is believed yet. */
export type Tags = Readonly<Record<string, unknown>>;

/** Longest text kept of a tag, in UTF-16 units. */
export const TEXT_LENGTH_MAX = 1024;

/** Control characters, and the marks that turn the direction of text around in a terminal. */
const UNPRINTABLE = /[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu;

/** The first of the tags that says something, in the order given; null where none does. */
export function firstOf<Value>(
  tags: Tags,
  names: readonly string[],
  read: (value: unknown) => Value | null,
): Value | null {
  for (const name of names) {
    // A hostile file can name a tag like a member of every object.
    const value = Object.hasOwn(tags, name) ? read(tags[name]) : null;
    if (value !== null) return value;
  }
  return null;
}

/** One line of text without control characters, at most {@link TEXT_LENGTH_MAX} long; null where it says nothing. */
export function textOf(value: unknown): string | null {
  const one = Array.isArray(value) ? value[0] : value;
  if (typeof one !== 'string' && typeof one !== 'number') return null;
  const text = String(one)
    .slice(0, 4 * TEXT_LENGTH_MAX)
    .replace(UNPRINTABLE, ' ')
    .trim()
    .slice(0, TEXT_LENGTH_MAX)
    .toWellFormed();
  // Cameras write "----" for a lens they do not know.
  return /^[-\s]*$/.test(text) ? null : text;
}

/** Digits that are kept of a number: readers of one file differ behind them. */
const DIGITS = 10;

/** A finite number, to ten digits; of a list, or of a text with several, the first. Null for everything else. */
export function numberOf(value: unknown): number | null {
  const one = Array.isArray(value) ? value[0] : value;
  if (typeof one === 'number') return roundedOf(one);
  if (typeof one !== 'string') return null;
  const match = /^\s*([-+]?\d{1,30}(?:\.\d{1,30})?(?:[eE][-+]?\d{1,3})?)(?=\s|$)/.exec(one);
  return roundedOf(Number(match?.[1] ?? Number.NaN));
}

function roundedOf(number: number): number | null {
  return Number.isFinite(number) ? Number(number.toPrecision(DIGITS)) : null;
}

/** A number above zero and up to the limit. */
export function positiveOf(max: number): (value: unknown) => number | null {
  return (value) => {
    const number = numberOf(value);
    return number !== null && number > 0 && number <= max ? number : null;
  };
}

/** A whole number within the limits, both included. */
export function wholeOf(min: number, max: number): (value: unknown) => number | null {
  return (value) => {
    const number = numberOf(value);
    const isWhole = number !== null && Number.isInteger(number) && number >= min && number <= max;
    return isWhole ? number : null;
  };
}
