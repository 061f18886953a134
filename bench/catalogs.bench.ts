import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { openWorld, type World } from '../src/index.ts';
import { type CatalogUnit, copyCatalog, readCatalog } from '../src/metadata/index.ts';
import { samplePicture, writeLightroomCatalog } from '../src/testing/index.ts';
import { type Timing, timed } from './command.ts';
import { compare, type Entrant, measureRounds, median, secondsOf } from './rounds.ts';
import type { Bench, BenchRun, Row } from './row.ts';

const PICTURES = 100_000;
/** Develop settings of real catalogs have 1.6 to 2 kB. */
const DEVELOP = `s = { ${'AutoLateralCA = 0, Exposure2012 = 0.44, '.repeat(44)} }`;
/** Pictures rated while the catalog is open: rows that stand only in the log. */
const IN_LOG = 5000;

/** A large Lightroom catalog: copied while its editor is at work, copied when it is closed, and read; beside `cp`. */
export const BENCH: Bench = {
  name: 'catalogs',
  promise:
    'A catalog of 100,000 pictures is copied as its open editor sees it, checked, and read picture by picture.',
  run: measureCatalogs,
};

async function measureCatalogs(run: BenchRun): Promise<readonly Row[]> {
  const world = openWorld();
  const folder = join(run.scratch, 'CATALOG');
  mkdirSync(folder);
  run.say(`writing a catalog of ${PICTURES} pictures`);
  const closed = writeCatalog(join(folder, 'Closed.lrcat'));
  const open = writeCatalog(join(folder, 'Open.lrcat'));
  const editor = new DatabaseSync(open.main);
  try {
    editor.exec('pragma wal_autocheckpoint=0');
    editor.exec(`update Adobe_images set rating = 5 where id_local < ${IN_LOG * 3}`);
    return await measure(run, world, { closed, open });
  } finally {
    editor.close();
    rmSync(folder, { recursive: true });
    await world.workers.close();
  }
}

function writeCatalog(path: string): CatalogUnit {
  const pictures = Array.from({ length: PICTURES }, (_, index) =>
    samplePicture({
      folder: `/Volumes/Work/2026/day ${index % 300}`,
      name: `IMG_${index}.NEF`,
      rating: index % 6,
      label: index % 5 === 0 ? 'Red' : null,
      keywords: [`Places|Country ${index % 40}|Town ${index % 400}`, 'Field', `Job ${index % 90}`],
      collections: index % 3 === 0 ? [`Best|${index % 50}`] : [],
      develop: DEVELOP,
    }),
  );
  writeLightroomCatalog(path, { version: 12, pictures, root: '/Volumes/Work/' });
  return {
    kind: 'lightroom',
    main: path,
    root: path.slice(0, path.lastIndexOf('/')),
    members: [path],
    databases: [path],
    isOpen: false,
    isBackup: false,
  };
}

async function measure(
  run: BenchRun,
  world: World,
  { closed, open }: { readonly closed: CatalogUnit; readonly open: CatalogUnit },
): Promise<readonly Row[]> {
  const scratch = join(run.scratch, 'COPY');
  const inScratch = (name: string, work: () => Promise<Timing>): Entrant => ({
    name,
    measure: async () => {
      mkdirSync(scratch);
      try {
        return await work();
      } finally {
        rmSync(scratch, { recursive: true });
      }
    },
  });
  const copyOf = async (unit: CatalogUnit) => {
    const outcome = await copyCatalog(world, unit, scratch);
    if (outcome.state !== 'copied' || outcome.copy.health.images !== PICTURES) {
      throw new Error(`${unit.main} was not copied`);
    }
    return outcome.copy;
  };
  const plain = (unit: CatalogUnit, ...endings: readonly string[]): Promise<Timing> => {
    const files = ['', ...endings].map((end) => unit.main + end);
    return timed({ words: ['cp', ...files, scratch] });
  };
  const results = await measureRounds(
    [
      inScratch('open', () => wallTime(async () => void (await copyOf(open)))),
      inScratch('closed', () => wallTime(async () => void (await copyOf(closed)))),
      inScratch('read', async () => {
        const copy = await copyOf(closed);
        return wallTime(async () => {
          let count = 0;
          for await (const { state } of readCatalog(world, closed, copy)) {
            if (state === 'read') count += 1;
          }
          if (count !== PICTURES) throw new Error(`${count} of ${PICTURES} pictures were read`);
        });
      }),
      inScratch('cp, open', () => plain(open, '-wal')),
      inScratch('cp', () => plain(closed)),
    ],
    run.sizes.rounds,
    run.say,
  );
  const megabytes = (statSync(closed.main).size / 1e6).toFixed(0);
  const what = `catalog of ${PICTURES} pictures, ${megabytes} MB`;
  const seconds = median((results.get('read') ?? []).map(secondsOf));
  return [
    compare(results, { what: `open ${what}: copied and checked`, ours: 'open', peer: 'cp, open' }),
    compare(results, { what: `closed ${what}: copied and checked`, ours: 'closed', peer: 'cp' }),
    {
      what: `pictures of the ${what}, read`,
      unit: 'files/s',
      ours: PICTURES / seconds,
      peer: null,
      verdict: null,
    },
  ];
}

async function wallTime(work: () => Promise<void>): Promise<Timing> {
  const startMs = performance.now();
  await work();
  const seconds = (performance.now() - startMs) / 1000;
  return { seconds, cpuSeconds: seconds, peakBytes: 0 };
}
