import { FIELDS } from './fields.ts';

const RULES = `Terms side by side must all hold. "or", "not" and brackets join them; -term is "not term".
A bare word is looked for in paths, camera, lens, label, keywords and collections.
  :  holds (texts), is (numbers), lies within (dates)      =  is      !=  is not
  < <= > >=  for numbers, sizes, dates and tags that are numbers      a..b  from a to b
  * any characters, ? one character; quotes hold blanks together: keyword:"white rhino"
Dates: 2026, 2026-11, 2026-11-22, 2026-11-22T09:30, today, yesterday, week, month, year,
  "last week", "last month", "last year", "last 7 days", "last 24 hours"
What is not known fits nothing but "not" and !=.`;

const EXAMPLES: readonly (readonly [query: string, means: string])[] = [
  ['rating>=4 date:"last 7 days"', 'the best of the last week'],
  ['lens:600 aperture<=4 keyword:lion', 'lions through the long lens, wide open'],
  ['near:-2.33,34.83,5km has:raw', 'RAW frames within 5 km of a place'],
  ['date:2026-11-20..2026-11-22 -label:red', 'three days without what is labelled red'],
  ['tag.ShutterCount>100000', 'any tag that ExifTool tells'],
  ['tag.XMP:Creator:smith', 'a tag in one group only'],
];

/** The filter language on one page, for people: fields, comparisons, words, examples. */
export function queryHelp(): string {
  const names = FIELDS.map(({ name, aliases }) => [name, ...aliases].join(', '));
  const width = Math.max(...names.map((name) => name.length));
  const fields = FIELDS.map(
    ({ help }, index) => `  ${(names[index] ?? '').padEnd(width)}  ${help}`,
  );
  const queryWidth = Math.max(...EXAMPLES.map(([query]) => query.length));
  const examples = EXAMPLES.map(([query, means]) => `  ${query.padEnd(queryWidth)}  ${means}`);
  const tag = `  ${'tag.Name'.padEnd(width)}  any ExifTool tag; tag.Group:Name in one group`;
  return ['Fields:', ...fields, tag, '', RULES, '', 'Examples:', ...examples, ''].join('\n');
}
