import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  samplePicture,
  writeCaptureOneDatabase,
  writeDarktableLibrary,
  writeDigikamDatabase,
  writeLightroomCatalog,
} from '../../testing/index.ts';
import { compareHealth, isReadable, readHealth } from './catalog-health.ts';
import type { CatalogHealth } from './catalog-unit.ts';

const GOOD: CatalogHealth = {
  state: 'closed',
  quickCheck: 'ok',
  images: 1000,
  withoutDevelop: 0,
  version: '1200001',
};

describe('compareHealth()', () => {
  const worse = (now: Partial<CatalogHealth>, before: Partial<CatalogHealth> = {}) =>
    compareHealth({ ...GOOD, ...before }, { ...GOOD, ...now });

  it('says nothing of a catalog that is the same, has grown, or was tidied a little', () => {
    expect(worse({})).toBeNull();
    expect(worse({ images: 5000, version: '1300000', state: 'open' })).toBeNull();
    expect(worse({ images: 950 })).toBeNull();
    expect(worse({ images: 0 }, { images: 10 })).toBeNull();
    expect(worse({ version: '' })).toBeNull();
  });

  it('says what is worse: pictures, develop settings, damage, version', () => {
    expect(worse({ images: 949 })).toBe(
      'The catalog is worse than last time: it has 949 pictures, last time it had 1000.',
    );
    expect(worse({ images: 0 }, { images: 11 })).toMatch(/it has 0 pictures/);
    expect(worse({ withoutDevelop: 1 })).toMatch(/1 pictures miss .*, last time none did/);
    expect(worse({ withoutDevelop: 9 }, { withoutDevelop: 9 })).toBeNull();
    expect(worse({ quickCheck: 'Tree 5 page 7: damaged', images: 0 })).toBe(
      'The catalog is worse than last time: SQLite finds it damaged (Tree 5 page 7: damaged), last time it was whole.',
    );
    expect(worse({ version: '1100000' })).toMatch(/1100000 is older than 1200001/);
  });

  it('does not tell damage again that was told last time', () => {
    const quickCheck = 'Tree 5 page 7: damaged';
    expect(worse({ quickCheck, images: 0 }, { quickCheck, images: 0 })).toBeNull();
  });
});

describe('readHealth()', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fieldvault-health-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const pictures = ['a', 'b', 'c'].map((name) =>
    samplePicture({ folder: '/P', name: `${name}.NEF`, develop: 's = { }' }),
  );

  it('counts pictures, those without development, and tells the version, of each editor', () => {
    const counted = { ...GOOD, images: 3 };
    const path = (name: string): string => join(folder, name);
    writeLightroomCatalog(path('a.lrcat'), { version: 11, pictures, root: '/' });
    expect(readHealth('lightroom', path('a.lrcat'), 'closed')).toEqual({
      ...counted,
      version: '1100000',
    });
    writeCaptureOneDatabase(path('a.cosessiondb'), { pictures, paths: 'mac', root: '/' });
    const captureOne = readHealth('capture-one', path('a.cosessiondb'), 'open');
    expect(captureOne).toEqual({ ...counted, state: 'open', version: '1608' });
    writeDarktableLibrary(folder, 30, pictures);
    expect(readHealth('darktable', path('library.db'), 'closed')).toEqual({
      ...counted,
      version: '30',
    });
    writeDigikamDatabase(path('digikam4.db'), { pictures, root: '/P', journal: 'wal' });
    expect(readHealth('digikam', path('digikam4.db'), 'closed')).toEqual({
      ...counted,
      version: '16',
    });
  });

  it.each([
    ['lightroom', 'Adobe_imageDevelopSettings', 'image = 7'],
    ['darktable', 'history', 'imgid = 1'],
    ['digikam', 'ImageInformation', 'imageid = 1'],
    ['capture-one', 'ZVARIANT', 'ZIMAGE = 1'],
  ] as const)('misses a row of %s in %s', (kind, table, where) => {
    const path = join(folder, 'library.db');
    if (kind === 'lightroom') writeLightroomCatalog(path, { version: 12, pictures, root: '/' });
    if (kind === 'darktable') writeDarktableLibrary(folder, 15, pictures);
    if (kind === 'digikam') writeDigikamDatabase(path, { pictures, root: '/P', journal: 'wal' });
    if (kind === 'capture-one') {
      writeCaptureOneDatabase(path, { pictures, paths: 'mac', root: '/' });
    }
    expect(readHealth(kind, path, 'closed').withoutDevelop).toBe(0);
    const db = new DatabaseSync(path);
    db.exec(`delete from ${table} where ${where}`);
    db.close();
    expect(readHealth(kind, path, 'closed')).toMatchObject({ images: 3, withoutDevelop: 1 });
    const again = new DatabaseSync(path);
    again.exec(`drop table ${table}`);
    again.close();
    expect(readHealth(kind, path, 'closed')).toMatchObject({ images: 3, withoutDevelop: 3 });
  });

  it('says what is wrong with a damaged file, and counts nothing in it', () => {
    const path = join(folder, 'a.lrcat');
    writeFileSync(path, 'this is no database at all, but text of some length '.repeat(100));
    expect(readHealth('lightroom', path, 'closed')).toEqual({
      ...GOOD,
      quickCheck: 'file is not a database',
      images: 0,
      version: '',
    });
    rmSync(path);
    writeLightroomCatalog(path, { version: 6, pictures, root: '/' });
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0xff, 8192, 12_288));
    const health = readHealth('lightroom', path, 'closed');
    expect(health.quickCheck).not.toBe('ok');
    expect(isReadable(health)).toBe(false);
  });

  it('reads on where only values are at fault', () => {
    const path = join(folder, 'a.lrcat');
    writeLightroomCatalog(path, { version: 6, pictures, root: '/' });
    const db = new DatabaseSync(path, { defensive: false });
    db.exec('pragma writable_schema=on');
    db.exec(
      `update sqlite_schema set sql = replace(sql, 'copyName,', 'copyName not null,') where name = 'Adobe_images'`,
    );
    db.close();
    const health = readHealth('lightroom', path, 'closed');
    expect(health.quickCheck).toMatch(/NULL value in Adobe_images.copyName/);
    expect(isReadable(health)).toBe(true);
    expect(health.images).toBe(3);
  });
});
