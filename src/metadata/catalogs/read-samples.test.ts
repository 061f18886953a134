import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openNodeDisk } from '../../platform/index.ts';
import {
  DARKTABLE_SCHEMAS,
  formatCos,
  LIGHTROOM_VERSIONS,
  readSampleCatalog,
  type SamplePicture,
  type SampleReading,
  SimClock,
  samplePicture,
  writeCaptureOneDatabase,
  writeDarktableLibrary,
  writeDigikamDatabase,
  writeLightroomCatalog,
} from '../../testing/index.ts';
import type { EditorFacts } from '../editor-facts.ts';

/** Writes a catalog into a folder of its own, and reads it. */
async function readWritten(write: (folder: string) => void): Promise<SampleReading> {
  const base = mkdtempSync(join(tmpdir(), 'fieldvault-catalog-'));
  try {
    for (const name of ['catalog', 'scratch']) mkdirSync(join(base, name));
    write(join(base, 'catalog'));
    const world = { disk: openNodeDisk({ blocking: false }), clock: new SimClock(0) };
    return await readSampleCatalog(world, join(base, 'catalog'), join(base, 'scratch'));
  } finally {
    rmSync(base, { recursive: true });
  }
}

/** What can be compared whatever the editor: words in any order. */
function comparable(facts: Omit<EditorFacts, 'from' | 'editor' | 'origins'>): unknown {
  const { path, rating, pick, label, copyName, develop } = facts;
  const keywords = facts.keywords.toSorted();
  const collections = facts.collections.toSorted();
  return { path, rating, pick, label, keywords, collections, copyName, develop };
}

/** What a picture written should be read as. */
function expected(picture: SamplePicture, limits: Partial<EditorFacts> = {}): unknown {
  const words = picture.keywords.flatMap((path) => [path.slice(path.lastIndexOf('|') + 1), path]);
  return comparable({
    ...picture,
    path: `${picture.folder}/${picture.name}`,
    keywords: [...new Set(words)],
    collections: [...new Set(picture.collections)],
    ...limits,
  });
}

const ROOT = '/Volumes/Work';
const NAME = fc.stringMatching(/^[a-zA-Zäß é'"%_-]{1,8}$/).map((text) => `n${text.trim()}`);
const WORD_PATHS = fc.uniqueArray(
  fc.array(NAME, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('|')),
  { maxLength: 4 },
);
const PICTURE = fc.record({
  folder: fc.constantFrom(ROOT, `${ROOT}/2026`, `${ROOT}/2026/Über 100%`),
  rating: fc.option(fc.integer({ min: 0, max: 5 })),
  pick: fc.constantFrom<1 | 0 | -1>(1, 0, -1),
  label: fc.constantFrom(null, 'Red', 'Green', 'Purple'),
  keywords: WORD_PATHS,
  collections: WORD_PATHS,
  develop: fc.option(NAME.map((name) => `s = { Note = "${name}" }`)),
});
/** Pictures with names of their own; every fourth is a copy of the one before. */
const PICTURES = fc.array(PICTURE, { minLength: 1, maxLength: 12 }).map((drawn) => {
  const pictures: SamplePicture[] = [];
  for (const [index, said] of drawn.entries()) {
    const before = pictures.at(-1);
    const isCopy = index % 4 === 3 && before !== undefined;
    const { folder, name } = isCopy ? before : { ...said, name: `IMG_${index}.NEF` };
    pictures.push({ ...said, folder, name, copyName: isCopy ? '01' : null });
  }
  return pictures;
});
const RUNS = { numRuns: 12 };

async function expectRead(
  reading: Promise<SampleReading>,
  pictures: readonly unknown[],
): Promise<void> {
  const { facts, troubles, stopped, outcome } = await reading;
  expect({ troubles, stopped, state: outcome.state }).toEqual({
    troubles: [],
    stopped: null,
    state: 'copied',
  });
  expect(facts.map(comparable)).toEqual(pictures);
}

describe('readCatalog() of Lightroom catalogs', () => {
  it.each(LIGHTROOM_VERSIONS)('reads what was written with the schema of %i', async (version) => {
    await fc.assert(
      fc.asyncProperty(PICTURES, async (pictures) => {
        const reading = readWritten((folder) => {
          const catalog = { version, pictures, root: `${ROOT}/` };
          writeLightroomCatalog(join(folder, 'Job.lrcat'), catalog);
        });
        await expectRead(
          reading,
          pictures.map((picture) => expected(picture)),
        );
      }),
      RUNS,
    );
  });

  it('says where each word stood', async () => {
    const picture = samplePicture({ folder: 'C:/Users/A/Pictures', name: 'a.ORF', rating: 4 });
    const { facts } = await readWritten((folder) => {
      const catalog = { version: 12, pictures: [picture], root: 'C:/Users/A/' } as const;
      writeLightroomCatalog(join(folder, 'Job.lrcat'), catalog);
    });
    expect(facts).toMatchObject([
      {
        path: 'C:/Users/A/Pictures/a.ORF',
        editor: 'lightroom',
        origins: { rating: 'Adobe_images.rating', pick: 'Adobe_images.pick' },
      },
    ]);
    expect(facts[0]?.from).toMatch(/\/catalog\/Job\.lrcat$/);
  });
});

describe('readCatalog() of Capture One', () => {
  // It has no pick, and its develop settings are hundreds of columns.
  const limits = { pick: null, develop: null };
  const layers = ['ZCOMBINEDSETTINGS', 'ZADJUSTMENTLAYER', 'ZDEFAULTLAYER'] as const;
  // A word that stands in its tree twice has no sure path, so here each is there once.
  const pictures = PICTURES.map((all) =>
    all.map((picture, index) => ({
      ...picture,
      keywords: picture.keywords.map((path, at) =>
        path
          .split('|')
          .map((part, depth) => `${part}${index}.${at}.${depth}`)
          .join('|'),
      ),
      copyName: picture.copyName === null ? null : '1',
    })),
  );

  it.each(layers)('reads what was written in the layer %s', async (layer) => {
    await fc.assert(
      fc.asyncProperty(pictures, async (all) => {
        const reading = readWritten((folder) => {
          const database = { pictures: all, paths: 'mac', root: folder, layer } as const;
          writeCaptureOneDatabase(join(folder, 'Job.cocatalogdb'), database);
        });
        await expectRead(
          reading,
          all.map((picture) => expected(picture, limits)),
        );
        const origins = (await reading).facts.map(({ origins: { rating } }) => rating ?? layer);
        expect(origins).toEqual(all.map(() => layer));
      }),
      RUNS,
    );
  });

  it('reads paths below the catalog and paths of Windows', async () => {
    const paths = async (kind: 'relative' | 'win', folder: string): Promise<string[]> => {
      const { facts } = await readWritten((root) => {
        const start = kind === 'relative' ? root : '';
        const picture = samplePicture({ folder: start + folder, name: 'a.CR3' });
        const database = { pictures: [picture], paths: kind, root } as const;
        writeCaptureOneDatabase(join(root, 'Job.cocatalogdb'), database);
      });
      return facts.map(({ path }) => path);
    };
    expect(await paths('relative', '/Originals/2026')).toEqual([
      expect.stringMatching(/\/catalog\/Originals\/2026\/a\.CR3$/),
    ]);
    expect(await paths('win', 'P:/jobs/2026')).toEqual(['P:/jobs/2026/a.CR3']);
  });

  it('finds kinds of collections by their names, whatever their numbers are', async () => {
    for (const firstEntity of [2, 30]) {
      const { facts } = await readWritten((root) => {
        const collections = ['Jobs|Wedding'];
        const picture = samplePicture({ folder: '/Volumes/A', name: 'a.CR3', collections });
        const database = { pictures: [picture], paths: 'mac', root, firstEntity } as const;
        writeCaptureOneDatabase(join(root, 'Job.cocatalogdb'), database);
      });
      expect(facts.map(({ collections }) => collections)).toEqual([['Jobs|Wedding']]);
    }
  });

  it('reads the settings files of a session beside its database', async () => {
    const { facts, unit } = await readWritten((root) => {
      const picture = samplePicture({ folder: `${root}/Capture`, name: 'a.CR3', rating: 2 });
      const database = { pictures: [picture], paths: 'relative', root } as const;
      writeCaptureOneDatabase(join(root, 'Day.cosessiondb'), database);
      const path = join(root, 'Capture/CaptureOne/Settings153/a.CR3.cos');
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, formatCos([{ ...picture, rating: 5, label: 'Pink' }]));
    });
    expect(facts.map(({ path, rating, label, from }) => ({ path, rating, label, from }))).toEqual([
      { path: `${unit.root}/Capture/a.CR3`, rating: 2, label: null, from: unit.main },
      {
        path: `${unit.root}/Capture/a.CR3`,
        rating: 5,
        label: 'Pink',
        from: `${unit.root}/Capture/CaptureOne/Settings153/a.CR3.cos`,
      },
    ]);
  });
});

describe('readCatalog() of darktable', () => {
  it.each(DARKTABLE_SCHEMAS)('reads what was written with schema %i', async (schema) => {
    await fc.assert(
      fc.asyncProperty(PICTURES, async (pictures) => {
        const reading = readWritten((folder) => writeDarktableLibrary(folder, schema, pictures));
        // It can reject but not pick; in schema 15 a rejected picture has no stars.
        const read = pictures.map((picture) =>
          expected(picture, {
            rating: schema === 15 && picture.pick === -1 ? null : (picture.rating ?? 0),
            pick: picture.pick === -1 ? -1 : 0,
            collections: [],
            develop: null,
          }),
        );
        await expectRead(reading, read);
      }),
      RUNS,
    );
  });

  it('names all of several colour labels, and reads folders of Windows', async () => {
    const picture = { folder: 'C:\\Photos\\2026', name: 'a.NEF', label: 'Purple, Red' };
    const { facts } = await readWritten((folder) =>
      writeDarktableLibrary(folder, 30, [samplePicture(picture)]),
    );
    expect(facts).toMatchObject([{ path: 'C:/Photos/2026/a.NEF', label: 'Red, Purple' }]);
  });
});

describe('readCatalog() of digiKam', () => {
  it.each(['wal', 'delete'] as const)('reads what was written, journal %s', async (journal) => {
    await fc.assert(
      fc.asyncProperty(PICTURES, async (all) => {
        const pictures = all.filter(({ copyName }) => copyName === null);
        const reading = readWritten((folder) => {
          const database = { pictures, root: ROOT, journal };
          writeDigikamDatabase(join(folder, 'digikam4.db'), database);
        });
        const read = pictures.map((picture) =>
          expected(picture, { collections: [], develop: null }),
        );
        await expectRead(reading, read);
      }),
      RUNS,
    );
  });
});
