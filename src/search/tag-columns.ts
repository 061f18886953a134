import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import {
  type FrameFacts,
  fold,
  spanHolds,
  TAG_TEXT_MAX,
  tagFits,
  tagNumber,
  textTest,
} from '../query/index.ts';
import type { TagTest } from './compile.ts';

/** Frames whose tags are put together: more are smaller on disk and need more memory while they are written. */
const SEGMENT_FRAMES = 2048;
/** UTF-16 units of different texts of one segment, about half of its memory in bytes. */
const SEGMENT_UNITS_MAX = 8_000_000;

/**
 * Writes tags by columns: all texts of one tag in some thousand frames are one compressed cell, each different text once
 * with its rows. 150 tags a frame as rows of a table would be fifteen million rows for 100,000 frames.
 */
export class TagWriter {
  readonly #insertCell: StatementSync;
  readonly #columns = new Map<string, Map<string, number[]>>();
  #segment: number;
  #frames = 0;
  #units = 0;

  constructor(db: DatabaseSync) {
    this.#insertCell = db.prepare('INSERT INTO tag (name, segment, cell) VALUES (?, ?, ?)');
    this.#segment = Number(db.prepare('SELECT max(segment) AS last FROM tag').get()?.['last'] ?? 0);
  }

  add(row: number, tags: FrameFacts['tags']): void {
    for (const [name, text] of Object.entries(tags)) {
      const folded = fold(text.slice(0, TAG_TEXT_MAX));
      const column = this.#column(fold(name));
      const rows = column.get(folded);
      if (rows === undefined) {
        column.set(folded, [row]);
        this.#units += folded.length;
      } else if (rows.at(-1) !== row) rows.push(row);
    }
    this.#frames += 1;
    if (this.#frames >= SEGMENT_FRAMES || this.#units >= SEGMENT_UNITS_MAX) this.flush();
  }

  /** Writes what is held back; must be called at the end. */
  flush(): void {
    this.#segment += 1;
    for (const [name, column] of this.#columns) {
      const cell = zstdCompressSync(JSON.stringify([...column]));
      this.#insertCell.run(name, this.#segment, cell);
    }
    this.#columns.clear();
    this.#frames = 0;
    this.#units = 0;
  }

  #column(name: string): Map<string, number[]> {
    const known = this.#columns.get(name);
    if (known !== undefined) return known;
    const made = new Map<string, number[]>();
    this.#columns.set(name, made);
    return made;
  }
}

/** The rows whose tags pass a test; rows of frames that are gone may be among them. */
export function rowsOfTag(db: DatabaseSync, test: TagTest): number[] {
  const fits = testOf(test);
  const rows = new Set<number>();
  for (const name of tagNames(db)) {
    if (!tagFits(name, test.tag)) continue;
    const cells = db.prepare('SELECT cell FROM tag WHERE name = ?').iterate(name);
    for (const { cell } of cells) {
      for (const [text, some] of parseCell(cell)) {
        if (fits(text)) for (const row of some) rows.add(row);
      }
    }
  }
  return [...rows];
}

function testOf(test: TagTest): (text: string) => boolean {
  if (test.type === 'text') return textTest(test.isPart, test.value);
  return (text) => {
    const number = tagNumber(text);
    return number !== null && spanHolds(test.span, number);
  };
}

/** Each name once: a step of the index for each, not for each cell. */
function tagNames(db: DatabaseSync): string[] {
  const next = db.prepare('SELECT min(name) AS name FROM tag WHERE name > ?');
  const names: string[] = [];
  const first = db.prepare('SELECT min(name) AS name FROM tag').get()?.['name'];
  for (let name = first; typeof name === 'string'; name = next.get(name)?.['name']) {
    names.push(name);
  }
  return names;
}

function parseCell(cell: unknown): readonly (readonly [string, readonly number[]])[] {
  if (!(cell instanceof Uint8Array)) return [];
  return JSON.parse(zstdDecompressSync(cell).toString()) as [string, number[]][];
}
