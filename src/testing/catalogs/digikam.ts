import type { SamplePicture } from './sample-picture.ts';
import { SampleRows } from './sample-rows.ts';

/** How a database is written. */
export interface DigikamDatabase {
  readonly pictures: readonly SamplePicture[];
  /** The collection's root; folders of pictures lie in or below it. */
  readonly root: string;
  /** The current version keeps a log, older ones do not. */
  readonly journal: 'wal' | 'delete';
}

const SCHEMA = `
  create table AlbumRoots(id integer primary key, label text, status integer not null, type integer not null,
    identifier text, specificPath text, caseSensitivity integer);
  create table Albums(id integer primary key, albumRoot integer not null, relativePath text not null, date date,
    caption text, collection text, icon integer);
  create table Images(id integer primary key, album integer, name text not null, status integer not null,
    category integer not null, modificationDate datetime, fileSize integer, uniqueHash text, manualOrder integer);
  create table ImageInformation(imageid integer primary key, rating integer, creationDate datetime,
    digitizationDate datetime, orientation integer, width integer, height integer, format text);
  create table Tags(id integer primary key, pid integer, name text not null, icon integer, iconkde text);
  create table ImageTags(imageid integer not null, tagid integer not null, unique(imageid, tagid));
  create table Settings(keyword text not null unique, value text);
`;
const PICKS: Readonly<Record<string, string>> = { '-1': 'Rejected', '0': 'None', '1': 'Accepted' };
const INTERNAL = '_Digikam_Internal_Tags_';

/**
 * Writes `digikam4.db`: tables and columns as documented, values of ours. A rating of null is written as -1, as digiKam
 * does for pictures without one.
 */
export function writeDigikamDatabase(path: string, database: DigikamDatabase): void {
  const { pictures, root, journal } = database;
  const rows = new SampleRows(path, `pragma journal_mode=${journal}; ${SCHEMA}`);
  rows.add('Settings', { keyword: 'DBVersion', value: '16' });
  rows.add('AlbumRoots', {
    id: 1,
    status: 0,
    type: 1,
    identifier: `volumeid:?path=${encodeURIComponent(root)}`,
    specificPath: '/',
  });
  for (const [index, picture] of pictures.entries()) {
    const id = index + 1;
    const album = rows.idOf('album', picture.folder, (number) => {
      const relativePath = picture.folder.slice(root.length) || '/';
      rows.add('Albums', { id: number, albumRoot: 1, relativePath });
    });
    rows.add('Images', { id, album, name: picture.name, status: 1, category: 1 });
    rows.add('ImageInformation', { imageid: id, rating: picture.rating ?? -1 });
    const words = [
      ...picture.keywords,
      `${INTERNAL}|Pick Label ${PICKS[String(picture.pick)]}`,
      `${INTERNAL}|Color Label ${picture.label ?? 'None'}`,
    ];
    for (const word of words) {
      const tag = rows.pathIdOf('tag', word, (number, parent, { name }) => {
        rows.add('Tags', { id: number, pid: parent ?? 0, name });
      });
      rows.add('ImageTags', { imageid: id, tagid: tag });
    }
  }
  rows.finish();
}
