import { performance } from 'node:perf_hooks';
import { findLookAlikes, groupFrames } from '../src/analysis/index.ts';
import { scorePairs, simLibrary } from '../src/testing/index.ts';
import { groupByTime } from './group-baselines.ts';

/** What grouping a simulated library took, in a process that did nothing else. */
export interface LibraryReport {
  readonly frames: number;
  readonly groups: number;
  readonly groupMs: number;
  readonly byTimeMs: number;
  /** One search of all frames for those that look like one. */
  readonly searchMs: number;
  readonly precision: number;
  readonly recall: number;
  readonly byTimePrecision: number;
  readonly byTimeRecall: number;
  /** Copies that were told, of all there are. */
  readonly copiesTold: number;
}

const [seed = '1', count = '1000'] = process.argv.slice(2);
const { frames, truth, copies } = simLibrary(Number(seed), Number(count));
const startMs = performance.now();
const groups = groupFrames(frames);
const groupMs = performance.now() - startMs;
const againMs = performance.now();
const byTime = groupByTime(frames, 2);
const byTimeMs = performance.now() - againMs;
const searchStartMs = performance.now();
const found = findLookAlikes(frames[0]?.fingerprint ?? '', frames);
const searchMs = performance.now() - searchStartMs;
if (found.length === 0) throw new Error('the first frame was not found');
const ours = scorePairs(groups, truth);
const theirs = scorePairs(byTime, truth);
const told = groups
  .filter(({ kind }) => kind === 'look-alikes')
  .flatMap((group) => group.frames.slice(1));
const report: LibraryReport = {
  frames: frames.length,
  groups: groups.length,
  groupMs,
  byTimeMs,
  searchMs,
  precision: ours.precision,
  recall: ours.recall,
  byTimePrecision: theirs.precision,
  byTimeRecall: theirs.recall,
  copiesTold: told.filter(({ id }) => copies.has(id)).length / copies.size,
};
console.log(JSON.stringify(report));
