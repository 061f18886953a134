import { formatCount } from './wording.ts';

/** Says which files of a vault no line names; the first few by name. */
export function unknownText(places: readonly string[]): string {
  const first = places.slice(0, 3).join(', ');
  const names = places.length > 3 ? `${first}, ...` : first;
  return `${formatCount(places.length, 'file')} that no journal line names and whose content is nowhere else: ${names}`;
}
