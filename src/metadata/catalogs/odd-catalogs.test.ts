import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openNodeDisk } from '../../platform/index.ts';
import {
  packXmp,
  readSampleCatalog,
  type SampleReading,
  SimClock,
  samplePicture,
  writeCaptureOneDatabase,
  writeDarktableLibrary,
  writeDigikamDatabase,
  writeLightroomCatalog,
} from '../../testing/index.ts';
import { readXmpCell } from './lightroom-xmp.ts';

let base = '';
let folder = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'fieldvault-odd-'));
  folder = join(base, 'catalog');
  mkdirSync(folder);
});
afterEach(() => rmSync(base, { recursive: true }));

const PICTURES = ['a', 'b', 'c'].map((name, index) =>
  samplePicture({
    folder: '/P/2026',
    name: `${name}.NEF`,
    rating: index + 1,
    pick: 1,
    label: 'Red',
    keywords: ['Animals|Dog', 'Night'],
    collections: ['Best|2026'],
    develop: 's = { }',
  }),
);

/** Changes a written catalog by statements, as no editor would. */
function change(name: string, ...statements: readonly string[]): void {
  const db = new DatabaseSync(join(folder, name), { defensive: false });
  for (const sql of statements) db.exec(sql);
  db.close();
}

function writeLightroom(version: 5 | 12, ...statements: readonly string[]): void {
  writeLightroomCatalog(join(folder, 'Job.lrcat'), { version, pictures: PICTURES, root: '/P/' });
  change('Job.lrcat', ...statements);
}

function read(): Promise<SampleReading> {
  const world = { disk: openNodeDisk({ blocking: false }), clock: new SimClock(0) };
  return readSampleCatalog(world, folder, mkdtempSync(join(base, 'scratch-')));
}

const PACKET = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"
 xmp:Rating="4" xmp:Label="Blue" crs:Exposure2012="+1.00"/></rdf:RDF></x:xmpmeta>`;

describe('readCatalog() of catalogs that are not as expected', () => {
  it('tells one trouble for each broken row and reads the others', async () => {
    writeLightroom(
      12,
      'update Adobe_images set rootFile = 4711 where id_local = 10',
      "insert into Adobe_images(id_local, id_global, rootFile) values (5000000000, 'x', 'none')",
    );
    const { facts, troubles, stopped } = await read();
    expect(facts.map(({ path }) => path)).toEqual(['/P/2026/a.NEF', '/P/2026/c.NEF']);
    expect(troubles).toEqual([
      'picture 10 of the catalog names no file',
      'picture 5000000000 of the catalog names no file',
    ]);
    expect(stopped).toBeNull();
  });

  it('counts broken rows once there are too many to tell', async () => {
    writeLightroom(
      12,
      `with recursive n(i) as (select 100 union all select i + 1 from n where i < 1099)
       insert into Adobe_images(id_local, id_global, rootFile) select i, i, -1 from n`,
    );
    const { facts, troubles } = await read();
    expect(facts).toHaveLength(3);
    expect(troubles).toHaveLength(101);
    expect(troubles.at(-1)).toBe('900 more rows are not understood');
  });

  it('takes values of wrong types for what they are worth, or for nothing', async () => {
    writeLightroom(
      12,
      "update Adobe_images set rating = '2', pick = 'yes', colorLabels = x'526564' where id_local = 7",
      'update Adobe_images set rating = 9223372036854775807, pick = 9e999 where id_local = 10',
      "update Adobe_images set rating = x'00ff', colorLabels = 17 where id_local = 13",
      "insert into AgLibraryKeywordImage(image, tag) values ('7', 'x'), ('none', 1), (1e300, 2), (x'07', 1)",
      "update AgLibraryKeyword set parent = 9223372036854775807 where name = 'Animals'",
    );
    const { facts, troubles } = await read();
    expect(troubles).toEqual([]);
    expect(facts.map(({ rating, pick, label }) => ({ rating, pick, label }))).toEqual([
      { rating: 2, pick: null, label: 'Red' },
      { rating: null, pick: null, label: 'Red' },
      { rating: null, pick: 1, label: '17' },
    ]);
    expect(facts.map(({ keywords }) => keywords)).toEqual(
      PICTURES.map(() => ['Dog', 'Animals|Dog', 'Night']),
    );
  });

  it('reads what is there where tables and columns are missing, and packets for the rest', async () => {
    writeLightroom(
      5,
      'alter table Adobe_images drop column rating',
      'alter table Adobe_images drop column colorLabels',
      'drop table AgLibraryCollectionImage',
      'drop table Adobe_imageDevelopSettings',
      `update Adobe_AdditionalMetadata set xmp = '${PACKET}'`,
      'alter table Adobe_images add column editLock integer',
    );
    const { facts, troubles } = await read();
    expect(troubles).toEqual([]);
    expect(facts).toHaveLength(3);
    for (const one of facts) {
      expect(one).toMatchObject({ rating: 4, label: 'Blue', pick: 1, collections: [] });
      expect(one.develop).toContain('Exposure2012');
      expect(one.origins['rating']).toBe('Adobe_AdditionalMetadata.xmp');
      expect(one.origins['pick']).toBe('Adobe_images.pick');
    }
  });

  it('does not take a word from a packet that the catalog has cleared', async () => {
    writeLightroom(
      5,
      'update Adobe_images set rating = null',
      'delete from Adobe_imageDevelopSettings',
      `update Adobe_AdditionalMetadata set xmp = '${PACKET}'`,
    );
    const { facts } = await read();
    expect(facts.map(({ rating, label }) => [rating, label])).toEqual(
      PICTURES.map(() => [null, 'Red']),
    );
  });

  it('says clearly that it is no catalog, whatever the kind', async () => {
    for (const name of ['a.lrcat', 'a.cocatalogdb', 'digikam4.db']) {
      const db = new DatabaseSync(join(folder, name));
      db.exec('create table t(a)');
      db.close();
      const { stopped, facts, outcome } = await read();
      expect({ stopped, facts, state: outcome.state }).toEqual({
        stopped: expect.stringMatching(/cannot be read: it has no table/),
        facts: [],
        state: 'copied',
      });
      rmSync(join(folder, name));
    }
  });

  it('never runs code of the catalog: a view in the place of a table is no table', async () => {
    const db = new DatabaseSync(join(folder, 'a.lrcat'));
    db.exec('create table AgLibraryFile(id_local integer primary key)');
    const endless =
      'with recursive n(i) as (select 1 union all select i + 1 from n) select i from n';
    db.exec(`create view Adobe_images as select i as id_local, i as rootFile from (${endless})`);
    db.close();
    expect((await read()).stopped).toMatch(/no tables of pictures/);
  });

  it('ends at circles in trees of names', async () => {
    writeLightroom(
      12,
      'update AgLibraryKeyword set parent = id_local',
      'update AgLibraryCollection set parent = id_local',
    );
    const { facts } = await read();
    expect(facts).toHaveLength(3);
    expect(facts[0]?.keywords).toContain('Dog');
  });

  it('leaves out texts that are too long to be true', async () => {
    writeLightroom(
      12,
      "update Adobe_images set colorLabels = printf('%.*c', 50000000, 'x') where id_local = 7",
      "update Adobe_imageDevelopSettings set text = printf('%.*c', 70000, 'x') where image = 10",
    );
    const { facts } = await read();
    expect(facts.map(({ label }) => label)).toEqual([null, 'Red', 'Red']);
    expect(facts.map(({ develop }) => develop)).toEqual(['s = { }', null, 's = { }']);
  });
});

describe('readXmpCell()', () => {
  it.each([5, 12] as const)('is the inverse of how version %i packs a packet', (version) => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), (text) => {
        const cell = readXmpCell(packXmp(`<${text}`, version));
        expect(new TextDecoder().decode(cell ?? undefined)).toBe(`<${text}`);
      }),
    );
  });

  it('never unpacks more than the cell promises, nor more than the limit', () => {
    const cell = packXmp('x'.repeat(1_000_000), 12);
    if (typeof cell === 'string') throw new Error('not packed');
    expect(readXmpCell(cell)).toHaveLength(1_000_000);
    const view = new DataView(cell.buffer);
    for (const length of [999, 1_000_001, 0, 0xffff_ffff]) {
      view.setUint32(0, length);
      expect(readXmpCell(cell)).toBeNull();
    }
    expect(readXmpCell(null)).toBeNull();
    expect(readXmpCell(new Uint8Array([0, 0, 0, 9, 1, 2, 3]))).toBeNull();
  });
});

describe('copyCatalog() and readCatalog() of damaged catalogs', () => {
  const kinds = {
    lightroom: (at: string) =>
      writeLightroomCatalog(join(at, 'Job.lrcat'), { version: 6, pictures: PICTURES, root: '/P/' }),
    'capture-one': (at: string) =>
      writeCaptureOneDatabase(join(at, 'Job.cocatalogdb'), {
        pictures: PICTURES,
        paths: 'mac',
        root: at,
      }),
    darktable: (at: string) => writeDarktableLibrary(at, 30, PICTURES),
    digikam: (at: string) =>
      writeDigikamDatabase(join(at, 'digikam4.db'), {
        pictures: PICTURES,
        root: '/P',
        journal: 'delete',
      }),
  };
  const MAINS = {
    lightroom: 'Job.lrcat',
    'capture-one': 'Job.cocatalogdb',
    darktable: 'library.db',
    digikam: 'digikam4.db',
  };

  it.each(Object.keys(kinds) as (keyof typeof kinds)[])(
    'never throw or hang for random damage of %s',
    async (kind) => {
      kinds[kind](folder);
      const path = join(folder, MAINS[kind]);
      const whole = readFileSync(path);
      const places = fc.oneof(fc.nat(whole.length - 1), fc.nat(200), fc.nat(4200));
      const damage = fc.array(fc.tuple(places, fc.nat(255), fc.constantFrom(1, 1, 4, 512)), {
        minLength: 1,
        maxLength: 6,
      });
      const cuts = fc.oneof(
        { weight: 7, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.nat(whole.length) },
      );
      const seen = new Set<string>();
      await fc.assert(
        fc.asyncProperty(damage, cuts, async (changes, cut) => {
          const bytes = Buffer.from(whole);
          for (const [at, value, length] of changes)
            bytes.fill(value, at, Math.min(at + length, bytes.length));
          writeFileSync(path, cut === null ? bytes : bytes.subarray(0, cut));
          const { outcome, facts, stopped } = await read();
          expect(outcome.state).toBe('copied');
          seen.add(stopped === null ? 'read' : 'stopped');
          expect(facts.length).toBeLessThanOrEqual(100_000);
        }),
        { numRuns: 50 },
      );
      // Damage that is never noticed, or always, would test one half only.
      expect([...seen].toSorted()).toEqual(['read', 'stopped']);
    },
  );
});
