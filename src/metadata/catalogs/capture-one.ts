import type { DatabaseSync } from 'node:sqlite';
import { type EditorFacts, factsWith } from '../editor-facts.ts';
import { CAPTURE_ONE_COLORS, parseKeywords } from './capture-one-words.ts';
import type { CatalogReader, OpenCatalog } from './catalog-reading.ts';
import {
  type CatalogTable,
  type Cell,
  numberOf,
  type Row,
  rowsOf,
  starsOf,
  tableOf,
  textOf,
} from './catalog-tables.ts';
import { LinkedRows } from './linked-rows.ts';
import { leavesAndPaths, NamePaths, readNames } from './name-paths.ts';

/** Layers that may hold a word, the effective one first; readers disagree, so all are asked. */
const LAYERS = ['ZCOMBINEDSETTINGS', 'ZADJUSTMENTLAYER', 'ZDEFAULTLAYER'] as const;
const WORDS = ['ZBASIC_RATING', 'ZCOLOR_TAG_INDEX', 'ZCONTENT_KEYWORDS'] as const;

/**
 * Reads a Capture One catalog or session database: one answer for each variant of each picture that is not in the
 * trash. `origins` names the layer that answered. The first variant of a picture is the picture itself.
 */
export const readCaptureOne: CatalogReader = function* (catalog) {
  const { db, from, tell } = catalog;
  const images = tableOf(db, 'ZIMAGE', 'i');
  if (images === null || !images.has('Z_PK') || !images.has('ZIMAGEFILENAME')) {
    return 'it has no table of pictures as Capture One writes it';
  }
  const locations = locationsOf(catalog);
  const links = linksOf(catalog);
  let lastImage = Number.NaN;
  let places = new Map<number | null, string[]>();
  for (const row of rowsOf(db, variantsSql(db, images))) {
    const [imageCell, name, location, trashed, variantCell, index, ...words] = row;
    const image = numberOf(imageCell);
    if (image === null) tell('a picture of the catalog has no number');
    if (image === null || (numberOf(trashed) ?? 0) !== 0) continue;
    const isFirst = image !== lastImage;
    if (isFirst) places = links.places(image);
    lastImage = image;
    const folder = locations.get(numberOf(location) ?? Number.NaN);
    const fileName = textOf(name);
    if (folder === undefined || fileName === null) {
      if (isFirst) tell(`picture ${image} of the catalog names no file`);
      continue;
    }
    const variant = numberOf(variantCell);
    yield {
      ...factsOf({ path: folder + fileName, from, words }, links),
      copyName: isFirst ? null : `${numberOf(index) ?? variant ?? ''}`,
      ...placed([...(places.get(null) ?? []), ...(places.get(variant) ?? [])]),
    };
  }
  return null;
};

function placed(collections: readonly string[]): Pick<EditorFacts, 'collections'> {
  return { collections: [...new Set(collections)] };
}

/** Pictures with their variants in order, and of each variant the words of all three layers. */
function variantsSql(db: DatabaseSync, images: CatalogTable): string {
  const variants = tableOf(db, 'ZVARIANT', 'v');
  const head = [
    images.number('Z_PK'),
    images.text('ZIMAGEFILENAME'),
    images.number('ZIMAGELOCATION'),
    images.number('ZISTRASHED'),
  ];
  const order = `order by ${images.raw('Z_PK')}`;
  if (variants === null) return `select ${head.join(', ')}, null, null from ${images.sql} ${order}`;
  const joined = LAYERS.map((link, layer) => layerOf(db, variants, link, layer));
  const cells = [
    ...head,
    variants.number('Z_PK'),
    variants.number('ZINDEX'),
    ...joined.flatMap((layer) => layer.cells),
  ];
  return (
    `select ${cells.join(', ')} from ${images.sql} left join ${variants.sql} ` +
    `on ${variants.raw('ZIMAGE')} = ${images.raw('Z_PK')} ` +
    `${joined.map((layer) => layer.join).join(' ')} ` +
    `${order}, ${variants.raw('ZINDEX')}, ${variants.raw('Z_PK')}`
  );
}

/** Variant to layer to metadata. Newer databases also link metadata to its layer, and some only so. */
function layerOf(
  db: DatabaseSync,
  variants: CatalogTable,
  link: string,
  index: number,
): { readonly cells: readonly string[]; readonly join: string } {
  const layers = tableOf(db, 'ZVARIANTLAYER', `l${index}`);
  const words = tableOf(db, 'ZVARIANTMETADATA', `m${index}`);
  const nothing = { cells: WORDS.map(() => 'null'), join: '' };
  if (words === null || !variants.has(link)) return nothing;
  const cells = [words.number(WORDS[0]), words.number(WORDS[1]), words.text(WORDS[2], 65_536)];
  if (layers?.has('ZMETADATA')) {
    const join =
      `left join ${layers.sql} on ${layers.raw('Z_PK')} = ${variants.raw(link)} ` +
      `left join ${words.sql} on ${words.raw('Z_PK')} = ${layers.raw('ZMETADATA')}`;
    return { cells, join };
  }
  if (!words.has('ZLAYER')) return nothing;
  return {
    cells,
    join: `left join ${words.sql} on ${words.raw('ZLAYER')} = ${variants.raw(link)}`,
  };
}

interface VariantRow {
  readonly path: string;
  readonly from: string;
  readonly words: Row;
}

function factsOf({ path, from, words }: VariantRow, links: Links): EditorFacts {
  const origins: Record<string, string> = {};
  const answer = <T>(field: string, word: number, read: (cell: Cell) => T | null): T | null => {
    for (const [layer, link] of LAYERS.entries()) {
      const value = read(words[layer * WORDS.length + word] ?? null);
      if (value === null) continue;
      origins[field] = link;
      return value;
    }
    return null;
  };
  const rating = answer('rating', 0, starsOf);
  const color = answer('label', 1, numberOf);
  const keywords = answer('keywords', 2, (cell) => parseKeywords(textOf(cell)));
  return factsWith({
    path,
    editor: 'capture-one',
    from,
    rating,
    label: CAPTURE_ONE_COLORS[color ?? 0] ?? null,
    keywords: leavesAndPaths((keywords ?? []).flatMap((word) => [word, links.wordPath(word)])),
    origins,
  });
}

/** Folders by number, `/` at their end. */
function locationsOf({ db, root }: OpenCatalog): Map<number, string> {
  const found = new Map<number, string>();
  const table = tableOf(db, 'ZPATHLOCATION');
  if (table === null) return found;
  const cells = [
    table.number('Z_PK'),
    table.number('ZISRELATIVE'),
    table.text('ZMACROOT'),
    table.text('ZWINROOT'),
    table.text('ZRELATIVEPATH'),
  ];
  for (const row of rowsOf(db, `select ${cells.join(', ')} from ${table.sql}`)) {
    const [id, relative, mac, win, below] = row;
    const start = (numberOf(relative) ?? 0) !== 0 ? root : (textOf(mac) ?? textOf(win));
    const number = numberOf(id);
    if (number !== null) found.set(number, joinFolder(start ?? '/', textOf(below) ?? ''));
  }
  return found;
}

/** Both parts may use `\` and may or may not have separators where they meet; a share keeps its two at the start. */
function joinFolder(start: string, below: string): string {
  const root = start.replaceAll('\\', '/').replace(/\/+$/, '');
  const rest = below.replaceAll('\\', '/').replace(/^\/+|\/+$/g, '');
  return rest === '' ? `${root}/` : `${root}/${rest}/`;
}

interface Links {
  /** Collections of a picture by variant; under null those of the picture as a whole. Asked in ascending order. */
  places(image: number): Map<number | null, string[]>;
  /** Where a keyword stands in the catalog's tree; null where that is not known for sure. */
  wordPath(word: string): string | null;
}

function linksOf(catalog: OpenCatalog): Links {
  const { db } = catalog;
  const paths = new NamePaths(collectionsOf(db));
  const streams = [imageMembers(catalog), variantMembers(catalog)];
  const words = keywordPathsOf(db);
  return {
    wordPath: (word) => words.get(word) ?? null,
    places: (image) => {
      const places = new Map<number | null, string[]>();
      for (const [collection, variant] of streams.flatMap((stream) => stream?.take(image) ?? [])) {
        const path = paths.pathOf(collection);
        const owner = numberOf(variant);
        if (path !== null) places.set(owner, [...(places.get(owner) ?? []), path]);
      }
      return places;
    },
  };
}

function imageMembers({ db, tell }: OpenCatalog): LinkedRows | null {
  const table = tableOf(db, 'ZIMAGEINCOLLECTION');
  if (table === null || !table.has('ZIMAGE')) return null;
  const cells = `${table.number('ZIMAGE')}, ${table.number('ZCOLLECTION')}, null`;
  const sql = `select ${cells} from ${table.sql} order by ${table.raw('ZIMAGE')}`;
  return new LinkedRows(rowsOf(db, sql), 'members of collections', tell);
}

function variantMembers({ db, tell }: OpenCatalog): LinkedRows | null {
  const table = tableOf(db, 'ZVARIANTINCOLLECTION', 'c');
  const variants = tableOf(db, 'ZVARIANT', 'v');
  if (table === null || variants === null || !table.has('ZVARIANT')) return null;
  const cells = [variants.number('ZIMAGE'), table.number('ZCOLLECTION'), table.number('ZVARIANT')];
  const sql =
    `select ${cells.join(', ')} from ${table.sql} join ${variants.sql} ` +
    `on ${variants.raw('Z_PK')} = ${table.raw('ZVARIANT')} order by ${variants.raw('ZIMAGE')}`;
  return new LinkedRows(rowsOf(db, sql), 'variants in collections', tell);
}

/** Entities whose members are not a photographer's choice: folders, the trash, all pictures, rules, recent imports. */
const NOT_CHOSEN = /CatalogFolder|^Folder|Trash|AllImages|InternalImages|Smart|Special/i;

/**
 * Entity numbers differ between databases: `ZENTITIES` gives their names. Names of entities as in readers of versions 11
 * to 16.8: AlbumCollection, ProjectCollection (also the root), VirtualFolderCollection, CatalogFolderCollection, ...
 */
function collectionsOf(db: DatabaseSync): ReturnType<typeof readNames> {
  const table = tableOf(db, 'ZCOLLECTION', 'c');
  if (table === null) return new Map();
  const entities = tableOf(db, 'ZENTITIES', 'e');
  const root = rootCollectionOf(db);
  const cells = [
    table.number('Z_PK'),
    table.number('ZPARENT'),
    table.text('ZNAME'),
    entities === null ? 'null' : entities.text('ZNAME'),
  ];
  const join =
    entities === null
      ? ''
      : `left join ${entities.sql} on ${entities.raw('Z_ENT')} = ${table.raw('Z_ENT')}`;
  const rows = rowsOf(db, `select ${cells.join(', ')} from ${table.sql} ${join}`);
  const names = readNames(rows, (row) => NOT_CHOSEN.test(textOf(row[3]) ?? ''));
  const top = root === null ? undefined : names.get(root);
  // The root's name is Capture One's own and part of no path.
  if (root !== null && top !== undefined) names.set(root, { ...top, name: '' });
  return names;
}

function rootCollectionOf(db: DatabaseSync): number | null {
  const table = tableOf(db, 'ZDOCUMENTCONTENT');
  if (table === null) return null;
  const row = db.prepare(`select ${table.number('ZROOTCOLLECTION')} n from ${table.sql}`).get();
  return numberOf((row?.['n'] ?? null) as Cell);
}

/** A picture's keywords are names; one that stands in the tree twice has no path that is known for sure. */
function keywordPathsOf(db: DatabaseSync): Map<string, string> {
  const table = tableOf(db, 'ZKEYWORD');
  const found = new Map<string, string>();
  if (table === null) return found;
  const cells = [table.number('Z_PK'), table.number('ZPARENT'), table.text('ZNAME')];
  const names = readNames(rowsOf(db, `select ${cells.join(', ')} from ${table.sql}`));
  const paths = new NamePaths(names);
  const twice = new Set<string>();
  for (const [id, { name }] of names) {
    if (found.has(name)) twice.add(name);
    found.set(name, paths.pathOf(id) ?? name);
  }
  for (const name of twice) found.delete(name);
  return found;
}
