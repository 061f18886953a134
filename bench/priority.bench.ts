import { performance } from 'node:perf_hooks';
import {
  DEFAULT_POLICY,
  type PlanFrame,
  type PlanInput,
  planRetention,
  planTiers,
  type Version,
} from '../src/priority/index.ts';
import { pickBelow, type SeededRandom, seededRandom } from '../src/testing/index.ts';
import { copyOf, frameOf, GB, NOW_MS } from '../test/priority/frame-sketches.ts';
import { inputOf, vaultOf } from '../test/priority/plan-inputs.ts';
import { limited, median } from './rounds.ts';
import type { Bench, BenchRun, Row } from './row.ts';

const SEED = 20_261_122;
const SNAPSHOTS = 10_000;
const DAY_MS = 86_400_000;
const MB = 1_000_000;

/** What it takes to say what to protect first, and which versions to keep. */
export const BENCH: Bench = {
  name: 'priority',
  promise: 'A plan for 100,000 frames takes less than 1 s, retention on 10,000 snapshots too.',
  run: measurePriority,
};

async function measurePriority(run: BenchRun): Promise<readonly Row[]> {
  const count = run.sizes.smallFiles;
  const frames = library(seededRandom(SEED), count);
  const needed = frames.reduce((sum, { facts }) => sum + facts.sizeBytes, 0);
  const of = `${count.toLocaleString('en')} frames`;
  const [roomy, tight] = [4, 0.45].map((share) => asked(frames, needed * share));
  const versions = catalogVersions(seededRandom(SEED));
  const now = { timeMs: NOW_MS, offsetMinutes: 180 };
  const rounds: readonly (readonly [what: string, work: () => unknown])[] = [
    [`plan for ${of}, room for all, two vaults`, () => roomy && planTiers(roomy)],
    [
      `plan for ${of}, too little room: much is compacted, much waits`,
      () => tight && planTiers(tight),
    ],
    [
      `retention on ${SNAPSHOTS.toLocaleString('en')} snapshots`,
      () => planRetention(versions, now),
    ],
    [`retention on ${of}' sidecars`, () => planRetention(sidecars(frames), now)],
  ];
  const rows: Row[] = [];
  for (const [what, work] of rounds) {
    // The first time counts: a command plans once.
    const [first = 0, ...others] = Array.from({ length: run.sizes.rounds + 1 }, () => timed(work));
    run.say(`${what}: ${(first * 1000).toFixed(0)} ms, then ${(median(others) * 1000).toFixed(0)}`);
    rows.push(limited(`${what}, the first time`, 's', first, 1));
    rows.push(limited('then', 's', median(others)));
  }
  return rows;
}

function timed(work: () => unknown): number {
  const startMs = performance.now();
  work();
  return (performance.now() - startMs) / 1000;
}

/** A season: most of it general, a third of it on the small drive already. */
function library(random: SeededRandom, count: number): PlanFrame[] {
  const ratings = [-1, 0, 0, 0, 0, 0, 1, 2, 3, 5];
  return Array.from({ length: count }, (_, index) => {
    const sizeBytes = 20 * MB + pickBelow(random, 40 * MB);
    const copies = index % 3 === 0 ? [copyOf('ssd', { storedBytes: sizeBytes })] : [];
    const rating = ratings[pickBelow(random, ratings.length)] ?? 0;
    const takenMs = NOW_MS - pickBelow(random, 90) * DAY_MS;
    const compactBytes = Math.round(sizeBytes * 0.7);
    return frameOf({ id: `frame-${index}`, rating, sizeBytes, takenMs, compactBytes, copies });
  });
}

function asked(frames: readonly PlanFrame[], bytes: number): PlanInput {
  const freeBytes = Math.round(bytes);
  const vaults = [
    vaultOf('ssd', { freeBytes, totalBytes: 2 * freeBytes }),
    vaultOf('mirror', { rank: 1, freeBytes: freeBytes + 10 * GB, totalBytes: 4 * freeBytes }),
  ];
  const marks = frames.slice(0, 1000).map(({ facts }, sequence) => {
    return { frame: facts.id, tier: 'select', who: 'H', timeMs: NOW_MS, sequence };
  });
  return inputOf({ frames, vaults, marks, policy: DEFAULT_POLICY });
}

function catalogVersions(random: SeededRandom): Version[] {
  const [tier] = DEFAULT_POLICY.tiers;
  const keep = tier?.keep ?? { last: 1, daily: 0, weekly: 0, monthly: 0 };
  let timeMs = NOW_MS - 1000 * DAY_MS;
  return Array.from({ length: SNAPSHOTS }, (_, sequence) => {
    timeMs += pickBelow(random, 0.2 * DAY_MS);
    return { id: `v${sequence}`, path: 'Season.lrcat', kind: 'catalog', timeMs, sequence, keep };
  });
}

/** A frame in ten has a sidecar that was written three times. */
function sidecars(frames: readonly PlanFrame[]): Version[] {
  const keep = { last: 1, daily: 1, weekly: 1, monthly: 1 };
  return frames.map(({ facts }, sequence) => ({
    id: facts.id,
    path: `${Math.floor(sequence / 3)}.xmp`,
    kind: 'sidecar',
    timeMs: NOW_MS - sequence,
    sequence: -sequence,
    keep,
  }));
}
