import type { DatabaseSync } from 'node:sqlite';
import { factsWith } from '../editor-facts.ts';
import { type CatalogReader, type OpenCatalog, originsOf } from './catalog-reading.ts';
import { numberOf, rowsOf, tableOf, textOf } from './catalog-tables.ts';
import { LinkedRows } from './linked-rows.ts';
import { leavesAndPaths } from './name-paths.ts';
import { openCopy } from './open-database.ts';

const COLORS = 'Red Yellow Green Blue Purple'.split(' ');
/** Of `images.flags`: the low bits are stars; 6 stood for rejected before it had a bit of its own. */
const STARS_MASK = 7;
const OLD_REJECT = 6;
const REJECTED = 8;
const TAGS_MAX = 2_000_000;

/**
 * Reads darktable's `library.db` with the tags of `data.db`. Its history is binary, so there are no develop settings as
 * text. Tags that darktable sets itself (`darktable|...`) are left out.
 */
export const readDarktable: CatalogReader = function* (catalog) {
  const { db, from, tell } = catalog;
  const images = tableOf(db, 'images');
  if (images === null || !images.has('id') || !images.has('filename')) {
    return 'it has no table of pictures as darktable writes it';
  }
  const folders = foldersOf(db);
  const tags = tagsOf(catalog);
  const tagged = linked(catalog, 'tagged_images', 'tagid');
  const colored = linked(catalog, 'color_labels', 'color');
  const cells = [
    images.number('id'),
    images.number('film_id'),
    images.text('filename'),
    images.number('flags'),
    images.number('version'),
  ];
  const sql = `select ${cells.join(', ')} from ${images.sql} order by ${images.raw('id')}`;
  for (const [idCell, film, nameCell, flagsCell, version] of rowsOf(db, sql)) {
    const id = numberOf(idCell);
    const name = textOf(nameCell);
    const folder = folders.get(numberOf(film) ?? Number.NaN);
    if (id === null || name === null || folder === undefined) {
      tell(`picture ${id ?? 'without a number'} of the library names no file`);
      continue;
    }
    const { rating, pick } = marksOf(numberOf(flagsCell));
    const label = colorsOf(colored?.take(id).map(([color]) => numberOf(color)) ?? []);
    const names = tagged?.take(id).map(([tag]) => tags.get(numberOf(tag) ?? Number.NaN) ?? null);
    const keywords = leavesAndPaths(names ?? []);
    yield factsWith({
      path: folder + name,
      editor: 'darktable',
      from,
      rating,
      pick,
      label,
      keywords,
      copyName: copyNameOf(numberOf(version)),
      origins: originsOf({
        rating: [rating, 'images.flags'],
        pick: [pick, 'images.flags'],
        label: [label, 'color_labels'],
        keywords: [keywords, 'tagged_images'],
      }),
    });
  }
  return null;
};

function marksOf(flags: number | null): { rating: number | null; pick: 0 | -1 | null } {
  if (flags === null || !Number.isInteger(flags) || flags < 0) return { rating: null, pick: null };
  const stars = flags & STARS_MASK;
  const isRejected = (flags & REJECTED) !== 0 || stars === OLD_REJECT;
  return { rating: stars <= 5 ? stars : null, pick: isRejected ? -1 : 0 };
}

function colorsOf(colors: readonly (number | null)[]): string | null {
  const sorted = colors.filter((color) => color !== null).sort((a, b) => a - b);
  const names = sorted.flatMap((color) => COLORS[color] ?? []);
  return names.length === 0 ? null : [...new Set(names)].join(', ');
}

/** Version 0 is the picture; its duplicates are written as in the names of their sidecars, `IMG_01.NEF.xmp`. */
function copyNameOf(version: number | null): string | null {
  return version === null || version === 0 ? null : `${version}`.padStart(2, '0');
}

function foldersOf(db: DatabaseSync): Map<number, string> {
  const found = new Map<number, string>();
  const films = tableOf(db, 'film_rolls');
  if (films === null) return found;
  const sql = `select ${films.number('id')}, ${films.text('folder')} from ${films.sql}`;
  for (const [id, folder] of rowsOf(db, sql)) {
    const number = numberOf(id);
    const path = textOf(folder);
    if (number === null || path === null) continue;
    const slashed = /^[A-Za-z]:\\|^\\\\/.test(path) ? path.replaceAll('\\', '/') : path;
    found.set(number, slashed.endsWith('/') ? slashed : `${slashed}/`);
  }
  return found;
}

/** Tags stand in `data.db`; before that file existed they stood in the library. */
function tagsOf(catalog: OpenCatalog): Map<number, string> {
  const inLibrary = readTags(catalog.db);
  if (inLibrary !== null) return inLibrary;
  const path = catalog.copyOf('data.db');
  if (path === null) {
    catalog.tell('data.db is missing: keywords of the library have no names');
    return new Map();
  }
  const data = openCopy(path);
  try {
    return readTags(data) ?? new Map();
  } finally {
    data.close();
  }
}

function readTags(db: DatabaseSync): Map<number, string> | null {
  const table = tableOf(db, 'tags');
  if (table === null) return null;
  const found = new Map<number, string>();
  const sql = `select ${table.number('id')}, ${table.text('name')} from ${table.sql} limit ${TAGS_MAX}`;
  for (const [id, name] of rowsOf(db, sql)) {
    const number = numberOf(id);
    const path = textOf(name);
    if (number !== null && path !== null && !/^darktable(\||$)/.test(path)) found.set(number, path);
  }
  return found;
}

function linked({ db, tell }: OpenCatalog, name: string, other: string): LinkedRows | null {
  const table = tableOf(db, name);
  if (table === null || !table.has('imgid')) return null;
  const sql = `select ${table.number('imgid')}, ${table.number(other)} from ${table.sql}`;
  return new LinkedRows(
    rowsOf(db, `${sql} order by ${table.raw('imgid')}`),
    `rows of ${name}`,
    tell,
  );
}
