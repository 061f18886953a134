/** Capture One's colour tags by number; 0 is none. */
export const CAPTURE_ONE_COLORS: readonly (string | null)[] = [
  null,
  'Red',
  'Orange',
  'Yellow',
  'Green',
  'Blue',
  'Pink',
  'Purple',
];

/** The names in a text like `Dog||0,Black, white||1`; null where there is no text. A name may hold a comma. */
export function parseKeywords(text: string | null): string[] | null {
  if (text === null) return null;
  const words: string[] = [];
  let start = 0;
  while (start < text.length) {
    const bars = text.indexOf('||', start);
    const end = bars < 0 ? text.length : bars;
    const name = text.slice(start, end).trim();
    if (name !== '') words.push(name);
    const comma = text.indexOf(',', end);
    start = comma < 0 ? text.length : comma + 1;
  }
  return [...new Set(words)];
}
