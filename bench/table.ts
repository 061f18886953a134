import type { Row, Unit } from './row.ts';

/** What a page of results begins with. */
export interface Heading {
  readonly command: string;
  readonly date: string;
  readonly machine: string;
}

/** One bench with its rows. */
export interface Section {
  readonly name: string;
  readonly promise: string;
  readonly rows: readonly Row[];
}

const COLUMNS = ['measured', 'FieldVault', 'peer', 'peer takes', 'ratio', 'promise', 'kept'];

/** All results as Markdown, each bench under a heading of its own. */
export function renderResults(heading: Heading, sections: readonly Section[]): string {
  return `${sections.map((section) => renderSection(heading, section)).join('\n\n')}\n`;
}

function renderSection(heading: Heading, { name, promise, rows }: Section): string {
  const taken = `Taken ${heading.date} by \`${heading.command}\` on ${heading.machine}.`;
  const lines = [
    `| ${COLUMNS.join(' | ')} |`,
    `|${COLUMNS.map(() => '---').join('|')}|`,
    ...rows.map((row) => `| ${cellsOf(row).join(' | ')} |`),
  ];
  return `### ${name}\n\n${promise}\n\n${taken}\n\n${lines.join('\n')}`;
}

function cellsOf(row: Row): string[] {
  const { what, unit, ours, peer, verdict, skipped } = row;
  return [
    what,
    formatValue(ours, unit),
    peer?.name ?? '',
    skipped ?? formatValue(peer?.value ?? null, unit),
    peer?.ratio === null || peer === null ? '' : peer.ratio.toFixed(2),
    verdict?.text ?? 'shown only',
    verdict === null ? '' : verdict.isKept ? 'yes' : '**no**',
  ];
}

/** A value with its unit, in three digits or so. */
export function formatValue(value: number | null, unit: Unit): string {
  if (value === null) return '';
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${unit}`;
}

/**
 * The same page with these results between its markers: those of other benches stay as they were taken.
 * @param order names of all benches as they stand on the page; others go
 * RangeError where the page has no markers.
 */
export function replaceMarked(page: string, text: string, order: readonly string[]): string {
  const start = page.indexOf(MARKERS.start);
  const end = page.indexOf(MARKERS.end);
  if (start < 0 || end < start) throw new RangeError('page: has no markers for results');
  const before = sectionsOf(page.slice(start + MARKERS.start.length, end));
  const sections = new Map([...before, ...sectionsOf(text)]);
  const shown = order.map((name) => sections.get(name)).filter((one) => one !== undefined);
  const results = shown.join('\n\n');
  return `${page.slice(0, start + MARKERS.start.length)}\n\n${results}\n\n${page.slice(end)}`;
}

/** By name: each section with its heading. */
function sectionsOf(text: string): Map<string, string> {
  const parts = text.split(/^(?=### )/m).filter((part) => part.startsWith('### '));
  return new Map(parts.map((part) => [/^### (.*)$/m.exec(part)?.[1] ?? '', part.trim()]));
}

const MARKERS = { start: '<!-- results: begin -->', end: '<!-- results: end -->' };
