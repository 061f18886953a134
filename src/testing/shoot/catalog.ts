import { DatabaseSync } from 'node:sqlite';
import { formatIsoTime } from './capture-time.ts';
import type { ShotFacts } from './shot-facts.ts';
import type { EditFacts } from './sidecar.ts';

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
}

/**
 * A catalog with the tables and joins of Lightroom Classic's (versions 5 to 12) as far as readers use them. Columns and
 * joins are as documented; the values are ours.
 * @param rootPath absolute path of the pictures, with '/' at its end
 */
export function writeCatalog(rootPath: string, images: readonly CatalogImage[]): Uint8Array {
  const db = new DatabaseSync(':memory:');
  try {
    db.exec(SCHEMA);
    db.prepare('insert into Adobe_variablesTable(id_global, name, value) values (?, ?, ?)').run(
      'v1',
      'Adobe_DBVersion',
      '1200001',
    );
    db.prepare('insert into AgLibraryRootFolder values (?, ?, ?, ?)').run(
      1,
      'r1',
      rootPath,
      'CARD',
    );
    new CatalogRows(db).addAll(images);
    return db.serialize();
  } finally {
    db.close();
  }
}

const SCHEMA = `
  create table Adobe_variablesTable(id_local integer primary key, id_global unique, name, value);
  create table AgLibraryRootFolder(id_local integer primary key, id_global unique, absolutePath unique, name);
  create table AgLibraryFolder(id_local integer primary key, id_global unique, pathFromRoot, rootFolder integer);
  create table AgLibraryFile(id_local integer primary key, id_global unique, baseName, extension, idx_filename,
    lc_idx_filename, originalFilename, folder integer, sidecarExtensions);
  create table Adobe_images(id_local integer primary key, id_global unique, rootFile integer, masterImage integer,
    copyName, rating real, pick real, colorLabels, captureTime, fileFormat, touchTime real);
  create table AgLibraryKeyword(id_local integer primary key, id_global unique, name, lc_name, parent integer,
    genealogy, keywordType);
  create table AgLibraryKeywordImage(id_local integer primary key, image integer, tag integer);
  create table AgLibraryCollection(id_local integer primary key, name, parent integer, genealogy, systemOnly,
    creationId);
  create table AgLibraryCollectionImage(id_local integer primary key, collection integer, image integer, pick,
    positionInCollection);
  create table Adobe_imageDevelopSettings(id_local integer primary key, image integer, text, processVersion);
`;

/** Seconds since 2001-01-01T00:00:00Z, as the catalog counts. */
const EPOCH_2001_MS = 978_307_200_000;

class CatalogRows {
  readonly #db: DatabaseSync;
  readonly #folders: Map<string, number> = new Map();
  readonly #keywords: Map<string, number> = new Map();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  addAll(images: readonly CatalogImage[]): void {
    const collection = 'com.adobe.ag.library.collection';
    this.#run(
      'insert into AgLibraryCollection values (1, ?, null, ?, 0, ?)',
      'Best',
      '/1',
      collection,
    );
    for (const [index, image] of images.entries()) this.#addImage(index + 1, image);
  }

  #addImage(id: number, image: CatalogImage): void {
    const name = `${image.baseName}.${image.extension}`;
    this.#run(
      'insert into AgLibraryFile values (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      ...[id, `f${id}`, image.baseName, image.extension, name, name.toLowerCase(), name],
      ...[this.#folder(image.folder), image.sidecarExtensions],
    );
    const { facts } = image;
    const takenUtcMs = facts.takenLocalMs - facts.offsetMinutes * 60_000;
    this.#run(
      'insert into Adobe_images values (?, ?, ?, null, null, ?, ?, ?, ?, ?, ?)',
      ...[id, `i${id}`, id, image.edit.rating === 0 ? null : image.edit.rating, image.pick],
      ...[
        image.edit.label,
        formatIsoTime(facts.takenLocalMs),
        image.extension === 'DNG' ? 'DNG' : 'RAW',
      ],
      (takenUtcMs - EPOCH_2001_MS) / 1000,
    );
    const text = `s = { Exposure2012 = ${image.edit.exposure.toFixed(2)}, ProcessVersion = "15.4" }`;
    this.#run('insert into Adobe_imageDevelopSettings values (?, ?, ?, ?)', id, id, text, '15.4');
    for (const word of image.edit.keywords) {
      const keyword = this.#keyword(word);
      this.#run('insert into AgLibraryKeywordImage(image, tag) values (?, ?)', id, keyword);
    }
    if (image.edit.rating < 4) return;
    this.#run('insert into AgLibraryCollectionImage values (null, 1, ?, 0, ?)', id, String(id));
  }

  #folder(path: string): number {
    const known = this.#folders.get(path);
    if (known !== undefined) return known;
    const id = this.#folders.size + 1;
    this.#folders.set(path, id);
    this.#run('insert into AgLibraryFolder values (?, ?, ?, 1)', id, `d${id}`, path);
    return id;
  }

  #keyword(word: string): number {
    const known = this.#keywords.get(word);
    if (known !== undefined) return known;
    const id = this.#keywords.size + 1;
    this.#keywords.set(word, id);
    const sql = 'insert into AgLibraryKeyword values (?, ?, ?, ?, null, ?, null)';
    this.#run(sql, id, `k${id}`, word, word.toLowerCase(), `/${id}`);
    return id;
  }

  #run(sql: string, ...values: readonly (string | number | null)[]): void {
    this.#db.prepare(sql).run(...values);
  }
}
