import type { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../../base/index.ts';
import type { World } from '../../platform/index.ts';
import type { EditorFacts } from '../editor-facts.ts';
import { readCaptureOne } from './capture-one.ts';
import { isReadable } from './catalog-health.ts';
import type { CatalogReader } from './catalog-reading.ts';
import type { CatalogCopy, CatalogKind, CatalogUnit } from './catalog-unit.ts';
import { readWhole } from './copy-files.ts';
import { readCosFacts } from './cos.ts';
import { readDarktable } from './darktable.ts';
import { readDigikam } from './digikam.ts';
import { readLightroom } from './lightroom.ts';
import { isContentError, openCopy } from './open-database.ts';

/**
 * One thing said by a catalog. `trouble`: one row or settings file could not be understood, reading goes on.
 * `stopped`: the rest, or all of the catalog, cannot be read; what was known of it before stays the best there is.
 */
export type CatalogReading =
  | { readonly state: 'read'; readonly facts: EditorFacts }
  | { readonly state: 'trouble'; readonly reason: string }
  | { readonly state: 'stopped'; readonly reason: string };

const READERS: Readonly<Record<CatalogKind, CatalogReader>> = {
  lightroom: readLightroom,
  'capture-one': readCaptureOne,
  darktable: readDarktable,
  digikam: readDigikam,
};

/** Broken rows that are told one by one; the rest are counted. */
const TROUBLES_MAX = 100;
/** A larger settings file is not read, in bytes. */
const SETTINGS_BYTES_MAX = 16_777_216;

/**
 * Reads what an editor says of its pictures out of a catalog's copy: the database first, then the settings files of a
 * Capture One session. Facts name the catalog (or settings file) where it lay, not the copy. Rows are streamed: memory
 * does not grow with their number. SQLite works in this thread, so a large catalog is best read in a worker.
 * @param world reads settings files of the copy; the database itself is read by SQLite
 */
export async function* readCatalog(
  world: Pick<World, 'disk'>,
  unit: CatalogUnit,
  copy: CatalogCopy,
): AsyncGenerator<CatalogReading> {
  yield* readDatabase(unit, copy);
  for (const { member, copy: path } of copy.files) {
    if (unit.kind !== 'capture-one' || !/\.cos$/i.test(member)) continue;
    const bytes = await readWhole(world.disk, path, SETTINGS_BYTES_MAX);
    const facts = bytes === null ? null : readCosFacts(member, bytes);
    if (facts === null) yield { state: 'trouble', reason: `${member} is not understood` };
    else for (const one of facts) yield { state: 'read', facts: one };
  }
}

function* readDatabase(unit: CatalogUnit, copy: CatalogCopy): Generator<CatalogReading> {
  const copies = new Map(copy.files.map(({ member, copy: path }) => [member, path]));
  const main = copies.get(unit.main);
  if (main === undefined || !isReadable(copy.health)) {
    const reason = main === undefined ? 'it was not copied' : copy.health.quickCheck;
    yield { state: 'stopped', reason: `${unit.main} cannot be read: ${reason}` };
    return;
  }
  const troubles = troubleList();
  let db: DatabaseSync | null = null;
  try {
    db = openCopy(main);
    const facts = READERS[unit.kind]({
      db,
      from: unit.main,
      root: unit.root,
      copyOf: (name) => copies.get(`${unit.root}/${name}`) ?? null,
      tell: troubles.tell,
    });
    let step = facts.next();
    while (step.done !== true) {
      yield* troubles.take();
      yield { state: 'read', facts: step.value };
      step = facts.next();
    }
    yield* troubles.take();
    if (troubles.untold() > 0) {
      yield { state: 'trouble', reason: `${troubles.untold()} more rows are not understood` };
    }
    if (step.value !== null) {
      yield { state: 'stopped', reason: `${unit.main} cannot be read: ${step.value}` };
    }
  } catch (error) {
    if (!isContentError(error)) throw error;
    yield { state: 'stopped', reason: `${unit.main} cannot be read: ${messageOf(error)}` };
  } finally {
    db?.close();
  }
}

/** Troubles wait here until the reader's next row; most catalogs have none. */
function troubleList(): {
  tell(reason: string): void;
  take(): CatalogReading[];
  untold(): number;
} {
  let waiting: CatalogReading[] = [];
  let count = 0;
  return {
    tell: (reason) => {
      count += 1;
      if (count <= TROUBLES_MAX) waiting.push({ state: 'trouble', reason });
    },
    take: () => {
      const taken = waiting;
      waiting = [];
      return taken;
    },
    untold: () => Math.max(0, count - TROUBLES_MAX),
  };
}
