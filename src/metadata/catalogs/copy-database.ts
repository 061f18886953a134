import { backup, type DatabaseSync } from 'node:sqlite';
import { messageOf, systemCodeOf } from '../../base/index.ts';
import type { World } from '../../platform/index.ts';
import { copySteady, removeFiles } from './copy-files.ts';
import { isContentError, openCopy, openInPlace, SQLITE, sqliteCodeOf } from './open-database.ts';

/** The copy of one database, or why there is none. `locked`: an editor holds it, later may do. */
export type DatabaseCopy =
  | { readonly state: 'copied'; readonly isOpen: boolean }
  | { readonly state: 'locked' | 'unreadable'; readonly reason: string };

/** How often a database that is locked or changes under the copy is tried, and how long to wait, in milliseconds. */
const TRIES_MAX = 5;
const FIRST_WAIT_MS = 200;
/** Pages between which a backup lets a writer of an old-style (rollback) database go on: 4 to 32 MiB. */
const STEP_PAGES = 1024;
/** A writer that never rests makes a backup begin again; after so many times its length it is given up. */
const STEPS_FACTOR = 8;

/**
 * Copies a SQLite database as its editor would see it at one moment, rows in its log included, without creating or
 * changing anything beside it:
 * - nobody at work (no lock file, no rows in a log): the file is copied and must stay as it is meanwhile;
 * - somebody at work: SQLite's backup from a read-only handle, or else `VACUUM INTO`;
 * - an editor that crashed (a log without index, a hot journal): database and log are copied, and SQLite plays the log
 *   back in the copy.
 * A read-only handle makes a log and its index where there are none, so a database in log mode is opened in place only
 * where both are there. A lock that stays is told, never read past.
 *
 * The same process must not read the database through the disk meanwhile: on POSIX systems closing any handle of a file
 * drops all locks that the process holds on it, SQLite's too.
 */
export async function copyDatabase(
  world: Pick<World, 'disk' | 'clock'>,
  source: string,
  target: string,
): Promise<DatabaseCopy> {
  let last: Attempt = { state: 'again', reason: 'it was not tried' };
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    if (tries > 0) await world.clock.sleep(FIRST_WAIT_MS * 2 ** (tries - 1));
    last = await attempt(world, source, target);
    if (last.state !== 'again') return last;
  }
  return { state: 'locked', reason: `${source} stays in use by another program: ${last.reason}` };
}

type Attempt = DatabaseCopy | { readonly state: 'again'; readonly reason: string };

async function attempt(
  world: Pick<World, 'disk' | 'clock'>,
  source: string,
  target: string,
): Promise<Attempt> {
  const { disk } = world;
  await removeFiles(disk, [target, `${target}-wal`, `${target}-journal`, `${target}-shm`]);
  const { isOpen, isDoubtful, hasLog, hasIndex, hasJournal } = await signsOf(world, source);
  const place = disk.localPath(source);
  if (!isOpen && !(isDoubtful && place !== null)) return copyClosed(world, source, target);
  if (place === null || (hasLog && !hasIndex)) {
    return playBack(world, { source, target, endings: ['-wal', '-journal'] });
  }
  try {
    await copyInPlace(disk, place, target);
    return { state: 'copied', isOpen };
  } catch (error) {
    if (!isContentError(error)) throw error;
    const code = sqliteCodeOf(error) ?? 0;
    if ((code & 0xff) === SQLITE.busy || (code & 0xff) === SQLITE.locked) {
      return { state: 'again', reason: messageOf(error) };
    }
    await removeFiles(disk, [target]);
    if (code === SQLITE.readOnlyRollback && hasJournal) {
      return playBack(world, { source, target, endings: ['-journal'] });
    }
    if ((code & 0xff) === SQLITE.corrupt || (code & 0xff) === SQLITE.notADatabase) {
      // Damaged bytes are kept as they are: others may save more from them than SQLite can.
      return playBack(world, { source, target, endings: ['-wal', '-journal'] });
    }
    if (!isOpen) return copyClosed(world, source, target);
    return { state: 'unreadable', reason: `${source} cannot be copied: ${messageOf(error)}` };
  }
}

interface Signs {
  readonly isOpen: boolean;
  /** A journal lies there that may be spent, or that of a writer who has not yet synced it. */
  readonly isDoubtful: boolean;
  /** In log mode (WAL): its header says so. */
  readonly hasLog: boolean;
  /** Both the log and its index lie beside it, so a reader makes neither. */
  readonly hasIndex: boolean;
  readonly hasJournal: boolean;
}

/**
 * SQLite file format, 1.3: byte 18 is 2 in log mode. A journal begins with zeros when it is spent (persist mode), and
 * also while a writer has not synced it.
 */
async function signsOf({ disk }: Pick<World, 'disk'>, source: string): Promise<Signs> {
  const endings = ['-wal', '-shm', '.lock', '-journal'];
  const facts = await Promise.all(endings.map((end) => disk.stat(source + end)));
  const [log, index, lock, spent] = facts;
  const header = await readStart(disk, source, 20);
  const journal = await readStart(disk, `${source}-journal`, 8);
  const hasJournal = journal.some((byte) => byte !== 0);
  const hasLog = header[18] === 2;
  return {
    isOpen: lock != null || (log?.sizeBytes ?? 0) > 0 || hasJournal,
    isDoubtful: spent != null && !hasLog,
    hasLog,
    hasIndex: log != null && index != null,
    hasJournal,
  };
}

async function readStart(disk: World['disk'], path: string, length: number): Promise<Uint8Array> {
  // An editor at work makes and removes its journal all the time: also between a look and the next call.
  const file = await disk.openRead(path).catch((error: unknown) => {
    if (systemCodeOf(error) === 'ENOENT') return null;
    throw error;
  });
  if (file === null) return new Uint8Array();
  try {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, await file.read(bytes, 0));
  } finally {
    await file.close();
  }
}

async function copyClosed(
  { disk }: Pick<World, 'disk'>,
  source: string,
  target: string,
): Promise<Attempt> {
  const watched = [`${source}-wal`, `${source}-journal`, `${source}.lock`];
  const isSteady = await copySteady(disk, [{ source, target }], watched);
  return isSteady ? { state: 'copied', isOpen: false } : CHANGED;
}

const CHANGED: Attempt = { state: 'again', reason: 'it changed while it was copied' };

/** Copies a database that nobody reads with what its editor left beside it; SQLite tidies up in the copy. */
async function playBack(
  world: Pick<World, 'disk'>,
  files: { readonly source: string; readonly target: string; readonly endings: readonly string[] },
): Promise<Attempt> {
  const { source, target, endings } = files;
  const pairs = ['', ...endings].map((end) => ({ source: source + end, target: target + end }));
  if (!(await copySteady(world.disk, pairs, [`${source}-shm`]))) return CHANGED;
  const place = world.disk.localPath(target) ?? target;
  try {
    const db = openCopy(place);
    try {
      db.prepare('select count(*) from sqlite_schema').get();
    } finally {
      // The last handle that closes takes the log into the database and removes it.
      db.close();
    }
  } catch (error) {
    if (!isContentError(error)) throw error;
    // A damaged one is kept as it is; its health says what is wrong.
  }
  return { state: 'copied', isOpen: true };
}

async function copyInPlace(disk: World['disk'], source: string, target: string): Promise<void> {
  const db = openInPlace(source);
  try {
    // backup() has no number for a lock it meets; a plain read has.
    db.prepare('select count(*) from sqlite_schema').get();
    const mode = String(db.prepare('pragma journal_mode').get()?.['journal_mode'] ?? '');
    try {
      await backup(db, target, mode === 'wal' ? { rate: WHOLE } : restingBackup());
    } catch (error) {
      if (sqliteCodeOf(error) !== 0 && !(error instanceof Restless)) throw error;
      await removeFiles(disk, [target, `${target}-journal`]);
      vacuumInto(db, target);
    }
  } finally {
    db.close();
  }
}

/** In log mode a reader is in nobody's way: all pages in one step. */
const WHOLE = 0x7fff_ffff;

/** The backup began again too often; never leaves this file. */
class Restless extends Error {}

function restingBackup(): { rate: number; progress: (info: { totalPages: number }) => void } {
  let steps = 0;
  return {
    rate: STEP_PAGES,
    progress: ({ totalPages }) => {
      steps += 1;
      if (steps > (totalPages / STEP_PAGES + 1) * STEPS_FACTOR) throw new Restless();
    },
  };
}

/** A whole copy in one read: what is left where a backup is refused. Throws SQLite's errors. */
export function vacuumInto(db: DatabaseSync, target: string): void {
  db.prepare('vacuum into ?').run(target);
}
