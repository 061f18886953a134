import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { GROUP_DEFAULTS, type Group, type GroupFrame, groupFrames } from '../src/analysis/index.ts';
import { type Hamming, hash32, openHamming, plainHammingKernel } from '../src/kernels/index.ts';
import { openRecordReader } from '../src/metadata/index.ts';
import { scorePairs } from '../src/testing/index.ts';
import { measuredNode, prepare } from './command.ts';
import { groupByLikeness, groupByTime } from './group-baselines.ts';
import type { LibraryReport } from './group-library.ts';
import { type KnownSet, readRealSets, takeSimulatedSet } from './group-sets.ts';
import { compare, type Entrant, limited, measureRounds } from './rounds.ts';
import type { Bench, BenchRun, Row } from './row.ts';

const SEED = 20_261_122;
/** The thresholds were looked at on the first day alone. */
const SCENE_SEEDS = [1, 2, 3];
const ROWS = 1_000_000;
const WINDOW = 30;
const KERNEL = 'Hamming kernel';
const TWIN = 'its plain twin';
const TIME_ONLY = 'time alone, 2 s';
const LIKENESS_ONLY = 'likeness alone, 90 bits';
const SAMPLES = resolve(
  process.env['FIELDVAULT_SAMPLES'] ?? join(import.meta.dirname, '../../shared/data'),
);

/** How well and how fast frames are grouped, beside grouping by time alone and by likeness alone. */
export const BENCH: Bench = {
  name: 'grouping',
  promise:
    'Grouping 100,000 frames takes less than 10 s and 500 MB; series are told from frames that have to stay apart.',
  run: measureGrouping,
};

async function measureGrouping(run: BenchRun): Promise<readonly Row[]> {
  const rows = [...(await measureKernel(run)), ...(await measureLibrary(run))];
  for (const seed of SCENE_SEEDS) {
    run.say(`taking the simulated day ${seed}`);
    rows.push(...rowsOf(await takeSimulatedSet(seed)));
  }
  if (!existsSync(join(SAMPLES, 'MANIFEST.tsv'))) {
    const skipped = 'skipped: no MANIFEST.tsv in the samples folder (FIELDVAULT_SAMPLES)';
    rows.push({ what: 'real sets', unit: '%', ours: null, peer: null, verdict: null, skipped });
    return rows;
  }
  run.say('reading the real sets');
  const records = openRecordReader();
  try {
    const sets = await readRealSets(SAMPLES, records);
    rows.push(...sets.flatMap(rowsOf), ...rowsOf(mixed(sets)));
  } finally {
    await records.close();
  }
  return rows;
}

async function measureKernel(run: BenchRun): Promise<Row[]> {
  const rows = new Uint8Array(ROWS * 32);
  const words = new Uint32Array(rows.buffer);
  for (let word = 0; word < words.length; word += 1) words[word] = hash32(SEED, word);
  const kernels: readonly (readonly [string, Hamming])[] = [
    [KERNEL, openHamming()],
    [TWIN, openHamming(plainHammingKernel)],
  ];
  const query = rows.slice(0, 32);
  const near = rows.subarray(0, 100_000 * 32);
  const ends = Uint32Array.from({ length: 100_000 }, (_, row) => row + 1 + WINDOW);
  const scans = kernels.map(([name, of]) => entrant(name, () => void of.distances(query, rows)));
  const windows = kernels.map(([name, of]) =>
    entrant(name, () => {
      for (const _ of of.nearPairs(near, { ends, distanceMax: 90 }));
    }),
  );
  const table: Row[] = [];
  for (const [what, entrants] of [
    ['distances of one fingerprint to 1,000,000', scans],
    [`100,000 fingerprints, each with the next ${WINDOW}`, windows],
  ] as const) {
    for (const { measure } of entrants) await measure();
    const results = await measureRounds(entrants, run.sizes.rounds, run.say);
    const value = (timing: { readonly seconds: number }): number => timing.seconds * 1000;
    table.push(
      compare(results, { what, ours: KERNEL, peer: TWIN, unit: 'ms', value, ratioMax: 1 }),
    );
  }
  return table;
}

function entrant(name: string, work: () => void): Entrant {
  return {
    name,
    measure: async () => {
      const startMs = performance.now();
      work();
      const seconds = (performance.now() - startMs) / 1000;
      return { seconds, cpuSeconds: seconds, peakBytes: 0 };
    },
  };
}

async function measureLibrary(run: BenchRun): Promise<Row[]> {
  const output = join(run.scratch, 'group-library.json');
  const peak = `${output}.peak`;
  run.say(`grouping ${run.sizes.smallFiles} simulated records`);
  const words = [String(SEED), String(run.sizes.smallFiles)];
  await prepare({ ...measuredNode('bench/group-library.ts', words, peak), output });
  const report = JSON.parse(await readFile(output, 'utf8')) as LibraryReport;
  const peakBytes = Number(await readFile(peak, 'utf8'));
  const what = `grouping ${report.frames.toLocaleString('en')} simulated records`;
  const seconds = report.groupMs / 1000;
  const byTime = report.byTimeMs / 1000;
  return [
    {
      ...limited(what, 's', seconds, 10),
      peer: { name: TIME_ONLY, value: byTime, ratio: seconds / byTime },
    },
    limited('peak memory of the process, records included', 'MB', peakBytes / 1e6, 500),
    limited('one search of them for look-alikes, records packed anew', 'ms', report.searchMs),
    share('its precision', report.precision, { name: TIME_ONLY, value: report.byTimePrecision }),
    share('its recall', report.recall, { name: TIME_ONLY, value: report.byTimeRecall }),
    share('copies told as copies', report.copiesTold, null),
  ];
}

/** All real frames in one library. */
function mixed(sets: readonly KnownSet[]): KnownSet {
  const name = 'all real sets in one library';
  const keyed = (key: 'truth' | 'shots'): Map<string, string> =>
    new Map(sets.flatMap((set) => [...set[key]].map(([id, one]) => [id, `${set.name} ${one}`])));
  const frames = sets.flatMap((set) => set.frames);
  return { name, frames, truth: keyed('truth'), shots: keyed('shots') };
}

function rowsOf({ name, frames, truth, shots }: KnownSet): Row[] {
  const groups = groupFrames(frames);
  const ours = scorePairs(groups, truth);
  const rows: Row[] = [];
  const baselines: readonly (readonly [string, (of: readonly GroupFrame[]) => Group[]])[] = [
    [TIME_ONLY, (of) => groupByTime(of, 2)],
    [LIKENESS_ONLY, (of) => groupByLikeness(of, GROUP_DEFAULTS.burstDistanceMax)],
  ];
  const counts = `${frames.length} frames, ${ours.wanted} pairs`;
  for (const [peer, group] of baselines) {
    const theirs = scorePairs(group(frames), truth);
    const of = `${name} (${counts})`;
    rows.push(share(`precision, ${of}`, ours.precision, { name: peer, value: theirs.precision }));
    if (ours.wanted === 0) continue;
    rows.push(share(`recall, ${of}`, ours.recall, { name: peer, value: theirs.recall }));
  }
  const alike = groups.filter(({ kind }) => kind === 'look-alikes');
  const copies = scorePairs(
    alike.map((group) => ({ ...group, kind: 'burst' })),
    shots,
  );
  if (copies.wanted > 0 || copies.found > 0) {
    const of = `copies and edits, ${name} (${copies.wanted} pairs)`;
    rows.push(share(`precision of ${of}`, copies.precision, null));
    rows.push(share(`recall of ${of}`, copies.recall, null));
  }
  return rows;
}

function share(
  what: string,
  ours: number,
  peer: { readonly name: string; readonly value: number } | null,
): Row {
  const theirs = peer === null ? null : { name: peer.name, value: peer.value * 100, ratio: null };
  return { what, unit: '%', ours: ours * 100, peer: theirs, verdict: null };
}
