import { Buffer } from 'node:buffer';
import type { DatabaseSync } from 'node:sqlite';

/** A value as SQLite gives it, after the expressions of {@link CatalogTable} have bounded it. */
export type Cell = string | number | bigint | Uint8Array | null;
/** One row, cells in the order they were asked for. */
export type Row = readonly Cell[];

/** Longer texts of names, labels and paths are not read, in bytes. */
const TEXT_BYTES_MAX = 8192;
/** A number written as text, in bytes. */
const NUMBER_BYTES_MAX = 40;
const NOTHING = 'null';

/**
 * A table of a catalog as it is there: columns that are missing read as null, of any type, and bounded in size, so that
 * versions we have not seen and values of wrong types do no harm.
 */
export interface CatalogTable {
  /** `name alias`, for a FROM clause. */
  readonly sql: string;
  has(column: string): boolean;
  /** The column for a condition or an order; `null` where it is missing. */
  raw(column: string): string;
  /** An expression that gives a number, or a short text to be read by {@link numberOf}. */
  number(column: string): string;
  /** An expression that gives a text, or the bytes of one, to be read by {@link textOf}; null where it is longer. */
  text(column: string, bytesMax?: number): string;
  /** An expression that gives text or bytes as they stand; null where there are more. */
  cell(column: string, bytesMax: number): string;
}

/** The table; null where there is none. A view or virtual table is none: it would run code of the catalog. */
export function tableOf(db: DatabaseSync, name: string, alias: string = name): CatalogTable | null {
  const kinds = db.prepare("select type from pragma_table_list where schema = 'main' and name = ?");
  if (kinds.get(name)?.['type'] !== 'table') return null;
  const found = db.prepare('select name from pragma_table_xinfo(?) where hidden = 0').all(name);
  const columns = new Set(found.map((column) => String(column['name']).toLowerCase()));
  const has = (column: string): boolean => columns.has(column.toLowerCase());
  const whenThere =
    (expression: (column: string, bytesMax: number) => string) =>
    (column: string, bytesMax?: number): string =>
      has(column) ? expression(`${alias}."${column}"`, bytesMax ?? TEXT_BYTES_MAX) : NOTHING;
  return {
    sql: `"${name}" ${alias}`,
    has,
    raw: whenThere((column) => column),
    // Adding 0.0 makes every integer one that JavaScript can hold.
    number: whenThere(
      (column) =>
        `iif(typeof(${column}) in ('integer', 'real'), ${column} + 0.0, ` +
        `iif(octet_length(${column}) <= ${NUMBER_BYTES_MAX}, ${column}, null))`,
    ),
    text: whenThere(
      (column, bytesMax) =>
        `iif(octet_length(${column}) <= ${bytesMax}, ` +
        `iif(typeof(${column}) = 'blob', ${column}, cast(${column} as text)), null)`,
    ),
    cell: whenThere(
      (column, bytesMax) =>
        `iif(typeof(${column}) in ('text', 'blob') and octet_length(${column}) <= ${bytesMax}, ` +
        `${column}, null)`,
    ),
  };
}

/** The rows of a query, one at a time. Throws where the database is damaged. */
export function* rowsOf(db: DatabaseSync, sql: string): Generator<Row> {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);
  // With arrays set, each row is an array of cells; the types of node:sqlite do not say so.
  yield* statement.iterate() as Iterable<unknown> as Iterable<Row>;
}

/** A finite number, also one written as text; null where there is none. */
export function numberOf(cell: Cell | undefined): number | null {
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : null;
  if (typeof cell !== 'string' || !/^\s*-?\d+(\.\d+)?\s*$/.test(cell)) return null;
  return Number(cell);
}

/** A text; null where there is none or it is empty. */
export function textOf(cell: Cell | undefined): string | null {
  if (typeof cell === 'string') return cell === '' ? null : cell;
  if (!(cell instanceof Uint8Array) || cell.length === 0) return null;
  return Buffer.from(cell.buffer, cell.byteOffset, cell.length).toString('utf8');
}

/** A whole number of stars from 0 to 5; null for anything else. */
export function starsOf(cell: Cell | undefined): number | null {
  const stars = numberOf(cell);
  return stars !== null && Number.isInteger(stars) && stars >= 0 && stars <= 5 ? stars : null;
}
