import { backup, DatabaseSync } from 'node:sqlite';
import { assert } from '../base/index.ts';
import type { FrameFacts, Query } from '../query/index.ts';
import { addFunctions, type FindOptions, findFrames } from './find-frames.ts';
import type { FoundFrame } from './found-frame.ts';
import {
  buildingPath,
  type IndexFile,
  type IndexWorld,
  isWhole,
  listIndexFiles,
  publishIndex,
  removeIfPossible,
} from './index-files.ts';
import { FrameWriter, makeTables } from './write-frames.ts';

/** Frames to be put in an index, one after the other. */
export type FrameSource = Iterable<FrameFacts> | AsyncIterable<FrameFacts>;

/** What an index is to hold. */
export interface IndexState {
  /** Names the state of the vault; an index of another stamp is built again. */
  readonly stamp: string;
  /** All frames of that state; called at most twice. */
  frames(): FrameSource;
}

/** What changed since an index was written. */
export interface IndexChanges {
  /** New frames, and frames of which anything is new. */
  readonly changed: FrameSource;
  /** Ids of frames that are gone. */
  readonly removed: Iterable<string>;
}

/**
 * Opens the index in a folder of the host's cache, which must exist. What is missing, damaged, half built or of another
 * version is passed over: the index is then empty and has no stamp.
 * @param folder null, or one that SQLite cannot reach: the index lives in memory
 */
export async function openIndex(world: IndexWorld, folder: string | null): Promise<SearchIndex> {
  const index = new SearchIndex(world, isReachable(world, folder) ? folder : null);
  await index.reopen();
  return index;
}

/**
 * Opens the index in a folder and builds it where it does not hold this state. Where the folder cannot be written the
 * index is built in memory: only errors of the source of frames come out of here.
 */
export async function openReadyIndex(
  world: IndexWorld,
  folder: string | null,
  state: IndexState,
): Promise<SearchIndex> {
  const index = await openIndex(world, folder);
  if (index.stamp === state.stamp) return index;
  let trouble: unknown = null;
  try {
    await index.rebuild(
      state.stamp,
      watched(state.frames(), (error) => (trouble = error)),
    );
    return index;
  } catch (error) {
    index.close();
    if (trouble !== null) throw trouble;
    if (folder === null) throw error;
  }
  const inMemory = await openIndex(world, null);
  await inMemory.rebuild(state.stamp, state.frames());
  return inMemory;
}

/** An index of frames. Other processes may build and read in the same folder at the same time. */
export class SearchIndex {
  readonly #world: IndexWorld;
  readonly #folder: string | null;
  #db: DatabaseSync | null = null;
  #file: IndexFile | null = null;
  #stamp: string | null = null;
  #count = 0;
  #rowsEver = 0;
  /** Searches under way may still read these. */
  readonly #retired: DatabaseSync[] = [];

  /** Use {@link openIndex}. */
  constructor(world: IndexWorld, folder: string | null) {
    this.#world = world;
    this.#folder = folder;
  }

  /** Names the state of the vault that the index holds; null where it holds none. */
  get stamp(): string | null {
    return this.#stamp;
  }

  /** Frames in the index. */
  get count(): number {
    return this.#count;
  }

  /** Bytes on disk; 0 in memory. */
  async sizeBytes(): Promise<number> {
    const facts = this.#file === null ? null : await this.#world.disk.stat(this.#file.path);
    return facts?.sizeBytes ?? 0;
  }

  /** Whether updates left so much behind that a rebuild is due. */
  get isWorn(): boolean {
    return this.#rowsEver > 2 * this.#count + 10_000;
  }

  /** Takes the newest whole file in the folder; where another process wrote one, its stamp is seen after this. */
  async reopen(): Promise<void> {
    if (this.#folder === null) return;
    let seen = '';
    for (;;) {
      const files = await listIndexFiles(this.#world, this.#folder);
      const names = files.map(({ path }) => path).join();
      // Only where a builder replaced all of them meanwhile is there anything new to look at.
      if (names === seen) return;
      seen = names;
      for (const file of files) {
        if (file.path === this.#file?.path) return;
        if ((await isWhole(this.#world, file)) && this.#take(file)) return;
      }
    }
  }

  /** Builds the index from nothing; until that is done everyone finds in the old one. Returns the frames written. */
  async rebuild(stamp: string, frames: FrameSource): Promise<number> {
    await this.#write(false, async (writer) => {
      for await (const facts of frames) writer.put(facts);
      writer.finish(stamp);
    });
    return this.#count;
  }

  /** Writes the index anew with these changes; it must hold a state. Returns the frames it holds then. */
  async update(stamp: string, { changed, removed }: IndexChanges): Promise<number> {
    assert(this.#stamp !== null, 'an index that holds nothing is updated');
    await this.#write(true, async (writer) => {
      for (const id of removed) writer.remove(id);
      for await (const facts of changed) writer.put(facts);
      writer.finish(stamp);
    });
    return this.#count;
  }

  /**
   * The frames that fit a query, read as they are asked for. What is begun is finished in the state of its begin, unless
   * the index is closed, or lives in memory and is updated. An index that holds no state finds nothing.
   */
  *find(query: Query, options: FindOptions = {}): Generator<FoundFrame, void, undefined> {
    if (this.#db !== null) yield* findFrames(this.#db, this.#count, query, options);
  }

  close(): void {
    for (const db of this.#retired.splice(0)) db.close();
    this.#db?.close();
    this.#db = null;
    this.#stamp = null;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #write(isCopy: boolean, fill: (writer: FrameWriter) => Promise<void>): Promise<void> {
    const folder = this.#folder;
    const path = folder === null ? IN_MEMORY : buildingPath(this.#world, folder);
    const local = folder === null ? path : (this.#world.disk.localPath(path) ?? path);
    try {
      if (isCopy && this.#db !== null && folder !== null) {
        await backup(this.#db, local, { rate: COPY_PAGES });
      }
      const isInPlace = isCopy && folder === null && this.#db !== null;
      const db = isInPlace && this.#db !== null ? this.#db : openForWriting(local);
      try {
        await fillTables(db, !isCopy, fill);
      } catch (error) {
        if (!isInPlace) db.close();
        throw error;
      }
      if (folder === null) return this.#adopt(db, null);
      db.close();
      const file = await publishIndex(this.#world, folder, path);
      assert(this.#take(file), 'an index that was just built cannot be opened');
    } catch (error) {
      if (folder !== null) await removeIfPossible(this.#world, path);
      throw error;
    }
  }

  /** False where the file cannot be opened: another process may have replaced it meanwhile. */
  #take(file: IndexFile): boolean {
    const local = this.#world.disk.localPath(file.path);
    if (local === null) return false;
    let db: DatabaseSync | null = null;
    try {
      db = new DatabaseSync(local, { readOnly: true });
      this.#adopt(db, file);
      return true;
    } catch {
      db?.close();
      return false;
    }
  }

  #adopt(db: DatabaseSync, file: IndexFile | null): void {
    const meta = db.prepare(
      'SELECT stamp, next_row, (SELECT count(*) FROM frame) AS count FROM meta',
    );
    const { stamp, next_row: nextRow, count } = meta.get() ?? {};
    if (db !== this.#db) {
      addFunctions(db);
      db.exec(`PRAGMA cache_size = -${CACHE_KIB}`);
      if (this.#db !== null) this.#retired.push(this.#db);
    }
    this.#db = db;
    this.#file = file;
    this.#stamp = String(stamp);
    this.#count = Number(count);
    this.#rowsEver = Number(nextRow) - 1;
  }
}

const IN_MEMORY = ':memory:';
/** Pages copied at once. */
const COPY_PAGES = 16_384;
/** Memory for pages of a database that is read, or written, in KiB. */
const CACHE_KIB = 65_536;

/** Nothing is made durable: a file that is not finished is never looked at, and a finished one proves itself. */
function openForWriting(path: string): DatabaseSync {
  const db = new DatabaseSync(path);
  if (path === IN_MEMORY) return db;
  db.exec(
    `PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
     PRAGMA cache_size = -${CACHE_KIB}`,
  );
  return db;
}

async function fillTables(
  db: DatabaseSync,
  isNew: boolean,
  fill: (writer: FrameWriter) => Promise<void>,
): Promise<void> {
  if (isNew) makeTables(db);
  db.exec('BEGIN');
  try {
    await fill(new FrameWriter(db));
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
  db.exec('COMMIT');
}

function isReachable(world: IndexWorld, folder: string | null): boolean {
  return folder !== null && world.disk.localPath(folder) !== null;
}

async function* watched(
  frames: FrameSource,
  onError: (error: unknown) => void,
): AsyncGenerator<FrameFacts, void, undefined> {
  try {
    yield* frames;
  } catch (error) {
    onError(error);
    throw error;
  }
}
