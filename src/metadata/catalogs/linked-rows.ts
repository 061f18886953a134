import { messageOf } from '../../base/index.ts';
import { type Cell, numberOf, type Row } from './catalog-tables.ts';
import { isContentError } from './open-database.ts';

/** Words or collections of one picture at most; more are not kept. */
const ROWS_PER_PICTURE_MAX = 4096;

/**
 * Rows that belong to pictures, read side by side with the pictures: both in the order of the picture's number, so that
 * neither is ever held as a whole and no index is needed. The first cell is the picture's number.
 */
export class LinkedRows {
  readonly #rows: Iterator<Row>;
  readonly #tell: (trouble: string) => void;
  readonly #what: string;
  #next: Row | null = null;
  #nextId = Number.NEGATIVE_INFINITY;

  /**
   * @param rows in ascending order of their first cell
   * @param what the rows are called in a trouble
   */
  constructor(rows: Iterable<Row>, what: string, tell: (trouble: string) => void) {
    this.#rows = rows[Symbol.iterator]();
    this.#what = what;
    this.#tell = tell;
    this.#advance();
  }

  /** The other cells of all rows of a picture; pictures must be asked for in ascending order, each once. */
  take(id: number): (readonly Cell[])[] {
    while (this.#nextId < id) this.#advance();
    const taken: (readonly Cell[])[] = [];
    while (this.#nextId === id && this.#next !== null) {
      if (taken.length < ROWS_PER_PICTURE_MAX) taken.push(this.#next.slice(1));
      this.#advance();
    }
    return taken;
  }

  #advance(): void {
    try {
      const { value, done } = this.#rows.next();
      this.#next = done === true ? null : value;
      // In SQLite's order whatever is no number stands before or after all numbers; it belongs to no picture.
      if (this.#next === null) this.#nextId = Number.POSITIVE_INFINITY;
      else this.#nextId = numberOf(this.#next[0]) ?? Number.NEGATIVE_INFINITY;
    } catch (error) {
      if (!isContentError(error)) throw error;
      this.#next = null;
      this.#nextId = Number.POSITIVE_INFINITY;
      this.#tell(`the rest of the ${this.#what} cannot be read: ${messageOf(error)}`);
    }
  }
}
