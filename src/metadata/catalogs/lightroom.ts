import type { DatabaseSync } from 'node:sqlite';
import { type EditorFacts, factsWith } from '../editor-facts.ts';
import { readXmpFacts } from '../xmp/xmp-facts.ts';
import {
  type CatalogReader,
  DEVELOP_BYTES_MAX,
  type OpenCatalog,
  originsOf,
} from './catalog-reading.ts';
import {
  type CatalogTable,
  numberOf,
  type Row,
  rowsOf,
  starsOf,
  tableOf,
  textOf,
} from './catalog-tables.ts';
import { readXmpCell, XMP_BYTES_MAX } from './lightroom-xmp.ts';
import { LinkedRows } from './linked-rows.ts';
import { leavesAndPaths, NamePaths, readNames } from './name-paths.ts';

/**
 * Reads a Lightroom Classic catalog, versions 5 to 12 and whatever keeps these tables: path, stars, pick, label,
 * keywords, collections of the photographer's, virtual copies, develop settings. Where a table or column that holds a
 * word is missing, the packet in `Adobe_AdditionalMetadata.xmp` is asked for it.
 */
export const readLightroom: CatalogReader = function* (catalog) {
  const { db, from, tell } = catalog;
  const images = tableOf(db, 'Adobe_images', 'i');
  const files = tableOf(db, 'AgLibraryFile', 'f');
  if (images === null || files === null || !images.has('rootFile') || !files.has('id_local')) {
    return 'it has no tables of pictures and files as Lightroom Classic writes them';
  }
  const folders = foldersOf(db);
  const links = linksOf(catalog, images);
  for (const row of rowsOf(db, picturesSql(images, files))) {
    const [idCell, folderCell, fullName, baseName, extension, ...marks] = row;
    const id = numberOf(idCell);
    const name = textOf(fullName) ?? joinName(textOf(baseName), textOf(extension));
    const folder = folders.get(numberOf(folderCell) ?? Number.NaN);
    if (id === null || name === null || folder === undefined) {
      tell(`picture ${id ?? 'without a number'} of the catalog names no file`);
      continue;
    }
    yield factsOf({ path: folder + name, from, id, marks }, links);
  }
  return null;
};

function picturesSql(images: CatalogTable, files: CatalogTable): string {
  const cells = [
    images.number('id_local'),
    files.number('folder'),
    files.text('idx_filename'),
    files.text('baseName'),
    files.text('extension'),
    images.number('masterImage'),
    images.text('copyName'),
    images.number('rating'),
    images.number('pick'),
    images.text('colorLabels'),
  ];
  return (
    `select ${cells.join(', ')} from ${images.sql} left join ${files.sql} ` +
    `on ${files.raw('id_local')} = ${images.raw('rootFile')} order by ${images.raw('id_local')}`
  );
}

function joinName(baseName: string | null, extension: string | null): string | null {
  return baseName === null || extension === null ? baseName : `${baseName}.${extension}`;
}

/** Absolute folders by number, `/` at their end. */
function foldersOf(db: DatabaseSync): Map<number, string> {
  const found = new Map<number, string>();
  const folders = tableOf(db, 'AgLibraryFolder', 'd');
  const roots = tableOf(db, 'AgLibraryRootFolder', 'r');
  if (folders === null || roots === null) return found;
  const sql =
    `select ${folders.number('id_local')}, ${roots.text('absolutePath')}, ` +
    `${folders.text('pathFromRoot')} from ${folders.sql} join ${roots.sql} ` +
    `on ${roots.raw('id_local')} = ${folders.raw('rootFolder')}`;
  for (const [id, root, below] of rowsOf(db, sql)) {
    const number = numberOf(id);
    const path = textOf(root);
    if (number === null || path === null) continue;
    const start = path.endsWith('/') ? path : `${path}/`;
    const rest = textOf(below) ?? '';
    found.set(number, start + (rest === '' || rest.endsWith('/') ? rest : `${rest}/`));
  }
  return found;
}

/** What other tables say of a picture; asked in the order of the pictures. */
interface Links {
  keywords(id: number): string[];
  collections(id: number): string[];
  develop(id: number): string | null;
  /** The facts of the packet; null where there is none. Only asked where something is missing. */
  packet(id: number): EditorFacts | null;
  /** Fields that this catalog has no tables or columns for. */
  readonly missing: ReadonlySet<string>;
}

function linksOf(catalog: OpenCatalog, images: CatalogTable): Links {
  const { db, from, tell } = catalog;
  const linked = (name: string, other: string, what: string): LinkedRows | null => {
    const table = tableOf(db, name);
    if (table === null || !table.has('image') || !table.has(other)) return null;
    const sql = `select ${table.number('image')}, ${table.number(other)} from ${table.sql}`;
    return new LinkedRows(rowsOf(db, `${sql} order by ${table.raw('image')}`), what, tell);
  };
  const words = linked('AgLibraryKeywordImage', 'tag', 'keywords of pictures');
  const wordPaths = new NamePaths(namesOf(db, 'AgLibraryKeyword'));
  const places = linked('AgLibraryCollectionImage', 'collection', 'members of collections');
  const placePaths = new NamePaths(namesOf(db, 'AgLibraryCollection'));
  const settings = linked('Adobe_imageDevelopSettings', 'id_local', 'develop settings');
  const settingsText = cellReader(db, 'Adobe_imageDevelopSettings', 'text', DEVELOP_BYTES_MAX);
  const packets = linked('Adobe_AdditionalMetadata', 'id_local', 'packets of XMP');
  const packet = cellReader(db, 'Adobe_AdditionalMetadata', 'xmp', XMP_BYTES_MAX);
  const missing = [
    ...(images.has('rating') ? [] : ['rating']),
    ...(images.has('pick') ? [] : ['pick']),
    ...(images.has('colorLabels') ? [] : ['label']),
    ...(words === null ? ['keywords'] : []),
  ];
  return {
    missing: new Set(missing),
    keywords: (id) => leavesAndPaths(words?.take(id).map(([tag]) => wordPaths.pathOf(tag)) ?? []),
    collections: (id) => [
      ...new Set(places?.take(id).flatMap(([place]) => placePaths.pathOf(place) ?? []) ?? []),
    ],
    develop: (id) => textOf(settingsText(settings?.take(id).at(-1))),
    packet: (id) => {
      const bytes = readXmpCell(packet(packets?.take(id).at(-1)));
      return bytes === null ? null : readXmpFacts(from, bytes);
    },
  };
}

/** Keywords and collections alike. Those with `systemOnly` are Lightroom's own. */
function namesOf(db: DatabaseSync, table: string): ReturnType<typeof readNames> {
  const names = tableOf(db, table);
  if (names === null) return new Map();
  const cells = [
    names.number('id_local'),
    names.number('parent'),
    names.text('name'),
    names.number('systemOnly'),
  ];
  const rows = rowsOf(db, `select ${cells.join(', ')} from ${names.sql}`);
  return readNames(rows, (row) => (numberOf(row[3]) ?? 0) !== 0);
}

/** Reads one large cell by the number of its row, so that large cells are never sorted. */
function cellReader(
  db: DatabaseSync,
  name: string,
  column: string,
  bytesMax: number,
): (row: Row | undefined) => Row[number] {
  const table = tableOf(db, name);
  if (table === null) return () => null;
  const statement = db.prepare(
    `select ${table.cell(column, bytesMax)} c from ${table.sql} where ${table.raw('id_local')} = ?`,
  );
  return (row) => {
    const id = numberOf(row?.[0]);
    return id === null ? null : ((statement.get(id)?.['c'] ?? null) as Row[number]);
  };
}

interface PictureRow {
  readonly path: string;
  readonly from: string;
  readonly id: number;
  readonly marks: Row;
}

function factsOf({ path, from, id, marks }: PictureRow, links: Links): EditorFacts {
  const [master, copyName, stars, flag, color] = marks;
  const keywords = links.keywords(id);
  const collections = links.collections(id);
  const develop = links.develop(id);
  const rating = starsOf(stars);
  const pick = pickOf(numberOf(flag));
  const label = textOf(color);
  const facts = factsWith({
    path,
    editor: 'lightroom',
    from,
    rating,
    pick,
    label,
    keywords,
    collections,
    copyName: numberOf(master) === null ? null : (textOf(copyName) ?? ''),
    develop,
    origins: originsOf({
      rating: [rating, 'Adobe_images.rating'],
      pick: [pick, 'Adobe_images.pick'],
      label: [label, 'Adobe_images.colorLabels'],
      keywords: [keywords, 'AgLibraryKeywordImage'],
      collections: [collections, 'AgLibraryCollectionImage'],
      develop: [develop, 'Adobe_imageDevelopSettings.text'],
    }),
  });
  if (links.missing.size === 0 && develop !== null) return facts;
  const packet = links.packet(id);
  return packet === null ? facts : filled(facts, packet, links.missing);
}

/** A word that the tables could hold and do not is not taken from a packet, which may be older. */
function filled(
  facts: EditorFacts,
  packet: EditorFacts,
  missing: ReadonlySet<string>,
): EditorFacts {
  const fields = ['rating', 'pick', 'label', 'keywords'].filter((field) => missing.has(field));
  if (facts.develop === null) fields.push('develop');
  const taken = Object.entries(packet).filter(([field]) => fields.includes(field));
  const answers = taken.map(([field, value]) => [field, [value, PACKET]] as const);
  return {
    ...facts,
    ...Object.fromEntries(taken),
    origins: { ...facts.origins, ...originsOf(Object.fromEntries(answers)) },
  };
}

const PACKET = 'Adobe_AdditionalMetadata.xmp';

function pickOf(flag: number | null): 1 | 0 | -1 | null {
  return flag === 1 || flag === 0 || flag === -1 ? flag : null;
}
