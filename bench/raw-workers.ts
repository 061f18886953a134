import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import type { RawAct, RawDone, RawWork } from './raw-worker.ts';

/** As many as the project's own pool has. */
export const WORKERS: number = Math.min(4, availableParallelism());

/** A RAW file, and the one before it in its burst where it may be used. */
export interface RawFile {
  readonly path: string;
  readonly sibling: string | null;
}

/** What recoding some files gave. */
export interface RawFigures {
  /** Bytes stored, by file, in the order given. */
  readonly storedBytes: readonly number[];
  /** Seconds of the best round. */
  readonly encodeSeconds: number;
  readonly decodeSeconds: number;
}

/** Recodes files and decodes them again in all workers, dealt out one by one; the first round compiles. */
export async function measureRecoding(
  files: readonly RawFile[],
  rounds: number,
  previews: RawWork['previews'] = 'inside',
): Promise<RawFigures> {
  const shares = Array.from({ length: Math.min(WORKERS, files.length) }, (_share, worker) =>
    files.map((_file, index) => index).filter((index) => index % WORKERS === worker),
  );
  const script = new URL('./raw-worker.ts', import.meta.url);
  const workers = shares.map((share) => {
    const workerData: RawWork = {
      paths: share.map((index) => files[index]?.path ?? ''),
      siblings: share.map((index) => files[index]?.sibling ?? null),
      previews,
    };
    return new Worker(script, { workerData });
  });
  const storedBytes = files.map(() => 0);
  const act = async (what: RawAct): Promise<number> => {
    const startMs = performance.now();
    await Promise.all(
      workers.map(async (worker, at) => {
        worker.postMessage(what);
        const [said] = (await once(worker, 'message')) as [RawDone];
        shares[at]?.forEach((index, place) => {
          storedBytes[index] = said.storedBytes[place] ?? 0;
        });
      }),
    );
    return (performance.now() - startMs) / 1000;
  };
  await act('read');
  const best = { encode: Number.POSITIVE_INFINITY, decode: Number.POSITIVE_INFINITY };
  for (let round = 0; round < rounds; round++) {
    best.encode = Math.min(best.encode, await act('encode'));
    best.decode = Math.min(best.decode, await act('decode'));
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
  return {
    storedBytes,
    encodeSeconds: best.encode,
    decodeSeconds: best.decode,
  };
}
