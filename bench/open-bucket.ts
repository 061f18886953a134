import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { openVault, openWorld } from '../src/index.ts';
import { ObjectDisk, type ObjectStore, withBuckets } from '../src/store/index.ts';
import { MemoryStore } from '../src/testing/index.ts';

/** What opening a vault in a bucket took. */
export interface BucketOpening {
  readonly blobs: number;
  readonly openMs: number;
  readonly requests: number;
  readonly lists: number;
}

/** Opens a vault whose one journal is cut into many, over a link on which every answer takes its time. */
const [folder = '', journals = '1', answerMs = '0'] = process.argv.slice(2);
const world = openWorld();
const memory = new MemoryStore({ nowMs: () => world.clock.nowMs() });
for (const name of await readdir(folder, { recursive: true, withFileTypes: true })) {
  if (!name.isFile()) continue;
  const path = join(name.parentPath, name.name);
  const key = `v/${path.slice(folder.length + 1)}`;
  const bytes = await readFile(path);
  if (key.startsWith('v/journal/000002')) await putPieces(bytes, Number(journals));
  else await memory.put(key, bytes);
}
const slow = withLatency(memory, Number(answerMs));
const bucketWorld = withBuckets(world, async (bucket) => {
  const options = { bucket, store: slow, local: world.disk, stagingFolder: `${folder}-staging` };
  return new ObjectDisk({ ...options, hex: world.random.hex, nowMs: () => world.clock.nowMs() });
});
const before = requestsOf(memory);
const startMs = performance.now();
const vault = await openVault(bucketWorld, 's3://bench/v');
const openMs = performance.now() - startMs;
const report: BucketOpening = {
  blobs: vault.ledger.blobs.size,
  openMs,
  requests: requestsOf(memory) - before,
  lists: memory.counts.get('list')?.calls ?? 0,
};
console.log(JSON.stringify(report));
await world.workers.close();

/** Each piece is a journal file of a run that was cut off: read like any other. */
async function putPieces(bytes: Buffer, count: number): Promise<void> {
  let start = 0;
  for (let piece = 1; piece <= count; piece += 1) {
    const wanted = Math.floor((bytes.length * piece) / count);
    const end = piece === count ? bytes.length : bytes.indexOf(0x0a, wanted) + 1;
    const number = String(piece + 1).padStart(6, '0');
    const name = `${number}-20261122T090000Z-${world.random.hex(16)}.jsonl`;
    await memory.put(`v/journal/${name}`, bytes.subarray(start, end));
    start = end;
  }
}

function requestsOf(store: MemoryStore): number {
  return [...store.counts.values()].reduce((sum, { calls }) => sum + calls, 0);
}

function withLatency(store: ObjectStore, ms: number): ObjectStore {
  const late = async <T>(work: () => Promise<T>): Promise<T> => {
    await world.clock.sleep(ms);
    return work();
  };
  return {
    get: (key, range) => late(() => store.get(key, range)),
    head: (key) => late(() => store.head(key)),
    put: (key, bytes, options) => late(() => store.put(key, bytes, options)),
    list: (wanted) => late(() => store.list(wanted)),
    remove: (key) => late(() => store.remove(key)),
    beginUpload: (key) => late(() => store.beginUpload(key)),
    putPart: (upload, number, bytes) => late(() => store.putPart(upload, number, bytes)),
    listParts: (upload) => late(() => store.listParts(upload)),
    completeUpload: (upload, parts) => late(() => store.completeUpload(upload, parts)),
    abortUpload: (upload) => late(() => store.abortUpload(upload)),
    listUploads: (prefix) => late(() => store.listUploads(prefix)),
    close: () => store.close(),
  };
}
