import type { XmlElement } from './xml-tree.ts';

/** Characters from `start` to `end` become `text`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A value between quotes. XML 1.0 section 3.3.3: white space but blanks survives there as references only. */
export function escapeAttribute(value: string, quote: string): string {
  const escaped = value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\t\n\r]/g, (space) => `&#x${space.charCodeAt(0).toString(16).toUpperCase()};`);
  return quote === '"' ? escaped.replaceAll('"', '&quot;') : escaped.replaceAll("'", '&apos;');
}

/** Text between tags. XML 1.0 section 2.11: a carriage return survives as a reference only. */
export function escapeText(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#xD;');
}

/** Where the white space (XML 1.0 section 2.3) before a place begins. */
export function spaceStart(text: string, place: number): number {
  let start = place;
  while (start > 0 && ' \t\r\n'.includes(text.charAt(start - 1))) start -= 1;
  return start;
}

/** Line break and indentation before a place, as this file writes them; '' where the line begins with something else. */
export function leadOf(text: string, place: number): string {
  const space = text.slice(spaceStart(text, place), place);
  const feed = space.lastIndexOf('\n');
  if (feed < 0) return '';
  return space.slice(space[feed - 1] === '\r' ? feed - 1 : feed);
}

/** Whether an element is written as `<a/>`. */
export function isSelfClosed({ openEnd, end }: XmlElement): boolean {
  return openEnd === end;
}

/** How a self-closed tag ends. */
export const SELF_CLOSING = '/>';
