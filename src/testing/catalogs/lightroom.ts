import { deflateSync } from 'node:zlib';
import { CATALOG_SCHEMA } from '../shoot/catalog-schema.ts';
import type { SamplePicture } from './sample-picture.ts';
import { SampleRows } from './sample-rows.ts';

/** Versions of Lightroom Classic whose catalogs differ. */
export const LIGHTROOM_VERSIONS = [5, 6, 7, 11, 12] as const;

/** `Adobe_DBVersion` by version of the program, as found in real catalogs. */
const DB_VERSIONS: Readonly<Record<LightroomVersion, string>> = {
  5: '0500006',
  6: '0600008',
  7: '0700003',
  11: '1100000',
  12: '1200001',
};
/** One of {@link LIGHTROOM_VERSIONS}. */
export type LightroomVersion = (typeof LIGHTROOM_VERSIONS)[number];

/** How a catalog is written. */
export interface LightroomCatalog {
  readonly version: LightroomVersion;
  readonly pictures: readonly SamplePicture[];
  /** Root folder as the editor keeps it, `/` at its end; folders of pictures lie below it. */
  readonly root: string;
}

/**
 * Writes a Lightroom Classic catalog: tables, columns and codings as documented for that version (journal mode, packet
 * coding and the columns that came with 11 differ), values of ours. Reserved are a system collection and the quick
 * collection's kind, so that a reader can be seen to leave them out.
 */
export function writeLightroomCatalog(path: string, catalog: LightroomCatalog): void {
  const { version, pictures, root } = catalog;
  const rows = new SampleRows(path, schemaOf(version));
  rows.add('Adobe_variablesTable', {
    id_global: 'v1',
    name: 'Adobe_DBVersion',
    value: DB_VERSIONS[version],
  });
  rows.add('AgLibraryRootFolder', { id_local: 1, id_global: 'r1', absolutePath: root });
  rows.add('AgLibraryCollection', {
    id_local: SYSTEM_COLLECTION,
    name: 'quick collection',
    systemOnly: 1,
    creationId: 'com.adobe.ag.library.collection',
  });
  // Lightroom keeps a keyword without a name above all others.
  rows.add('AgLibraryKeyword', { id_local: ROOT_KEYWORD, id_global: 'k0', name: null });
  const masters = new Map<string, number>();
  for (const [index, picture] of pictures.entries()) {
    addPicture(rows, { id: index * 3 + 7, picture, catalog, masters });
  }
  rows.finish();
}

const SYSTEM_COLLECTION = 900_001;
const ROOT_KEYWORD = 900_000;

function schemaOf(version: LightroomVersion): string {
  const journal = version >= 7 ? 'pragma journal_mode=wal;' : '';
  if (version >= 11) return journal + CATALOG_SCHEMA;
  const older =
    'alter table AgLibraryFolder drop column parentId;' +
    'alter table AgLibraryFolder drop column visibility;' +
    'alter table Adobe_imageDevelopSettings drop column hasBigData;';
  return journal + CATALOG_SCHEMA + older;
}

interface Placed {
  readonly id: number;
  readonly picture: SamplePicture;
  readonly catalog: LightroomCatalog;
  readonly masters: Map<string, number>;
}

function addPicture(rows: SampleRows, { id, picture, catalog, masters }: Placed): void {
  const { folder, name, copyName, rating, pick, label, develop } = picture;
  const path = `${folder}/${name}`;
  const master = masters.get(path);
  const file = rows.idOf('file', path, (number) => addFile(rows, number, { picture, catalog }));
  if (copyName === null) masters.set(path, id);
  rows.add('Adobe_images', {
    id_local: id,
    id_global: `i${id}`,
    rootFile: file,
    masterImage: copyName === null ? null : (master ?? id),
    copyName: copyName === '' ? null : copyName,
    rating,
    pick,
    colorLabels: label ?? '',
  });
  if (develop !== null) {
    rows.add('Adobe_imageDevelopSettings', { image: id, text: develop, processVersion: '11.0' });
  }
  const packet = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><!-- ${id} --></x:xmpmeta>`;
  rows.add('Adobe_AdditionalMetadata', { image: id, xmp: packXmp(packet, catalog.version) });
  for (const word of picture.keywords) {
    const tag = rows.pathIdOf('keyword', word, (number, parent, part) => {
      rows.add('AgLibraryKeyword', {
        id_local: number,
        id_global: `k${number}`,
        name: part.name,
        lc_name: part.name.toLowerCase(),
        parent: parent ?? ROOT_KEYWORD,
      });
    });
    rows.add('AgLibraryKeywordImage', { image: id, tag });
  }
  for (const place of picture.collections) {
    const collection = rows.pathIdOf('collection', place, (number, parent, part) => {
      const creationId = `com.adobe.ag.library.${part.isLeaf ? 'collection' : 'group'}`;
      rows.add('AgLibraryCollection', { id_local: number, name: part.name, parent, creationId });
    });
    rows.add('AgLibraryCollectionImage', { image: id, collection });
  }
  rows.add('AgLibraryCollectionImage', { image: id, collection: SYSTEM_COLLECTION });
}

function addFile(
  rows: SampleRows,
  id: number,
  { picture: { folder, name }, catalog: { root } }: Pick<Placed, 'picture' | 'catalog'>,
): void {
  const below = `${folder}/`.slice(root.length);
  const place = rows.idOf('folder', below, (number) => {
    rows.add('AgLibraryFolder', {
      id_local: number,
      id_global: `d${number}`,
      pathFromRoot: below,
      rootFolder: 1,
    });
  });
  const dot = name.lastIndexOf('.');
  rows.add('AgLibraryFile', {
    id_local: id,
    id_global: `f${id}`,
    baseName: name.slice(0, dot),
    extension: name.slice(dot + 1),
    idx_filename: name,
    lc_idx_filename: name.toLowerCase(),
    folder: place,
  });
}

/**
 * A packet as the cell of a version holds it: text up to 6, later the length in 4 bytes (big-endian) and a zlib stream.
 */
export function packXmp(packet: string, version: LightroomVersion): string | Uint8Array {
  if (version < 7) return packet;
  const bytes = new TextEncoder().encode(packet);
  const packed = deflateSync(bytes);
  const cell = new Uint8Array(4 + packed.length);
  new DataView(cell.buffer).setUint32(0, bytes.length);
  cell.set(packed, 4);
  return cell;
}
