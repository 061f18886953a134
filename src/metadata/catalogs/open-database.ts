import { DatabaseSync } from 'node:sqlite';
import { systemCodeOf } from '../../base/index.ts';

/** How long SQLite itself waits for a lock, in milliseconds; the thread stands still for that long. */
const LOCK_WAIT_MS = 100;

/**
 * Opens our own copy of a catalog. It may write beside the copy (a log's index) and finishes what a log or journal
 * holds, so a copy never needs the companions it was made with; nothing else in it changes. Code that a hostile catalog
 * carries in its schema is not trusted.
 */
export function openCopy(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: LOCK_WAIT_MS });
  try {
    db.exec('PRAGMA query_only=ON; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON');
    db.exec('PRAGMA ignore_check_constraints=ON');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Opens an editor's own database for reading. The caller has seen that nothing gets created beside it. */
export function openInPlace(path: string): DatabaseSync {
  return new DatabaseSync(path, { readOnly: true, timeout: LOCK_WAIT_MS });
}

/** SQLite's own numbers of what can go wrong (sqlite.org/rescode.html), extended codes among them. */
export const SQLITE = {
  busy: 5,
  locked: 6,
  corrupt: 11,
  notADatabase: 26,
  /** A journal must be played back first, and whoever wrote it is gone. */
  readOnlyRollback: 776,
} as const;

/** SQLite's number of an error; 0 where it gave none, null where the error is not SQLite's. */
export function sqliteCodeOf(error: unknown): number | null {
  if (systemCodeOf(error) !== 'ERR_SQLITE_ERROR') return null;
  const code = (error as { readonly errcode?: unknown }).errcode;
  return typeof code === 'number' ? code : 0;
}

/**
 * Whether the content of a database is at fault, not our code: what SQLite says, and values that JavaScript cannot hold.
 */
export function isContentError(error: unknown): boolean {
  return ['ERR_SQLITE_ERROR', 'ERR_OUT_OF_RANGE', 'ERR_STRING_TOO_LONG'].includes(
    systemCodeOf(error),
  );
}
