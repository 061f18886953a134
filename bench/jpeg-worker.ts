import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { decodeJpeg, encodeJpeg } from '../src/codec/index.ts';

/** What the bench asks of a worker: read the files, recode them all, or decode what it recoded. */
export type JpegAct = 'read' | 'encode' | 'decode';

/** What a worker says when it is done: bytes of the files as they would be stored, and files left as they are. */
export interface JpegDone {
  readonly storedBytes: number;
  readonly left: number;
}

const paths = workerData as readonly string[];
let originals: readonly Uint8Array[] = [];
let containers: readonly (Uint8Array | null)[] = [];

parentPort?.on('message', (act: JpegAct) => {
  if (act === 'read') originals = paths.map((path) => new Uint8Array(readFileSync(path)));
  if (act === 'encode') containers = originals.map((bytes) => encodeJpeg(bytes));
  if (act === 'decode') {
    for (const [index, container] of containers.entries()) {
      if (container === null) continue;
      const bytes = decodeJpeg(container);
      if (Buffer.compare(bytes, originals[index] ?? bytes.subarray(1)) !== 0) {
        throw new Error(`${paths[index]} did not come back`);
      }
    }
  }
  const done: JpegDone = {
    storedBytes: originals.reduce(
      (sum, bytes, index) => sum + (containers[index]?.length ?? bytes.length),
      0,
    ),
    left: containers.filter((container) => container === null).length,
  };
  parentPort?.postMessage(done);
});
