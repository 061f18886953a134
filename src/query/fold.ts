/** What stands between the texts of one field in the search index; no folded text holds it. */
export const TEXT_SEPARATOR = '\u001f';

const PLAIN = /^[ -~]*$/;

/**
 * The form in which texts are compared: lower case, composed (a file name from a Mac is told decomposed, Unicode NFC and
 * NFD), bytes that are no Unicode and two control characters as U+FFFD. Folding twice is folding once.
 */
export function fold(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  return text
    .toWellFormed()
    .replaceAll('\0', '\ufffd')
    .replaceAll(TEXT_SEPARATOR, '\ufffd')
    .toLowerCase()
    .normalize('NFC');
}
