import { describe, expect, it } from 'vitest';
import { findCatalogs } from './find-catalogs.ts';

function listed(...paths: readonly string[]): { path: string; sizeBytes: number }[] {
  return paths.map((path) => ({ path, sizeBytes: path.endsWith('-wal') ? 0 : 100 }));
}

function only(...paths: readonly string[]): ReturnType<typeof findCatalogs>[number] {
  const units = findCatalogs(listed(...paths));
  expect(units).toHaveLength(1);
  const [unit] = units;
  if (unit === undefined) throw new Error('no unit');
  return unit;
}

describe('findCatalogs()', () => {
  it('gathers a Lightroom catalog with its data folder and helper, without previews', () => {
    const unit = only(
      '/p/Job.lrcat-data/CURRENT',
      '/p/Job.lrcat',
      '/p/Job.lrcat-data/MANIFEST-000004',
      '/p/Job.lrcat-shm',
      '/p/Job.lrcat-wal',
      '/p/Job Helper.lrdata/helper.db',
      '/p/Job Previews.lrdata/previews.db',
      '/p/Job Previews.lrdata/0/A.lrprev',
      '/p/IMG_1.NEF',
    );
    expect(unit).toMatchObject({ kind: 'lightroom', main: '/p/Job.lrcat', root: '/p' });
    expect(unit.members).toEqual([
      '/p/Job.lrcat',
      '/p/Job.lrcat-data/CURRENT',
      '/p/Job.lrcat-data/MANIFEST-000004',
      '/p/Job.lrcat-shm',
      '/p/Job.lrcat-wal',
      '/p/Job Helper.lrdata/helper.db',
    ]);
    expect(unit).toMatchObject({ databases: ['/p/Job.lrcat'], isOpen: false, isBackup: false });
  });

  it('takes a lock file, rows in the log or a journal for an editor at work, an empty log not', () => {
    expect(only('/p/A.lrcat', '/p/A.lrcat-wal', '/p/A.lrcat-shm').isOpen).toBe(false);
    expect(only('/p/A.lrcat', '/p/A.lrcat.lock').isOpen).toBe(true);
    expect(only('/p/A.lrcat', '/p/A.lrcat-journal').isOpen).toBe(true);
    const withRows = [...listed('/p/A.lrcat'), { path: '/p/A.lrcat-wal', sizeBytes: 4152 }];
    expect(findCatalogs(withRows)[0]?.isOpen).toBe(true);
  });

  it('knows a catalog of the Backups folder for an old one', () => {
    expect(only('/p/Backups/2023-07-08 1530/A.lrcat').isBackup).toBe(true);
  });

  it('keeps catalogs apart that lie side by side', () => {
    const units = findCatalogs(listed('/p/A.lrcat', '/p/AB.lrcat', '/p/AB.lrcat-data/CURRENT'));
    expect(units.map(({ members }) => members)).toEqual([
      ['/p/A.lrcat'],
      ['/p/AB.lrcat', '/p/AB.lrcat-data/CURRENT'],
    ]);
  });

  it('takes of a Capture One package all but caches and originals', () => {
    const root = '/p/Job.cocatalog';
    const unit = only(
      `${root}/Job.cocatalogdb`,
      `${root}/Adjustments/LAM/2024/IMG_1.CR3.comask`,
      `${root}/Cache/Previews/IMG_1.cop`,
      `${root}/Originals/2024/IMG_1.CR3`,
    );
    expect(unit).toMatchObject({ kind: 'capture-one', root });
    expect(unit.members).toEqual([
      `${root}/Job.cocatalogdb`,
      `${root}/Adjustments/LAM/2024/IMG_1.CR3.comask`,
    ]);
  });

  it('takes of a Capture One catalog in a plain folder its adjustments alone', () => {
    const unit = only('/p/Job.cocatalogdb', '/p/Adjustments/ICC/a.icm', '/p/IMG_1.CR3');
    expect(unit.members).toEqual(['/p/Job.cocatalogdb', '/p/Adjustments/ICC/a.icm']);
  });

  it('takes all settings below a Capture One session, whatever their folder is called', () => {
    const unit = only(
      '/s/Day.cosessiondb',
      '/s/Capture/IMG_1.CR3',
      '/s/Capture/CaptureOne/Settings153/IMG_1.CR3.cos',
      '/s/Capture/CaptureOne/Settings1665/IMG_1.CR3.comask',
      '/s/Capture/CaptureOne/Cache/Thumbnails/IMG_1.cot',
      '/s/Selects/CaptureOne/Settings166/IMG_2.CR3.cos',
    );
    expect(unit.members.filter((path) => path !== unit.main)).toEqual([
      '/s/Capture/CaptureOne/Settings153/IMG_1.CR3.cos',
      '/s/Capture/CaptureOne/Settings1665/IMG_1.CR3.comask',
      '/s/Selects/CaptureOne/Settings166/IMG_2.CR3.cos',
    ]);
  });

  it('gives settings to the nearest session, and to both where two share a folder', () => {
    const inner = listed('/s/A.cosessiondb', '/s/in/B.cosessiondb', '/s/in/CaptureOne/S/1.cos');
    const owners = (files: typeof inner): string[] =>
      findCatalogs(files)
        .filter(({ members }) => members.some((path) => path.endsWith('1.cos')))
        .map(({ main }) => main);
    expect(owners(inner)).toEqual(['/s/in/B.cosessiondb']);
    const shared = listed('/s/A.cosessiondb', '/s/B.cosessiondb', '/s/CaptureOne/S/1.cos');
    expect(owners(shared)).toEqual(['/s/A.cosessiondb', '/s/B.cosessiondb']);
  });

  it('takes library.db for darktable only beside data.db, with locks and snapshots', () => {
    expect(findCatalogs(listed('/music/library.db'))).toEqual([]);
    const unit = only(
      '/dt/library.db',
      '/dt/data.db',
      '/dt/library.db.lock',
      '/dt/library.db-snp-20240101',
      '/dt/data.db-pre-4.2.1',
      '/dt/darktablerc',
    );
    expect(unit).toMatchObject({ kind: 'darktable', isOpen: true });
    expect(unit.databases).toEqual(['/dt/library.db', '/dt/data.db']);
    expect(unit.members).toHaveLength(5);
  });

  it('takes digiKam with its other databases but not its thumbnails', () => {
    const unit = only(
      '/k/digikam4.db',
      '/k/digikam4.db-wal',
      '/k/recognition.db',
      '/k/similarity.db',
      '/k/thumbnails-digikam.db',
    );
    expect(unit.kind).toBe('digikam');
    expect(unit.members).not.toContain('/k/thumbnails-digikam.db');
    expect(unit.databases).toHaveLength(3);
  });

  it('does not depend on the order of the listing', () => {
    const files = listed('/p/A.lrcat', '/p/A.lrcat-data/1.sst', '/p/A.lrcat.lock', '/p/x.jpg');
    const sets = [files, files.toReversed()].map((order) =>
      findCatalogs(order).map(({ members, ...rest }) => ({ ...rest, members: members.toSorted() })),
    );
    expect(sets[0]).toEqual(sets[1]);
  });
});
