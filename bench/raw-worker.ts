import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { parseBlobId } from '../src/base/index.ts';
import { decodeRaw, encodeRaw, type RawDependency } from '../src/codec/index.ts';

/** What the bench asks of a worker: read the files, recode them all, or decode what it recoded. */
export type RawAct = 'read' | 'encode' | 'decode';

/** What a worker is given: files, and before which one each stands in its burst. */
export interface RawWork {
  readonly paths: readonly string[];
  readonly siblings: readonly (string | null)[];
}

/** What a worker says when it is done. */
export interface RawDone {
  /** By file: bytes of its container, or of itself where it is left as it is. */
  readonly storedBytes: readonly number[];
  readonly peakBytes: number;
}

const { paths, siblings } = workerData as RawWork;
let originals: readonly Uint8Array[] = [];
let dependencies: readonly (RawDependency | null)[] = [];
let containers: readonly (Uint8Array | null)[] = [];

function dependencyOf(path: string | null): RawDependency | null {
  if (path === null) return null;
  const bytes = new Uint8Array(readFileSync(path));
  const id = parseBlobId(createHash('sha256').update(bytes).digest('hex'));
  if (id === null) throw new Error('no digest');
  return { id, bytes };
}

function decodeAll(): void {
  for (const [index, container] of containers.entries()) {
    if (container === null) continue;
    const sibling = dependencies[index] ?? null;
    const bytes = decodeRaw(container, { dependencies: sibling === null ? [] : [sibling] });
    if (Buffer.compare(bytes, originals[index] ?? bytes.subarray(1)) !== 0) {
      throw new Error(`${paths[index]} did not come back`);
    }
  }
}

parentPort?.on('message', (act: RawAct) => {
  if (act === 'read') {
    originals = paths.map((path) => new Uint8Array(readFileSync(path)));
    dependencies = siblings.map(dependencyOf);
  }
  if (act === 'encode') {
    containers = originals.map((bytes, index) => {
      const sibling = dependencies[index] ?? null;
      return encodeRaw(bytes, sibling === null ? {} : { sibling });
    });
  }
  if (act === 'decode') decodeAll();
  const done: RawDone = {
    storedBytes: originals.map((bytes, index) => containers[index]?.length ?? bytes.length),
    peakBytes: process.resourceUsage().maxRSS * 1024,
  };
  parentPort?.postMessage(done);
});
