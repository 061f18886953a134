import type { SamplePicture } from './sample-picture.ts';
import { SampleRows } from './sample-rows.ts';

/** A layer of a variant that holds its words, by the column that names it. */
export type CaptureOneLayer = 'ZCOMBINEDSETTINGS' | 'ZADJUSTMENTLAYER' | 'ZDEFAULTLAYER';

/** How a database is written. */
export interface CaptureOneDatabase {
  /** A picture with a `copyName` is one more variant of the picture of the same path before it. */
  readonly pictures: readonly SamplePicture[];
  /** How folders are kept: below the catalog's own folder, or from a root of macOS or Windows. */
  readonly paths: 'relative' | 'mac' | 'win';
  /** Folder of the database; the start of all relative paths. */
  readonly root: string;
  /** The layer that holds the words; left out: the combined one. */
  readonly layer?: CaptureOneLayer;
  /** Number of the entity AlbumCollection; the others follow. Numbers differ between databases. */
  readonly firstEntity?: number;
}

const COLORS = [null, 'Red', 'Orange', 'Yellow', 'Green', 'Blue', 'Pink', 'Purple'];
const ENTITIES = [
  'AlbumCollection',
  'ProjectCollection',
  'VirtualFolderCollection',
  'CatalogFolderCollection',
  'CatalogAllImagesCollection',
] as const;

const SCHEMA = `
  create table ZENTITIES(Z_ENT integer, ZNAME varchar);
  create table ZVERSIONINFO(Z_ENT integer, Z_PK integer primary key, ZAUTHOR varchar, ZVERSION float);
  create table ZDOCUMENTCONTENT(Z_ENT integer, Z_PK integer primary key, ZROOTCOLLECTION integer);
  create table ZPATHLOCATION(Z_ENT integer, Z_PK integer primary key, ZISRELATIVE integer, ZWINROOT varchar,
    ZMACROOT varchar, ZRELATIVEPATH varchar, ZVOLUME varchar);
  create table ZIMAGE(Z_ENT integer, Z_PK integer primary key, ZIMAGEUUID varchar, ZIMAGEFILENAME varchar,
    ZDISPLAYNAME varchar, ZIMAGELOCATION integer, ZISINSIDECATALOG integer, ZISTRASHED integer);
  create table ZVARIANT(Z_ENT integer, Z_PK integer primary key, ZIMAGE integer, ZINDEX integer, ZVARIANTUUID varchar,
    ZCOMBINEDSETTINGS integer, ZADJUSTMENTLAYER integer, ZDEFAULTLAYER integer);
  create table ZVARIANTLAYER(Z_ENT integer, Z_PK integer primary key, ZMETADATA integer, ZEXPOSURE float);
  create table ZVARIANTMETADATA(Z_ENT integer, Z_PK integer primary key, ZBASIC_RATING integer,
    ZCOLOR_TAG_INDEX integer, ZCONTENT_KEYWORDS varchar);
  create table ZCOLLECTION(Z_ENT integer, Z_PK integer primary key, ZNAME varchar, ZPARENT integer,
    ZFOLDERLOCATION integer);
  create table ZIMAGEINCOLLECTION(Z_PK integer primary key, ZIMAGE integer, ZCOLLECTION integer);
  create table ZVARIANTINCOLLECTION(Z_PK integer primary key, ZVARIANT integer, ZCOLLECTION integer);
  create table ZKEYWORD(Z_ENT integer, Z_PK integer primary key, ZNAME varchar, ZPARENT integer, ZLEFT integer,
    ZRIGHT integer);
`;

const ROOT_COLLECTION = 900_000;
const ALL_IMAGES = 900_001;

/**
 * Writes a Capture One catalog or session database (they share these tables): names and meanings of columns as readers
 * of versions 11 to 16 document them, declared types and all values of ours. No real database was at hand.
 */
export function writeCaptureOneDatabase(path: string, database: CaptureOneDatabase): void {
  const rows = new SampleRows(path, SCHEMA);
  const first = database.firstEntity ?? 2;
  const entity = (name: (typeof ENTITIES)[number]): number => first + ENTITIES.indexOf(name);
  for (const name of ENTITIES) rows.add('ZENTITIES', { Z_ENT: entity(name), ZNAME: name });
  rows.add('ZVERSIONINFO', { Z_PK: 1, ZAUTHOR: 'sample', ZVERSION: 1608 });
  rows.add('ZDOCUMENTCONTENT', { Z_PK: 1, ZROOTCOLLECTION: ROOT_COLLECTION });
  const collection = (id: number, name: string, kind: (typeof ENTITIES)[number]): void =>
    rows.add('ZCOLLECTION', { Z_PK: id, ZNAME: name, ZPARENT: -1, Z_ENT: entity(kind) });
  collection(ROOT_COLLECTION, 'Project collection', 'ProjectCollection');
  collection(ALL_IMAGES, 'All Images', 'CatalogAllImagesCollection');
  let next = 1;
  for (const [index, picture] of database.pictures.entries()) {
    const variant = index + 1;
    const image = rows.idOf('image', `${picture.folder}/${picture.name}`, (id) => {
      addImage(rows, id, { picture, database });
      rows.add('ZIMAGEINCOLLECTION', { ZIMAGE: id, ZCOLLECTION: ALL_IMAGES });
    });
    next = addVariant(rows, next, { picture, image, variant, database });
    for (const place of picture.collections) {
      const album = rows.pathIdOf('collection', place, (id, parent, { name, isLeaf }) => {
        rows.add('ZCOLLECTION', {
          Z_PK: id,
          ZNAME: name,
          ZPARENT: parent ?? ROOT_COLLECTION,
          Z_ENT: entity(isLeaf ? 'AlbumCollection' : 'VirtualFolderCollection'),
        });
      });
      rows.add('ZVARIANTINCOLLECTION', { ZVARIANT: variant, ZCOLLECTION: album });
    }
  }
  rows.finish();
}

interface Placed {
  readonly picture: SamplePicture;
  readonly database: CaptureOneDatabase;
}

function addImage(
  rows: SampleRows,
  id: number,
  { picture: { folder, name }, database }: Placed,
): void {
  const location = rows.idOf('location', folder, (number) => {
    rows.add('ZPATHLOCATION', { Z_PK: number, ...locationOf(folder, database) });
  });
  rows.add('ZIMAGE', {
    Z_PK: id,
    ZIMAGEUUID: `uuid-${id}`,
    ZIMAGEFILENAME: name,
    ZDISPLAYNAME: name.slice(0, name.lastIndexOf('.')),
    ZIMAGELOCATION: location,
    ZISTRASHED: 0,
  });
}

function locationOf(
  folder: string,
  { paths, root }: CaptureOneDatabase,
): Record<string, string | number> {
  if (paths === 'relative') {
    return { ZISRELATIVE: 1, ZRELATIVEPATH: folder.slice(root.length + 1), ZMACROOT: '' };
  }
  if (paths === 'mac') {
    const [, volume = '', below = ''] = /^(\/[^/]+)(\/.*)$/.exec(folder) ?? [];
    return { ZISRELATIVE: 0, ZMACROOT: volume, ZRELATIVEPATH: below, ZWINROOT: '' };
  }
  const [, drive = '', below = ''] = /^([A-Z]:\/)(.*)$/.exec(folder) ?? [];
  const backslashed = (text: string): string => text.replaceAll('/', '\\');
  return { ZISRELATIVE: 0, ZWINROOT: backslashed(drive), ZRELATIVEPATH: backslashed(below) };
}

/** Adds a variant with its three layers; returns the next free number of a layer. */
function addVariant(
  rows: SampleRows,
  next: number,
  placed: Placed & { readonly image: number; readonly variant: number },
): number {
  const { picture, image, variant, database } = placed;
  const layers = { ZCOMBINEDSETTINGS: next, ZADJUSTMENTLAYER: next + 1, ZDEFAULTLAYER: next + 2 };
  const index = picture.copyName === null ? 0 : Number(picture.copyName);
  rows.add('ZVARIANT', { Z_PK: variant, ZIMAGE: image, ZINDEX: index, ...layers });
  for (const [link, id] of Object.entries(layers)) {
    rows.add('ZVARIANTLAYER', { Z_PK: id, ZMETADATA: id });
    const isTheOne = link === (database.layer ?? 'ZCOMBINEDSETTINGS');
    const leaves = picture.keywords.map((word) => addKeyword(rows, word));
    const words = leaves.map((leaf, position) => `${leaf}||${position}`).join(',');
    rows.add('ZVARIANTMETADATA', {
      Z_PK: id,
      ZBASIC_RATING: isTheOne ? picture.rating : null,
      ZCOLOR_TAG_INDEX: isTheOne ? Math.max(0, COLORS.indexOf(picture.label)) : null,
      ZCONTENT_KEYWORDS: isTheOne ? words : null,
    });
  }
  return next + 3;
}

/** Adds the keyword to the tree; pictures keep only its last part. */
function addKeyword(rows: SampleRows, path: string): string {
  rows.pathIdOf('keyword', path, (id, parent, { name }) => {
    rows.add('ZKEYWORD', { Z_PK: id, ZNAME: name, ZPARENT: parent ?? -1 });
  });
  return path.slice(path.lastIndexOf('|') + 1);
}

/** A settings file of one picture, as {@link writeCaptureOneDatabase}'s pictures: one element for each variant. */
export function formatCos(variants: readonly SamplePicture[]): string {
  const elements = variants.map((variant, index) => {
    const words = variant.keywords.map((word, position) => `${word}||${position}`).join(',');
    const color = Math.max(0, COLORS.indexOf(variant.label));
    return `  <VAR>
    <E K="UUID" V="${index}"/>
    <DL><E K="Basic_Rating" V="0"/></DL>
    <AL>
      ${variant.rating === null ? '' : `<E K="Basic_Rating" V="${variant.rating}"/>`}
      <E K="Color_Tag_Index" V="${color}"/>
      <E K="Content_Keywords" V="${escapeXml(words)}"/>
    </AL>
  </VAR>`;
  });
  return `<?xml version="1.0" encoding="utf-8"?>\n<SLO>\n<IMG>\n${elements.join('\n')}\n</IMG>\n</SLO>\n`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
