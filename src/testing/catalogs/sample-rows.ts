import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

/** A database that a sample is written into, with numbers for names. */
export class SampleRows {
  readonly db: DatabaseSync;
  readonly #ids: Map<string, Map<string, number>> = new Map();
  readonly #inserts: Map<string, StatementSync> = new Map();

  /** @param setup pragmas and tables */
  constructor(path: string, setup: string) {
    this.db = new DatabaseSync(path);
    this.db.exec(setup);
    this.db.exec('begin');
  }

  /** Adds a row by column names. */
  add(table: string, row: Readonly<Record<string, SQLInputValue>>): void {
    const columns = Object.keys(row);
    const key = `${table}(${columns.join()})`;
    let insert = this.#inserts.get(key);
    if (insert === undefined) {
      const names = columns.map((name) => `"${name}"`).join(', ');
      const places = columns.map(() => '?').join(', ');
      insert = this.db.prepare(`insert into "${table}"(${names}) values (${places})`);
      this.#inserts.set(key, insert);
    }
    insert.run(...Object.values(row));
  }

  /** The number of a name within a kind; a new name gets the next one and `make` adds its row. */
  idOf(kind: string, name: string, make: (id: number) => void): number {
    const ids = this.#ids.get(kind) ?? new Map<string, number>();
    this.#ids.set(kind, ids);
    const known = ids.get(name);
    if (known !== undefined) return known;
    const id = ids.size + 1;
    ids.set(name, id);
    make(id);
    return id;
  }

  /** The number of the last part of a `|` path; each part has its row below its parent's. */
  pathIdOf(
    kind: string,
    path: string,
    make: (id: number, parent: number | null, part: { name: string; isLeaf: boolean }) => void,
  ): number {
    let parent: number | null = null;
    const parts = path.split('|');
    for (const [index, name] of parts.entries()) {
      const above: number | null = parent;
      const isLeaf = index === parts.length - 1;
      const key = `${parts.slice(0, index + 1).join('|')}`;
      parent = this.idOf(kind, key, (id) => make(id, above, { name, isLeaf }));
    }
    return parent ?? 0;
  }

  /** Commits and closes. */
  finish(): void {
    this.db.exec('commit');
    this.db.close();
  }
}
