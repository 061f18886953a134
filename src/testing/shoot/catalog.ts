import { DatabaseSync } from 'node:sqlite';
import { deflateSync } from 'node:zlib';
import { calendarTime, formatIsoTime } from './capture-time.ts';
import { CATALOG_SCHEMA } from './catalog-schema.ts';
import type { ShotFacts } from './shot-facts.ts';
import { type EditFacts, writeSidecar } from './sidecar.ts';

/** One picture of a catalog. */
export interface CatalogImage {
  /** Folder below the card's root, with '/' at its end. */
  readonly folder: string;
  readonly baseName: string;
  readonly extension: string;
  readonly facts: ShotFacts;
  readonly edit: EditFacts;
  /** 1 picked, 0 unset, -1 rejected. */
  readonly pick: number;
  /** Partners by extension, with commas: `JPG,xmp`. */
  readonly sidecarExtensions: string;
  /** Pictures of one burst or bracket have the same; they become a stack. */
  readonly groupId: number;
}

/**
 * A catalog with the tables and joins of Lightroom Classic's (version 12) as far as readers use them. Columns, joins
 * and codings are as found in real catalogs; the values are ours, and no such program wrote it.
 * @param rootPath absolute path of the pictures, with '/' at its end
 */
export function writeCatalog(rootPath: string, images: readonly CatalogImage[]): Uint8Array {
  const db = new DatabaseSync(':memory:');
  try {
    db.exec(CATALOG_SCHEMA);
    db.exec('begin');
    const rows = new CatalogRows(db);
    rows.add('Adobe_variablesTable', [null, 'v1', 'Adobe_DBVersion', '1200001']);
    rows.add('AgLibraryRootFolder', [1, 'r1', rootPath, 'CARD', '']);
    const kind = 'com.adobe.ag.library.collection';
    rows.add('AgLibraryCollection', [1, 'Best', null, '/11', 0, kind]);
    for (const [index, image] of images.entries()) addImage(rows, index + 1, image);
    addStacks(rows, images);
    db.exec('commit');
    return db.serialize();
  } finally {
    db.close();
  }
}

/** Milliseconds from 1970 to 2001-01-01T00:00:00Z, where the catalog's seconds begin. */
const EPOCH_2001_MS = 978_307_200_000;

type Value = string | number | Uint8Array | null;

/** Adds rows, and gives each name of a table of names one number. */
class CatalogRows {
  readonly #db: DatabaseSync;
  readonly #ids: Map<string, number> = new Map();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  add(table: string, values: readonly Value[]): void {
    const places = values.map(() => '?').join(', ');
    this.#db.prepare(`insert into ${table} values (${places})`).run(...values);
  }

  /** The number of a name in its table; a new name gets the next one and its row. */
  idOf(table: string, name: string, row: (id: number) => readonly Value[]): number {
    const key = `${table}/${name}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = [...this.#ids.keys()].filter((other) => other.startsWith(`${table}/`)).length + 1;
    this.#ids.set(key, id);
    this.add(table, row(id));
    return id;
  }
}

function addImage(rows: CatalogRows, id: number, image: CatalogImage): void {
  const { facts, edit, baseName, extension } = image;
  const name = `${baseName}.${extension}`;
  const folder = rows.idOf('AgLibraryFolder', image.folder, (number) => {
    return [number, `d${number}`, image.folder, 1, null, null];
  });
  const names = [baseName, extension, name, name.toLowerCase(), name];
  rows.add('AgLibraryFile', [id, `f${id}`, ...names, folder, image.sidecarExtensions]);
  const rating = edit.rating === 0 ? null : edit.rating;
  const format = extension === 'DNG' ? 'DNG' : 'RAW';
  const taken = formatIsoTime(facts.takenLocalMs);
  const touched = (facts.takenLocalMs - facts.offsetMinutes * 60_000 - EPOCH_2001_MS) / 1000 + 3600;
  const marks = [rating, image.pick, edit.label, taken, format, 'AB', touched];
  rows.add('Adobe_images', [id, `i${id}`, id, null, null, ...marks]);
  const text = `s = { Exposure2012 = ${edit.exposure.toFixed(2)},\nProcessVersion = "15.4",\nWhiteBalance = "As Shot" }\n`;
  rows.add('Adobe_imageDevelopSettings', [id, id, text, '15.4', 0]);
  const xmp = packXmp(writeSidecar(facts, edit, extension));
  rows.add('Adobe_AdditionalMetadata', [id, id, xmp, 0, 1]);
  addExif(rows, id, facts);
  for (const word of edit.keywords) {
    const keyword = rows.idOf('AgLibraryKeyword', word, (number) => {
      const genealogy = `/${String(number).length}${number}`;
      return [number, `k${number}`, word, word.toLowerCase(), null, genealogy, null];
    });
    rows.add('AgLibraryKeywordImage', [null, id, keyword]);
  }
  if (edit.rating >= 4) rows.add('AgLibraryCollectionImage', [null, 1, id, 0, String(id)]);
}

/** From version 11 on: the uncompressed length, big-endian, and a zlib stream. */
function packXmp(xmp: Uint8Array): Uint8Array {
  const packed = deflateSync(xmp);
  const bytes = new Uint8Array(4 + packed.length);
  new DataView(bytes.buffer).setUint32(0, xmp.length);
  bytes.set(packed, 4);
  return bytes;
}

/** Aperture and shutter speed in APEX units. */
function addExif(rows: CatalogRows, id: number, facts: ShotFacts): void {
  const interned = (table: string, value: string): number =>
    rows.idOf(table, value, (number) => [number, value]);
  const { year, month, day } = calendarTime(facts.takenLocalMs);
  const { place } = facts;
  rows.add('AgHarvestedExifMetadata', [
    id,
    id,
    2 * Math.log2(facts.aperture),
    Math.log2(facts.shutterPerSecond),
    facts.iso,
    facts.focalLength,
    place?.latitude ?? null,
    place?.longitude ?? null,
    place === null ? 0 : 1,
    year,
    month,
    day,
    interned('AgInternedExifCameraModel', facts.model),
    interned('AgInternedExifCameraSN', facts.serial),
    interned('AgInternedExifLens', facts.lens),
  ]);
}

function addStacks(rows: CatalogRows, images: readonly CatalogImage[]): void {
  const groups = Map.groupBy(images.entries(), ([, image]) => image.groupId);
  for (const members of groups.values()) {
    if (members.length < 2) continue;
    const [[first] = [0]] = members;
    rows.add('AgLibraryFolderStack', [first + 1, `s${first + 1}`, 0]);
    members.forEach(([index], position) => {
      rows.add('AgLibraryFolderStackImage', [null, first + 1, index + 1, position + 1, 0]);
    });
  }
}
