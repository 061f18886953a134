import type { SamplePicture } from './sample-picture.ts';
import { SampleRows } from './sample-rows.ts';

/** Schemas of `library.db` that differ; 37 stands for those with times as numbers. */
export const DARKTABLE_SCHEMAS = [15, 30, 37] as const;
/** One of {@link DARKTABLE_SCHEMAS}. */
export type DarktableSchema = (typeof DARKTABLE_SCHEMAS)[number];

const COLORS = ['Red', 'Yellow', 'Green', 'Blue', 'Purple'];
const REJECTED = 8;
/** Before rejection had a bit of its own this number stood for it, in the place of stars. */
const OLD_REJECT = 6;

/**
 * Writes `library.db` and `data.db` of one schema: tables and columns as documented for it, values of ours. Labels are
 * names of colours joined by `, `; copies have their version as a number of two digits.
 */
export function writeDarktableLibrary(
  folder: string,
  schema: DarktableSchema,
  pictures: readonly SamplePicture[],
): void {
  const rows = new SampleRows(`${folder}/library.db`, schemaOf(schema));
  const data = new SampleRows(
    `${folder}/data.db`,
    `create table db_info(key varchar primary key, value varchar);
     create table tags(id integer primary key, name varchar, synonyms varchar, flags integer);`,
  );
  rows.add('db_info', { key: 'version', value: `${schema}` });
  data.add('db_info', { key: 'version', value: '9' });
  data.add('tags', { id: OWN_TAG, name: 'darktable|changed' });
  for (const [index, picture] of pictures.entries()) {
    const id = index + 1;
    const film = rows.idOf('film', picture.folder, (number) => {
      rows.add('film_rolls', { id: number, folder: picture.folder });
    });
    const taken = schema >= 37 ? 63_556_269_799_000_000n : '2015:01:07 23:23:19';
    rows.add('images', {
      id,
      group_id: id,
      film_id: film,
      filename: picture.name,
      datetime_taken: taken,
      flags: flagsOf(picture, schema),
      version: Number(picture.copyName ?? 0),
      history_end: 1,
    });
    rows.add('history', { imgid: id, num: 0, operation: 'exposure', enabled: 1 });
    for (const color of picture.label?.split(', ') ?? []) {
      rows.add('color_labels', { imgid: id, color: COLORS.indexOf(color) });
    }
    for (const word of picture.keywords) {
      const tag = data.idOf('tag', word, (number) => data.add('tags', { id: number, name: word }));
      rows.add('tagged_images', { imgid: id, tagid: tag });
    }
    rows.add('tagged_images', { imgid: id, tagid: OWN_TAG });
  }
  rows.finish();
  data.finish();
}

const OWN_TAG = 900_000;

function flagsOf({ rating, pick }: SamplePicture, schema: DarktableSchema): number {
  if (pick !== -1) return rating ?? 0;
  return schema === 15 ? OLD_REJECT : (rating ?? 0) | REJECTED;
}

function schemaOf(schema: DarktableSchema): string {
  const taken = schema >= 37 ? 'integer' : 'char(20)';
  const images =
    schema === 15
      ? 'caption varchar, description varchar'
      : 'position integer, aspect_ratio real, exposure_bias real, import_timestamp integer';
  return `
    create table db_info(key varchar primary key, value varchar);
    create table film_rolls(id integer primary key, ${
      schema === 15 ? 'datetime_accessed char(20)' : 'access_timestamp integer'
    }, folder varchar(1024) not null);
    create table images(id integer primary key autoincrement, group_id integer, film_id integer, width integer,
      height integer, filename varchar, maker varchar, model varchar, lens varchar, exposure real, aperture real,
      iso real, focal_length real, datetime_taken ${taken}, flags integer, longitude real, latitude real, altitude real,
      version integer, max_version integer, write_timestamp integer, history_end integer, ${images});
    create table history(imgid integer, num integer, module integer, operation varchar(256), op_params blob,
      enabled integer, blendop_params blob, blendop_version integer, multi_priority integer, multi_name varchar(256));
    create table tagged_images(imgid integer, tagid integer${
      schema === 15 ? '' : ', position integer'
    }, primary key (imgid, tagid));
    create table color_labels(imgid integer, color integer);
    create table meta_data(id integer, key integer, value varchar);
    ${schema === 15 ? 'create table used_tags(id integer, name varchar);' : 'create table history_hash(imgid integer);'}
  `;
}
