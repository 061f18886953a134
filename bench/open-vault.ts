import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openVault, openWorld } from '../src/index.ts';

/** What opening a vault took, in a process that did nothing else. */
export interface OpeningReport {
  readonly blobs: number;
  readonly openMs: number;
  /** Heap that the open vault holds. */
  readonly heapBytes: number;
}

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const world = openWorld();
collectGarbage();
const before = process.memoryUsage().heapUsed;
const startMs = performance.now();
const vault = await openVault(world, process.argv[2] ?? '');
const openMs = performance.now() - startMs;
collectGarbage();
const heapBytes = process.memoryUsage().heapUsed - before;
const report: OpeningReport = { blobs: vault.ledger.blobs.size, openMs, heapBytes };
console.log(JSON.stringify(report));
