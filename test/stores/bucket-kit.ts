import type { World } from '../../src/index.ts';
import { ObjectDisk, type ObjectStore, readSmallFile, withBuckets } from '../../src/store/index.ts';
import {
  pickBelow,
  type SeededRandom,
  type SimWorld,
  seededRandom,
  simWorld,
} from '../../src/testing/index.ts';

/** A simulated machine, and the world its programs see: paths below `s3://studio` are in the store. */
export interface Workstation {
  readonly machine: SimWorld;
  readonly world: World;
}

/** A workstation whose bucket `studio` is the store. */
export function workstationAt(store: ObjectStore, seed: number): Workstation {
  const machine = simWorld(seed);
  machine.disk.stage.plant('/staging/.here', '');
  return { machine, world: processAt(machine, store) };
}

/** A new process on the machine, an hour later: it knows nothing of uploads that another one began. */
export function processAt(machine: SimWorld, store: ObjectStore): World {
  machine.clock.advance(HOUR_MS);
  const processId = Math.round(machine.clock.nowMs() / HOUR_MS);
  const isRunning = (other: number): boolean => other === processId;
  const alone = { ...machine, host: { name: machine.host.name, processId, isRunning } };
  return withBuckets<World>(alone, async (bucket) => {
    const { hex } = machine.random;
    const options = { local: machine.disk, stagingFolder: `/staging/${bucket}`, hex };
    return new ObjectDisk({ ...options, bucket, store, nowMs: () => machine.clock.nowMs() });
  });
}

const HOUR_MS = 3_600_000;

/** Bytes that do not shrink and are the same for the same seed. */
export function noise(sizeBytes: number, seed: number): Uint8Array {
  const random = seededRandom(seed);
  return Uint8Array.from({ length: sizeBytes }, () => random() * 256);
}

/** The bytes of a file of the machine; null where it is not there. */
export async function readBack({ disk }: SimWorld, path: string): Promise<Uint8Array | null> {
  const bytes = await readSmallFile(disk, path, 1e9);
  return bytes === null ? null : new Uint8Array(bytes);
}

/** The same store with answers that come after a random number of turns, so that the calls of several writers mix. */
export function slowStore(store: ObjectStore, random: SeededRandom): ObjectStore {
  const turns = async (): Promise<void> => {
    for (let left = pickBelow(random, 12); left > 0; left -= 1) await Promise.resolve();
  };
  const slow = async <T>(work: () => Promise<T>): Promise<T> => {
    await turns();
    const done = await work();
    await turns();
    return done;
  };
  return {
    get: (key, range) => slow(() => store.get(key, range)),
    head: (key) => slow(() => store.head(key)),
    put: (key, bytes, options) => slow(() => store.put(key, bytes, options)),
    list: (wanted) => slow(() => store.list(wanted)),
    remove: (key) => slow(() => store.remove(key)),
    beginUpload: (key) => slow(() => store.beginUpload(key)),
    putPart: (upload, number, bytes) => slow(() => store.putPart(upload, number, bytes)),
    listParts: (upload) => slow(() => store.listParts(upload)),
    completeUpload: (upload, parts) => slow(() => store.completeUpload(upload, parts)),
    abortUpload: (upload) => slow(() => store.abortUpload(upload)),
    listUploads: (prefix) => slow(() => store.listUploads(prefix)),
    close: () => store.close(),
  };
}
