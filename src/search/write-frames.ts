import type { DatabaseSync, StatementSync } from 'node:sqlite';
import {
  type FrameFacts,
  fold,
  placeOf,
  TEXT_SEPARATOR,
  textsOf,
  WORD_FIELDS,
} from '../query/index.ts';
import { NUMBER_COLUMNS, TEXT_COLUMNS } from './compile.ts';
import { foundOf } from './found-frame.ts';
import { TagWriter } from './tag-columns.ts';

/** Another number where tables or what is written into them change: older files are then passed over. */
export const SCHEMA_VERSION = 2;

const SCHEMA = `
  CREATE TABLE meta (stamp TEXT NOT NULL, next_row INTEGER NOT NULL);
  CREATE TABLE frame (
    row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, by_path INTEGER, by_name INTEGER,
    iso REAL, aperture REAL, shutter REAL, focal REAL, taken REAL, rating REAL, pick REAL,
    size REAL, sharpness REAL, latitude REAL, longitude REAL, has_issue INTEGER NOT NULL,
    is_protected INTEGER NOT NULL, is_best INTEGER NOT NULL);
  CREATE TABLE text (row INTEGER PRIMARY KEY, ${TEXT_COLUMNS.map((name) => `${name} TEXT`).join(', ')});
  CREATE TABLE found (row INTEGER PRIMARY KEY, json TEXT NOT NULL);
  CREATE TABLE tag (name TEXT NOT NULL, segment INTEGER NOT NULL, cell BLOB NOT NULL);
  CREATE INDEX tag_name ON tag (name);
  CREATE VIRTUAL TABLE place USING rtree (row, south, north, west, east);
  CREATE VIRTUAL TABLE words USING fts5 (
    text, content='', columnsize=0, detail=none, tokenize='trigram case_sensitive 1');
  INSERT INTO meta VALUES ('', 1);
  -- FTS5: bytes gathered in memory before a segment is written. One large segment is quicker than many to be merged.
  INSERT INTO words (words, rank) VALUES ('hashsize', 33554432);
`;

/** Makes the tables in an empty database. */
export function makeTables(db: DatabaseSync): void {
  db.exec(SCHEMA);
}

/** Puts frames into the tables and takes them out. Its caller holds a transaction. */
export class FrameWriter {
  readonly #tags: TagWriter;
  readonly #db: DatabaseSync;
  readonly #rowOf: StatementSync;
  readonly #inserts: {
    readonly frame: StatementSync;
    readonly text: StatementSync;
    readonly found: StatementSync;
    readonly place: StatementSync;
    readonly words: StatementSync;
  };
  #nextRow: number;

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#tags = new TagWriter(db);
    this.#rowOf = db.prepare('SELECT row FROM frame WHERE id = ?');
    const marks = (count: number): string => Array(count).fill('?').join(', ');
    const numbers = Object.values(NUMBER_COLUMNS);
    this.#inserts = {
      frame: db.prepare(
        `INSERT INTO frame (
           row, id, has_issue, is_protected, is_best, latitude, longitude, ${numbers.join(', ')})
         VALUES (${marks(7 + numbers.length)})`,
      ),
      text: db.prepare(
        `INSERT INTO text (row, ${TEXT_COLUMNS.join(', ')})
         VALUES (${marks(1 + TEXT_COLUMNS.length)})`,
      ),
      found: db.prepare('INSERT INTO found VALUES (?, ?)'),
      place: db.prepare('INSERT INTO place VALUES (?, ?, ?, ?, ?)'),
      words: db.prepare('INSERT INTO words (rowid, text) VALUES (?, ?)'),
    };
    this.#nextRow = Number(db.prepare('SELECT next_row FROM meta').get()?.['next_row'] ?? 1);
  }

  /** Takes a frame in; one of the same id goes. */
  put(facts: FrameFacts): void {
    this.remove(facts.id);
    // Never used again: trigrams and tags of frames that are gone stay behind and must lead to nothing.
    const row = this.#nextRow;
    this.#nextRow += 1;
    const place = placeOf(facts);
    const [latitude, longitude] = [place?.latitude ?? null, place?.longitude ?? null];
    this.#inserts.frame.run(
      row,
      facts.id,
      Number(facts.hasIssue),
      Number(facts.isProtected),
      Number(facts.isBest),
      latitude,
      longitude,
      ...numbersOf(facts),
    );
    const texts = TEXT_COLUMNS.map((column) => joinTexts(textsOf(facts, column)));
    this.#inserts.text.run(row, ...texts);
    this.#inserts.found.run(row, JSON.stringify(foundOf(facts)));
    if (place !== null) this.#inserts.place.run(row, latitude, latitude, longitude, longitude);
    this.#inserts.words.run(row, WORD_COLUMNS.map((index) => texts[index]).join(''));
    this.#tags.add(row, facts.tags);
  }

  remove(id: string): void {
    const row = this.#rowOf.get(id)?.['row'];
    if (typeof row !== 'number') return;
    for (const table of ['frame', 'text', 'found', 'place']) {
      this.#db.prepare(`DELETE FROM ${table} WHERE row = ?`).run(row);
    }
  }

  /** Orders and seals what was written. */
  finish(stamp: string): void {
    this.#tags.flush();
    this.#db.exec(RANKS);
    this.#db.prepare('UPDATE meta SET stamp = ?, next_row = ?').run(stamp, this.#nextRow);
  }
}

/** Every order ends in that of paths; as numbers, sorting needs no texts. */
const RANKS = `
  UPDATE frame SET by_path = ranks.by_path, by_name = ranks.by_name FROM (
    SELECT row, row_number() OVER (ORDER BY path, id) AS by_path,
      row_number() OVER (ORDER BY name, path, id) AS by_name
    FROM frame JOIN text USING (row)) AS ranks
  WHERE ranks.row = frame.row`;

const WORD_COLUMNS = WORD_FIELDS.map((field) => TEXT_COLUMNS.indexOf(field));

function numbersOf(facts: FrameFacts): (number | null)[] {
  const { iso, aperture, focal, rating, pick, sharpness } = facts;
  const numbers: Readonly<Record<string, number | null>> = {
    iso,
    aperture,
    focal,
    rating,
    pick,
    sharpness,
    shutter: facts.shutterSeconds,
    taken: facts.takenMs,
    size: facts.sizeBytes,
  };
  return Object.values(NUMBER_COLUMNS).map((column) => numbers[column] ?? null);
}

/** All texts of a field as one, each between two separators; '' where there is none. */
function joinTexts(texts: readonly string[]): string {
  if (texts.length === 0) return '';
  return TEXT_SEPARATOR + texts.map(fold).join(TEXT_SEPARATOR) + TEXT_SEPARATOR;
}
