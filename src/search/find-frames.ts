import type { DatabaseSync } from 'node:sqlite';
import { distanceMetres, type Query, TEXT_SEPARATOR, wildcard } from '../query/index.ts';
import { compile, type Parameter } from './compile.ts';
import type { EarthBox } from './earth-boxes.ts';
import type { FoundFrame } from './found-frame.ts';
import { prefilterOf } from './prefilter.ts';
import { rowsOfTag } from './tag-columns.ts';

/** What frames can be ordered by. */
export type SearchOrder = 'date' | 'name' | 'path' | 'rating' | 'size' | 'iso' | 'focal';

/** How frames are listed. */
export interface FindOptions {
  /** Left out: by date. Equal ones, and frames of which it is not known, which come last, are ordered by path. */
  readonly order?: SearchOrder;
  readonly isDescending?: boolean;
  /** Left out: all. */
  readonly limit?: number;
}

const ORDER_COLUMNS: Readonly<Record<SearchOrder, string>> = {
  date: 'taken',
  name: 'by_name',
  path: 'by_path',
  rating: 'rating',
  size: 'size',
  iso: 'iso',
  focal: 'focal',
};

/** Makes known to SQLite what its own functions do not do exactly as the filter language does. */
export function addFunctions(db: DatabaseSync): void {
  const patterns = new Map<unknown, (text: string) => boolean>();
  const options = { deterministic: true } as const;
  db.function('fits', options, (pattern, joined) => {
    const known = patterns.get(pattern);
    const fits = known ?? wildcard(String(pattern));
    if (known === undefined) {
      if (patterns.size >= 100) patterns.clear();
      patterns.set(pattern, fits);
    }
    const texts = String(joined);
    return texts !== '' && texts.slice(1, -1).split(TEXT_SEPARATOR).some(fits) ? 1 : 0;
  });
  db.function('metres', options, (latitude, longitude, otherLatitude, otherLongitude) =>
    distanceMetres(
      Number(latitude),
      Number(longitude),
      Number(otherLatitude),
      Number(otherLongitude),
    ),
  );
}

/**
 * The frames that fit, in order, read one by one as they are asked for.
 * @param count how many frames there are
 */
export function* findFrames(
  db: DatabaseSync,
  count: number,
  query: Query,
  options: FindOptions,
): Generator<FoundFrame, void, undefined> {
  const condition = compile(query);
  const values = condition.parameters.map((parameter) => boundValue(db, parameter));
  const tables = condition.usesTexts ? 'frame CROSS JOIN text ON text.row = frame.row' : 'frame';
  const first = firstTests(db, count, query, (value) => `?${values.push(value)}`);
  const where = [...first, condition.sql].join(' AND ');
  const column = ORDER_COLUMNS[options.order ?? 'date'];
  const direction = options.isDescending === true ? 'DESC' : 'ASC';
  const limit = options.limit ?? -1;
  const rows = db.prepare(
    `SELECT frame.row AS row FROM ${tables} WHERE ${where}
     ORDER BY frame.${column} ${direction} NULLS LAST, frame.by_path LIMIT ${limit}`,
  );
  const found = db.prepare('SELECT json FROM found WHERE row = ?');
  for (const { row } of rows.iterate(...values)) {
    const json = found.get(Number(row))?.['json'];
    if (typeof json === 'string') yield JSON.parse(json) as FoundFrame;
  }
}

function boundValue(db: DatabaseSync, parameter: Parameter): string | number {
  return typeof parameter === 'object' ? JSON.stringify(rowsOfTag(db, parameter)) : parameter;
}

/** What is quick is asked first, unless it leaves so many frames that going through all is quicker. */
function firstTests(
  db: DatabaseSync,
  count: number,
  query: Query,
  parameter: (value: string | number) => string,
): string[] {
  const most = Math.ceil(count / MOST_SHARE);
  const tests: string[] = [];
  const { words, boxes } = prefilterOf(query);
  if (words !== null && isRare(db, 'SELECT 1 FROM words WHERE words MATCH ?', [words], most)) {
    tests.push(`frame.row IN (SELECT rowid FROM words WHERE words MATCH ${parameter(words)})`);
  }
  if (boxes !== null) {
    const bounds = boxes.flatMap(({ north, south, east, west }) => [north, south, east, west]);
    const test = (mark: () => string): string => boxTest(boxes, mark);
    if (isRare(db, `SELECT 1 FROM place WHERE ${test(() => '?')}`, bounds, most)) {
      const marks = bounds.map(parameter).values();
      const inBoxes = test(() => marks.next().value ?? '');
      tests.push(`frame.row IN (SELECT row FROM place WHERE ${inBoxes})`);
    }
  }
  return tests;
}

/** One frame in this many may be left by what is asked first. */
const MOST_SHARE = 6;

function isRare(
  db: DatabaseSync,
  sql: string,
  values: readonly (string | number)[],
  most: number,
): boolean {
  const counted = db.prepare(`SELECT count(*) AS count FROM (${sql} LIMIT ${most + 1})`);
  return Number(counted.get(...values)?.['count']) <= most;
}

/** The tree keeps single precision, rounded outwards: boxes that touch hold all that is asked for. */
function boxTest(boxes: readonly EarthBox[], mark: () => string): string {
  const one = (): string =>
    `(south <= ${mark()} AND north >= ${mark()} AND west <= ${mark()} AND east >= ${mark()})`;
  return boxes.map(one).join(' OR ');
}
