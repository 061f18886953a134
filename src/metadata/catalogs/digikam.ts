import type { DatabaseSync } from 'node:sqlite';
import { factsWith } from '../editor-facts.ts';
import { type CatalogReader, type OpenCatalog, originsOf } from './catalog-reading.ts';
import { numberOf, rowsOf, starsOf, tableOf, textOf } from './catalog-tables.ts';
import { LinkedRows } from './linked-rows.ts';
import { leavesAndPaths, NamePaths, readNames } from './name-paths.ts';

const INTERNAL_TAGS = '_Digikam_Internal_Tags_';
const PICKS: Readonly<Record<string, 1 | 0 | -1>> = {
  'Pick Label None': 0,
  'Pick Label Rejected': -1,
  'Pick Label Pending': 0,
  'Pick Label Accepted': 1,
};
const COLOR_TAG = 'Color Label ';
/** `Images.status`: from here on a picture lies in the trash or is gone. */
const TRASHED = 3;

/**
 * Reads `digikam4.db`. Pick and colour labels are tags below `_Digikam_Internal_Tags_`; all other tags are keywords.
 * Albums are folders, so there are no collections.
 */
export const readDigikam: CatalogReader = function* (catalog) {
  const { db, from, tell } = catalog;
  const images = tableOf(db, 'Images', 'i');
  if (images === null || !images.has('id') || !images.has('name')) {
    return 'it has no table of pictures as digiKam writes it';
  }
  const albums = albumsOf(db);
  const tags = tagPathsOf(db);
  const tagged = taggedOf(catalog);
  const information = tableOf(db, 'ImageInformation', 'n');
  const cells = [
    images.number('id'),
    images.number('album'),
    images.text('name'),
    images.number('status'),
    information === null ? 'null' : information.number('rating'),
  ];
  const join = information?.has('imageid')
    ? `left join ${information.sql} on ${information.raw('imageid')} = ${images.raw('id')}`
    : information === null
      ? ''
      : `left join ${information.sql} on 0`;
  const sql = `select ${cells.join(', ')} from ${images.sql} ${join} order by ${images.raw('id')}`;
  for (const [idCell, album, nameCell, status, stars] of rowsOf(db, sql)) {
    const id = numberOf(idCell);
    if (id !== null && (numberOf(status) ?? 0) >= TRASHED) continue;
    const name = textOf(nameCell);
    const folder = albums.get(numberOf(album) ?? Number.NaN);
    if (id === null || name === null || folder === undefined) {
      tell(`picture ${id ?? 'without a number'} of the database names no file`);
      continue;
    }
    const paths = tagged?.take(id).map(([tag]) => tags.pathOf(tag)) ?? [];
    const rating = starsOf(stars);
    const said = saidByTags(paths);
    yield factsWith({
      path: folder + name,
      editor: 'digikam',
      from,
      rating,
      ...said,
      origins: originsOf({
        rating: [rating, 'ImageInformation.rating'],
        pick: [said.pick, `ImageTags ${INTERNAL_TAGS}`],
        label: [said.label, `ImageTags ${INTERNAL_TAGS}`],
        keywords: [said.keywords, 'ImageTags'],
      }),
    });
  }
  return null;
};

interface SaidByTags {
  readonly pick: 1 | 0 | -1 | null;
  readonly label: string | null;
  readonly keywords: readonly string[];
}

function saidByTags(paths: readonly (string | null)[]): SaidByTags {
  let pick: SaidByTags['pick'] = null;
  let label: string | null = null;
  const words: string[] = [];
  for (const path of paths) {
    if (path === null) continue;
    if (!path.startsWith(`${INTERNAL_TAGS}|`) && path !== INTERNAL_TAGS) {
      words.push(path);
      continue;
    }
    const name = path.slice(path.lastIndexOf('|') + 1);
    if (Object.hasOwn(PICKS, name)) pick = PICKS[name] ?? null;
    if (name.startsWith(COLOR_TAG)) label = name.slice(COLOR_TAG.length);
  }
  return { pick, label: label === 'None' ? null : label, keywords: leavesAndPaths(words) };
}

function tagPathsOf(db: DatabaseSync): NamePaths {
  const table = tableOf(db, 'Tags');
  if (table === null) return new NamePaths(new Map());
  const cells = [table.number('id'), table.number('pid'), table.text('name')];
  return new NamePaths(readNames(rowsOf(db, `select ${cells.join(', ')} from ${table.sql}`)));
}

function taggedOf({ db, tell }: OpenCatalog): LinkedRows | null {
  const table = tableOf(db, 'ImageTags');
  if (table === null || !table.has('imageid')) return null;
  const sql =
    `select ${table.number('imageid')}, ${table.number('tagid')} from ${table.sql} ` +
    `order by ${table.raw('imageid')}`;
  return new LinkedRows(rowsOf(db, sql), 'tags of pictures', tell);
}

/** Folders by number, `/` at their end. */
function albumsOf(db: DatabaseSync): Map<number, string> {
  const found = new Map<number, string>();
  const albums = tableOf(db, 'Albums', 'a');
  const roots = tableOf(db, 'AlbumRoots', 'r');
  if (albums === null || roots === null) return found;
  const sql =
    `select ${albums.number('id')}, ${albums.text('relativePath')}, ` +
    `${roots.text('identifier')}, ${roots.text('specificPath')} from ${albums.sql} ` +
    `join ${roots.sql} on ${roots.raw('id')} = ${albums.raw('albumRoot')}`;
  for (const [id, below, identifier, specific] of rowsOf(db, sql)) {
    const number = numberOf(id);
    if (number === null) continue;
    const path = rootOf(textOf(identifier) ?? '', textOf(specific) ?? '') + (textOf(below) ?? '/');
    found.set(number, path.endsWith('/') ? path : `${path}/`);
  }
  return found;
}

/**
 * A root is `volumeid:?path=/home/x/Pictures`, or a volume by its UUID with the path on it: then the path begins at the
 * volume, whose place is not known here. The path is escaped as in a URL.
 */
function rootOf(identifier: string, specific: string): string {
  const [, escaped = ''] = /[?&](?:path|mountpath)=([^&]*)/.exec(identifier) ?? [];
  const volume = unescapePath(escaped).replace(/\/+$/, '');
  return volume + specific.replace(/\/+$/, '');
}

function unescapePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    // A bare percent sign: it was not escaped.
    if (error instanceof URIError) return text;
    throw error;
  }
}
