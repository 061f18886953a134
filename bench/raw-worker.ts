import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { parseBlobId } from '../src/base/index.ts';
import { decodeRaw, describeRaw, encodeRaw, type RawDependency } from '../src/codec/index.ts';

/** What the bench asks of a worker: read the files, recode them all, or decode what it recoded. */
export type RawAct = 'read' | 'encode' | 'decode';

/** What a worker is given: files, and before which one each stands in its burst. */
export interface RawWork {
  readonly paths: readonly string[];
  readonly siblings: readonly (string | null)[];
  /** Whether previews are recoded too, or kept apart as files. */
  readonly previews: 'inside' | 'apart';
}

/** What a worker says when it is done. */
export interface RawDone {
  /** By file: bytes of its container, or of itself where it is left as it is. */
  readonly storedBytes: readonly number[];
}

const { paths, siblings, previews } = workerData as RawWork;
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
    const original = originals[index] ?? new Uint8Array(0);
    const apart = (describeRaw(container)?.apart ?? []).map(({ offset, length }) =>
      original.subarray(offset, offset + length),
    );
    const dependency = sibling === null ? [] : [sibling];
    const bytes = decodeRaw(container, { dependencies: dependency, previews: apart });
    if (Buffer.compare(bytes, original) !== 0) {
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
      return encodeRaw(bytes, { previews, ...(sibling === null ? {} : { sibling }) });
    });
  }
  if (act === 'decode') decodeAll();
  const done: RawDone = {
    storedBytes: originals.map((bytes, index) => containers[index]?.length ?? bytes.length),
  };
  parentPort?.postMessage(done);
});
