import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { openWorld } from '../src/index.ts';
import { openRecordReader, readQuickFacts } from '../src/metadata/index.ts';
import { tinyShoot, writeShoot } from '../src/testing/index.ts';
import { findProgram, type Timing, timed } from './command.ts';
import { compare, type Entrant, measureRounds, median, type Results, secondsOf } from './rounds.ts';
import type { Bench, BenchRun, Row } from './row.ts';

const SEED = 20_261_122;
const FRAMES = 200;
const HEAD_BYTES = 262_144;
const QUICK_PER_SECOND_MIN = 500;
const QUICK_MS_MAX = 1;
const FULL_PER_SECOND_MIN = 100;
const FULL_MS_MAX = 50;
const PEER = 'exiftool -json';
const PICTURES = /\.(jpe?g|nef|dng|cr2|cr3|crw|raf|rw2|arw|orf|heic|avif|tiff?|png|webp|gpr)$/i;
const SAMPLES = resolve(
  process.env['FIELDVAULT_SAMPLES'] ?? join(import.meta.dirname, '../../shared/data'),
);

/** Quick facts in-process and full records from the ExifTool pool; ExifTool's own command line beside them. */
export const BENCH: Bench = {
  name: 'metadata',
  promise:
    'Quick facts come in under a millisecond, at least 500 files/s; full records in under 50 ms an image, at least 100 files/s.',
  run: measureMetadata,
};

async function measureMetadata(run: BenchRun): Promise<readonly Row[]> {
  const shoot = await writeShootFiles(run);
  const rows = await measureSet(run, 'files of a simulated camera', shoot);
  if (!existsSync(join(SAMPLES, 'MANIFEST.tsv'))) {
    const skipped = 'skipped: no MANIFEST.tsv in the samples folder (FIELDVAULT_SAMPLES)';
    return [
      ...rows,
      { what: 'real files', unit: 'ms', ours: null, peer: null, verdict: null, skipped },
    ];
  }
  // The command line fails as a whole where one file is damaged.
  const isWhole = (path: string): boolean =>
    PICTURES.test(path) && readQuickFacts(path, headOf(path)).facts !== null;
  return [...rows, ...(await measureSet(run, 'real files', filesBelow(SAMPLES, isWhole)))];
}

/** RAW and JPEG of small frames with all the metadata of large ones. */
async function writeShootFiles(run: BenchRun): Promise<readonly string[]> {
  const world = openWorld();
  const folder = join(run.scratch, 'METADATA');
  run.say(`shooting ${FRAMES} small frames`);
  try {
    const plan = { ...tinyShoot(SEED), frames: FRAMES, width: 240, height: 160 };
    await writeShoot(world.disk, folder, plan, world.workers);
  } finally {
    await world.workers.close();
  }
  return filesBelow(folder, (name) => PICTURES.test(name));
}

function filesBelow(folder: string, isTaken: (path: string) => boolean): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(isTaken);
}

function headOf(path: string): Uint8Array {
  return new Uint8Array(readFileSync(path).subarray(0, HEAD_BYTES));
}

async function measureSet(run: BenchRun, set: string, files: readonly string[]): Promise<Row[]> {
  const heads = files.map(headOf);
  const readOnce = (): void => {
    for (const [index, head] of heads.entries()) readQuickFacts(files[index] ?? '', head);
  };
  const quick: Entrant = { name: 'quick', measure: () => wallTime(async () => readOnce()) };
  const full: Entrant = { name: 'full', measure: () => wallTime(() => readRecords(files)) };
  const peers = findProgram('exiftool') === null ? [] : [commandLine(files)];
  // Once before the clock runs: all is compiled and in the page cache then.
  await quick.measure();
  await full.measure();
  const results = await measureRounds([quick, full, ...peers], run.sizes.rounds, run.say);
  const what = `${files.length} ${set}`;
  const quickPromise: Promised = {
    name: 'quick',
    what: `quick facts of ${what}, one thread`,
    perSecondMin: QUICK_PER_SECOND_MIN,
    msMax: QUICK_MS_MAX,
  };
  const fullPromise: Promised = {
    name: 'full',
    what: `full records of ${what}, ${processes()} processes`,
    perSecondMin: FULL_PER_SECOND_MIN,
    msMax: FULL_MS_MAX,
  };
  return [
    ...rates(results, quickPromise, files.length),
    ...rates(results, fullPromise, files.length),
    compare(results, { what: `full records of ${what}`, ours: 'full', peer: PEER }),
    compare(results, { what: `quick facts of ${what}`, ours: 'quick', peer: PEER }),
  ];
}

interface Promised {
  readonly name: 'quick' | 'full';
  readonly what: string;
  readonly perSecondMin: number;
  readonly msMax: number;
}

/** Files in a second, and what one of them takes while it is in work. */
function rates(results: Results, promise: Promised, files: number): Row[] {
  const { name, what } = promise;
  const seconds = median((results.get(name) ?? []).map(secondsOf));
  const perSecond = files / seconds;
  const inWork = name === 'full' ? processes() : 1;
  const msEach = (seconds * 1000 * inWork) / files;
  const atLeast = {
    text: `>= ${promise.perSecondMin} files/s`,
    isKept: perSecond >= promise.perSecondMin,
  };
  const atMost = { text: `<= ${promise.msMax} ms`, isKept: msEach <= promise.msMax };
  return [
    { what, unit: 'files/s', ours: perSecond, peer: null, verdict: atLeast },
    { what: 'each of them, in its process', unit: 'ms', ours: msEach, peer: null, verdict: atMost },
  ];
}

function processes(): number {
  return Math.min(availableParallelism(), 4);
}

/** From the start of the processes to their end, as the command line is measured. */
async function readRecords(files: readonly string[]): Promise<void> {
  const reader = openRecordReader({ processes: processes() });
  const outcomes = await Promise.all(files.map(reader.read));
  await reader.close();
  const unread = outcomes.filter(({ state }) => state === 'unreadable').length;
  if (unread > files.length / 10) throw new Error(`${unread} of ${files.length} were not read`);
}

function commandLine(files: readonly string[]): Entrant {
  return {
    name: PEER,
    measure: () => timed({ words: ['exiftool', '-json', '-q', '-m', ...files] }),
  };
}

async function wallTime(work: () => Promise<void>): Promise<Timing> {
  const startMs = performance.now();
  await work();
  const seconds = (performance.now() - startMs) / 1000;
  return { seconds, cpuSeconds: seconds, peakBytes: 0 };
}
