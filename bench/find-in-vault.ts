import { performance } from 'node:perf_hooks';
import { findFrames, groupBursts, openVault, openWorld, parseQuery } from '../src/index.ts';

/** What knowing a vault took, in a process that did nothing else. */
export interface KnowingReport {
  readonly frames: number;
  readonly groups: number;
  readonly openMs: number;
  /** The first find, which joins all facts and builds the index. */
  readonly buildMs: number;
  /** The same again: opening the vault not counted. */
  readonly findMs: number;
  readonly found: number;
  /** Joins all facts and groups, without an index. */
  readonly groupMs: number;
}

const QUERY = 'near:-2.0,35.0,40km rating>=3 iso:64..1600 zebra';
const [path = '', cacheFolder = ''] = process.argv.slice(2);
const world = { ...openWorld(), cacheFolder };
const query = parseQuery(QUERY, { localMs: 0 });
const opened = performance.now();
const vault = await openVault(world, path);
const openMs = performance.now() - opened;
const first = performance.now();
await findFrames(world, vault, query, { order: 'rating', isDescending: true });
const buildMs = performance.now() - first;
const again = performance.now();
const { frames } = await findFrames(world, vault, query, { order: 'rating', isDescending: true });
const findMs = performance.now() - again;
const grouping = performance.now();
const groups = await groupBursts(world, vault);
const groupMs = performance.now() - grouping;
const all = await findFrames(world, vault, { type: 'all' });
const report: KnowingReport = {
  frames: all.frames.length,
  groups: groups.length,
  openMs,
  buildMs,
  findMs,
  found: frames.length,
  groupMs,
};
console.log(JSON.stringify(report));
await world.workers.close();
