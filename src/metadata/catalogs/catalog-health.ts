import type { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../../base/index.ts';
import { numberOf, tableOf, textOf } from './catalog-tables.ts';
import type { CatalogHealth, CatalogKind } from './catalog-unit.ts';
import { isContentError, openCopy } from './open-database.ts';

/** Where each editor keeps what is counted. */
interface CountedTables {
  readonly images: string;
  /** Pictures whose number is not in this query miss their row. */
  readonly developed: { readonly table: string; readonly column: string };
  readonly version: { readonly table: string; readonly column: string; readonly where: string };
  /** Pictures that need such a row; left out: all. */
  readonly expects?: string;
  readonly id: string;
}

const COUNTED: Readonly<Record<CatalogKind, CountedTables>> = {
  lightroom: {
    images: 'Adobe_images',
    id: 'id_local',
    developed: { table: 'Adobe_imageDevelopSettings', column: 'image' },
    version: {
      table: 'Adobe_variablesTable',
      column: 'value',
      where: "name = 'Adobe_DBVersion'",
    },
  },
  'capture-one': {
    images: 'ZIMAGE',
    id: 'Z_PK',
    developed: { table: 'ZVARIANT', column: 'ZIMAGE' },
    version: { table: 'ZVERSIONINFO', column: 'ZVERSION', where: '1' },
  },
  darktable: {
    images: 'images',
    id: 'id',
    developed: { table: 'history', column: 'imgid' },
    // Most pictures were never developed; those that were say how many steps they have.
    expects: 'history_end',
    version: { table: 'db_info', column: 'value', where: "key = 'version'" },
  },
  digikam: {
    images: 'Images',
    id: 'id',
    developed: { table: 'ImageInformation', column: 'imageid' },
    version: { table: 'Settings', column: 'value', where: "keyword = 'DBVersion'" },
  },
};

/** Findings of quick_check about values, which leave the structure sound. */
const VALUE_FINDING =
  /^(NULL value in|CHECK constraint failed|\w+ value in|non-unique entry|row \d+ missing|wrong # of entries)/;
const FINDINGS_MAX = 20;

/** Whether a catalog's structure is sound enough to be read: damaged trees of pages may never end. */
export function isReadable(health: CatalogHealth): boolean {
  return health.quickCheck === 'ok' || VALUE_FINDING.test(health.quickCheck);
}

/** Checks and counts a copy. Never throws for its content. */
export function readHealth(
  kind: CatalogKind,
  copy: string,
  state: CatalogHealth['state'],
): CatalogHealth {
  const unread = { state, images: 0, withoutDevelop: 0, version: '' };
  let db: DatabaseSync | null = null;
  try {
    db = openCopy(copy);
    const checked = { ...unread, quickCheck: quickCheck(db) };
    return isReadable(checked) ? { ...checked, ...countsOf(db, COUNTED[kind]) } : checked;
  } catch (error) {
    if (!isContentError(error)) throw error;
    return { ...unread, quickCheck: messageOf(error) };
  } finally {
    db?.close();
  }
}

/** The finding that weighs most: one about the structure before one about a value. */
function quickCheck(db: DatabaseSync): string {
  const rows = db.prepare(`PRAGMA quick_check(${FINDINGS_MAX})`).all();
  const findings = rows.map((row) => String(row['quick_check'] ?? ''));
  return findings.find((text) => !VALUE_FINDING.test(text)) ?? findings[0] ?? 'nothing was checked';
}

function countsOf(
  db: DatabaseSync,
  counted: CountedTables,
): Pick<CatalogHealth, 'images' | 'withoutDevelop' | 'version'> {
  const { developed, expects } = counted;
  const images = tableOf(db, counted.images);
  const steps = tableOf(db, developed.table);
  if (images === null) return { images: 0, withoutDevelop: 0, version: versionOf(db, counted) };
  const column = steps?.raw(developed.column);
  const has =
    steps === null || !steps.has(developed.column)
      ? '0'
      : `${images.raw(counted.id)} in (select ${column} from ${steps.sql} where ${column} is not null)`;
  const wants =
    expects === undefined || !images.has(expects) ? '' : `where ${images.raw(expects)} > 0`;
  return {
    images: countOf(db, `select count(*) n from ${images.sql}`),
    withoutDevelop:
      expects !== undefined && wants === ''
        ? 0
        : countOf(db, `select count(*) - sum(${has}) n from ${images.sql} ${wants}`),
    version: versionOf(db, counted),
  };
}

function versionOf(db: DatabaseSync, { version }: CountedTables): string {
  const table = tableOf(db, version.table);
  if (table === null) return '';
  const sql = `select ${table.text(version.column)} v from ${table.sql} where ${version.where} limit 1`;
  // A version in a column of real numbers reads `1608.0`.
  return textOf(db.prepare(sql).get()?.['v'])?.trim().replace(/\.0$/, '') ?? '';
}

function countOf(db: DatabaseSync, sql: string): number {
  return numberOf(db.prepare(sql).get()?.['n']) ?? 0;
}

/** Fewer pictures by no more than this many, or this share, are a clean-up; more are worth a word. */
const LOST_IMAGES_MAX = 10;
const LOST_SHARE_MAX = 0.05;

/**
 * Tells whether a catalog is worse than last time, as a sentence; null where it is not. Worse is: a check that fails
 * where it did not, many fewer pictures, more pictures without development, an older version.
 */
export function compareHealth(before: CatalogHealth, now: CatalogHealth): string | null {
  const worse: string[] = [];
  if (before.quickCheck === 'ok' && now.quickCheck !== 'ok') {
    worse.push(`SQLite finds it damaged (${now.quickCheck}), last time it was whole`);
  }
  const lost = before.images - now.images;
  const lostMax = Math.max(LOST_IMAGES_MAX, before.images * LOST_SHARE_MAX);
  if (isReadable(now) && lost > lostMax) {
    worse.push(`it has ${now.images} pictures, last time it had ${before.images}`);
  }
  if (now.withoutDevelop > before.withoutDevelop) {
    const were = before.withoutDevelop === 0 ? 'none' : `${before.withoutDevelop}`;
    worse.push(
      `${now.withoutDevelop} pictures miss their development settings, last time ${were} did`,
    );
  }
  if (isOlder(now.version, before.version)) {
    worse.push(`its version ${now.version} is older than ${before.version} of last time`);
  }
  return worse.length === 0 ? null : `The catalog is worse than last time: ${worse.join('; ')}.`;
}

function isOlder(version: string, than: string): boolean {
  const [left, right] = [numberOf(version), numberOf(than)];
  return left !== null && right !== null && left < right;
}
