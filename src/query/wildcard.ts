/** Whether a pattern has a `*` or a `?`. */
export function isWild(pattern: string): boolean {
  return pattern.includes('*') || pattern.includes('?');
}

/**
 * A test for whole texts: `*` any characters, `?` one (a whole one, not half of a pair), all else as it is.
 * Time is at most the square of the text's length, whatever the pattern.
 */
export function wildcard(pattern: string): (text: string) => boolean {
  const least = pattern.replaceAll('*', '').length;
  // A pattern that asks for more than there is never fits, and the rest is as short as the text.
  return (text) => least <= text.length && fits(pattern, text);
}

/** Only the last star is ever tried again: what an earlier one could give, the last one can take as well. */
function fits(pattern: string, text: string): boolean {
  let at = 0;
  let wanted = 0;
  let star = -1;
  let retry = 0;
  while (at < text.length) {
    const sign = pattern[wanted];
    if (sign === '*') {
      star = wanted;
      retry = at;
      wanted += 1;
    } else if (sign === '?') {
      at += widthAt(text, at);
      wanted += 1;
    } else if (sign === text[at]) {
      at += 1;
      wanted += 1;
    } else if (star >= 0) {
      retry += widthAt(text, retry);
      at = retry;
      wanted = star + 1;
    } else return false;
  }
  while (pattern[wanted] === '*') wanted += 1;
  return wanted === pattern.length;
}

/** UTF-16 units of the character that begins here. */
function widthAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xd800 && unit < 0xdc00 && at + 1 < text.length ? 2 : 1;
}

/** The parts of a pattern that stand in every text that fits, in their order. */
export function literalsOf(pattern: string): string[] {
  return pattern.split(/[*?]+/).filter((literal) => literal !== '');
}
