import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { backup, check, createVault, openVault } from '../src/index.ts';
import { ObjectDisk, withBuckets } from '../src/store/index.ts';
import { MemoryStore, simWorld } from '../src/testing/index.ts';
import { measuredNode, prepare } from './command.ts';
import type { BucketOpening } from './open-bucket.ts';
import { limited } from './rounds.ts';
import type { Bench, BenchRun, Row } from './row.ts';

/** Files of one run, as a day of a studio brings them. */
const RUN_FILES = 500;
/** How long a region of a cloud takes to answer. */
const ANSWER_MS = 50;
const TIMES = 5;

/** What a vault in a bucket asks of its engine, and how long it takes to open when its journals are many. */
export const BENCH: Bench = {
  name: 'scale-bucket',
  promise: 'No figure is promised; docs/scale.md says what follows from these.',
  run: measureBucket,
};

async function measureBucket(run: BenchRun): Promise<readonly Row[]> {
  return [...(await countRequests(run)), ...(await measureOpening(run))];
}

/** PUT, POST and LIST cost the same at Amazon, GET and HEAD a twelfth, DELETE nothing. */
const DEAR = [
  'put',
  'putPart',
  'list',
  'beginUpload',
  'completeUpload',
  'listUploads',
  'listParts',
];
const CHEAP = ['get', 'head'];

type Counts = ReadonlyMap<string, { readonly calls: number; readonly bytes: number }>;

async function countRequests(run: BenchRun): Promise<readonly Row[]> {
  const machine = simWorld(1);
  const store = new MemoryStore({ nowMs: () => machine.clock.nowMs() });
  const world = withBuckets(machine, async (bucket) => {
    const options = { bucket, store, local: machine.disk, stagingFolder: '/staging' };
    return new ObjectDisk({
      ...options,
      hex: (digits) => machine.random.hex(digits),
      nowMs: () => machine.clock.nowMs(),
    });
  });
  run.say(`backing up ${RUN_FILES} frames into a bucket of memory`);
  machine.disk.stage.plant('/staging/.here', '');
  const plant = (from: number): void => {
    for (let index = from; index < from + RUN_FILES; index += 1) {
      machine.disk.stage.plant(`/card/DSC_${index}.NEF`, `frame ${index}`);
    }
  };
  plant(0);
  await createVault(world, 's3://b/v');
  const take = async (act: () => Promise<unknown>): Promise<Counts> => {
    store.counts.clear();
    await act();
    return new Map(store.counts);
  };
  const filled = await take(async () =>
    backup(world, await openVault(world, 's3://b/v'), ['/card'], { learn: false }),
  );
  const idle = await take(async () =>
    backup(world, await openVault(world, 's3://b/v'), ['/card'], { learn: false }),
  );
  const looked = await take(async () => check(world, await openVault(world, 's3://b/v')));
  return [
    limited(
      'requests for each new frame: PUT, POST, LIST',
      'requests',
      callsOf(filled, DEAR) / RUN_FILES,
    ),
    limited(
      'requests for each new frame: GET, HEAD',
      'requests',
      callsOf(filled, CHEAP) / RUN_FILES,
    ),
    limited('requests of a run with nothing new: PUT, POST, LIST', 'requests', callsOf(idle, DEAR)),
    limited('requests of a run with nothing new: GET, HEAD', 'requests', callsOf(idle, CHEAP)),
    limited('requests of a check without reading: LIST', 'requests', callsOf(looked, ['list'])),
    limited('requests of a check without reading: GET, HEAD', 'requests', callsOf(looked, CHEAP)),
  ];
}

function callsOf(counts: Counts, names: readonly string[]): number {
  return names.reduce((sum, name) => sum + (counts.get(name)?.calls ?? 0), 0);
}

async function measureOpening(run: BenchRun): Promise<readonly Row[]> {
  const files = run.sizes.smallFiles * TIMES;
  const journals = Math.max(1, Math.round(files / RUN_FILES));
  const vault = join(run.scratch, 'scale-bucket-vault');
  const output = join(run.scratch, 'scale-bucket.json');
  const peak = `${output}.peak`;
  run.say(`writing ${journals} journals of ${files} files`);
  await prepare(measuredNode('bench/write-journal.ts', [vault, String(files)], peak));
  const words = [vault, String(journals), String(ANSWER_MS)];
  await prepare({ ...measuredNode('bench/open-bucket.ts', words, peak), output });
  const report = JSON.parse(await readFile(output, 'utf8')) as BucketOpening;
  await rm(vault, { recursive: true, force: true });
  const many = `${files.toLocaleString('en')} files in ${journals.toLocaleString('en')} journals`;
  return [
    limited(`opening ${many}, ${ANSWER_MS} ms to each answer`, 's', report.openMs / 1000),
    limited('its requests', 'requests', report.requests),
  ];
}
