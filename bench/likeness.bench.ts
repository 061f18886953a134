import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { openNodeWorld } from '../src/platform/index.ts';
import { findProgram, type Timing, timed } from './command.ts';
import { filesBelow } from './files-below.ts';
import { LOOK_TASK, type LookRequest } from './look-task.ts';
import {
  compare,
  cpuSecondsOf,
  type Entrant,
  limited,
  measureRounds,
  median,
  type Results,
  secondsOf,
} from './rounds.ts';
import type { Bench, BenchRun, Row } from './row.ts';

const EXIFTOOL = 'exiftool -b (takes the preview out)';
const DECODE = 'sharp (decodes it whole)';
/** 100 RAW files a second. */
const RAW_MS_MAX = 10;
const SAMPLES: string = resolve(
  process.env['FIELDVAULT_SAMPLES'] ?? join(import.meta.dirname, '../../shared/data'),
);
/** Copies of each real file, so that a round takes long enough. */
const COPIES = 40;
/** Files that a worker takes at a time. */
const BATCH_FILES = 4;
/** As many as the project's own pool has. */
const WORKERS = Math.min(4, availableParallelism());

/** How fast pictures are looked at: found, decoded, described, in all workers. */
export const BENCH: Bench = {
  name: 'likeness',
  promise:
    'The likeness of at least 100 RAW files a second is taken, on four workers; scores take longer.',
  run: measureLikeness,
};

/** Pictures of one kind. */
interface Set {
  readonly name: string;
  readonly paths: readonly string[];
}

async function measureLikeness(run: BenchRun): Promise<readonly Row[]> {
  const card = await run.card();
  const folder = join(run.scratch, 'likeness');
  const raws: Set = {
    name: `simulated ${card.megapixels.toFixed(0)}-megapixel RAW, JPEG of full size inside`,
    paths: filesBelow(card.path, (path) => /\.(NEF|DNG)$/i.test(path)),
  };
  const real: Set[] = [];
  for (const [name, path] of [
    ['real CR2, preview of 1,728 pixels inside', 'raw/complete/IMG_0848.CR2'],
    ['real JPEG of 24 megapixels', 'metadata/immich/albums/text/craft-beer.jpg'],
  ] as const) {
    const set = await copySample(folder, name, path);
    if (set !== null) real.push(set);
  }
  const [cr2, jpeg] = real;
  const world = openNodeWorld();
  try {
    const measure = async (set: Set, peers: readonly Entrant[] = []): Promise<Results> => {
      // Read once before: what is measured is the processor's work, not the disk's.
      for (const path of set.paths) readFileSync(path);
      const ours = (['scores', 'fingerprint'] as const).map((how) =>
        looking(world.workers, set, how),
      );
      for (const { measure: once } of ours) await once();
      return measureRounds([...ours, ...peers], run.sizes.rounds, run.say);
    };
    const rows = rowsOf(raws, await measure(raws, exiftool(raws)), true);
    if (cr2 !== undefined) rows.push(...rowsOf(cr2, await measure(cr2, exiftool(cr2)), true));
    if (jpeg !== undefined) {
      const peer = { ...looking(world.workers, jpeg, 'decode'), name: DECODE };
      rows.push(...rowsOf(jpeg, await measure(jpeg, [peer]), false));
    }
    return rows;
  } finally {
    await world.workers.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** All workers look at the files of a set, a few at a time each. */
function looking(
  workers: ReturnType<typeof openNodeWorld>['workers'],
  set: Set,
  how: LookRequest['how'],
): Entrant {
  return {
    name: how,
    measure: async (): Promise<Timing> => {
      const startMs = performance.now();
      // Of the whole process: its threads are the workers.
      const before = process.cpuUsage();
      const batches = Array.from({ length: Math.ceil(set.paths.length / BATCH_FILES) }, (_, at) =>
        set.paths.slice(at * BATCH_FILES, (at + 1) * BATCH_FILES),
      );
      const seen = await Promise.all(
        batches.map((paths) => workers.run(LOOK_TASK, { paths, how })),
      );
      const count = seen.reduce((sum, one) => sum + one, 0);
      if (count !== set.paths.length) throw new Error(`${count} of ${set.paths.length} were seen`);
      const { user, system } = process.cpuUsage(before);
      const cpuSeconds = (user + system) / 1e6;
      return { seconds: (performance.now() - startMs) / 1000, cpuSeconds, peakBytes: 0 };
    },
  };
}

/** ExifTool in one process over all files; it takes the bytes out and looks at nothing. */
function exiftool(set: Set): readonly Entrant[] {
  if (findProgram('exiftool') === null) return [];
  const words = ['-q', '-m', '-b', '-PreviewImage', '-JpgFromRaw', ...set.paths];
  return [{ name: EXIFTOOL, measure: () => timed({ words: ['exiftool', ...words] }) }];
}

function rowsOf(set: Set, results: Results, isRaw: boolean): Row[] {
  const count = set.paths.length;
  const each = (how: string, value: (timing: Timing) => number): number =>
    (median((results.get(how) ?? []).map(value)) * 1000) / count;
  const what = `${count} looks: ${set.name}`;
  const peer = isRaw ? EXIFTOOL : DECODE;
  const rows = [compare(results, { what, ours: 'scores', peer })];
  for (const how of ['scores', 'fingerprint'] as const) {
    const name = how === 'scores' ? 'with scores' : 'fingerprint alone';
    const max = isRaw && how === 'fingerprint' ? RAW_MS_MAX : undefined;
    rows.push(
      limited(`each, ${name}, ${WORKERS} workers`, 'ms', each(how, secondsOf), max),
      limited('its processor time, all workers together', 'ms', each(how, cpuSecondsOf)),
    );
  }
  return rows;
}

async function copySample(folder: string, name: string, path: string): Promise<Set | null> {
  const source = join(SAMPLES, path);
  if (!existsSync(source)) return null;
  const to = join(folder, path);
  await mkdir(to, { recursive: true });
  const paths = Array.from({ length: COPIES }, (_, at) => join(to, `${at}`));
  for (const target of paths) await copyFile(source, target);
  return { name, paths };
}
