import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FieldVaultError, parseBlobId } from '../../src/base/index.ts';
import {
  decodeRaw,
  describeRaw,
  encodeRaw,
  type RawDependency,
  rawDependencies,
  readSensorPlanes,
} from '../../src/codec/index.ts';
import { type MakerCoding, seededRandom } from '../../src/testing/index.ts';
import { type MadeRaw, makeRaw } from './make-raw.ts';

const GOLDEN = join(import.meta.dirname, 'raw-recoded-1.json');

/** What became of some mutated inputs. */
export interface MutationCounts {
  /** Files that still had sensor data, and those of them that were recoded and came back. */
  read: number;
  recoded: number;
  /** Containers that were found damaged, and those that gave the original all the same. */
  damaged: number;
  harmless: number;
  /** Milliseconds of the slowest. */
  slowestMs: number;
}

/** An input to be mutated: a RAW file, or a container and what it must give. */
type Input =
  | { readonly kind: 'file'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'container';
      readonly bytes: Uint8Array;
      readonly original: Uint8Array;
      readonly dependencies: readonly RawDependency[];
    };

const SMALL = { width: 64, height: 64, bits: 12, iso: 64, cfa: 'RGGB', order: 'II' } as const;

function maker(coding: MakerCoding, size: Partial<MadeRaw> = {}): MadeRaw {
  return { ...SMALL, ...size, seed: 3, format: { kind: 'maker', coding } };
}

const JPEG = { kind: 'lossless-jpeg', components: 2, predictor: 5 } as const;

/** One small file of each coding. */
const MADE: readonly MadeRaw[] = [
  { ...SMALL, seed: 1, bits: 14, format: { kind: 'nef' } },
  { ...SMALL, seed: 1, order: 'MM', format: { kind: 'dng', layout: { kind: 'packed' } } },
  { ...SMALL, seed: 1, format: { kind: 'dng', layout: { ...JPEG, tileSize: 32 } } },
  { ...SMALL, seed: 1, format: { kind: 'dng', layout: { ...JPEG, tileSize: null } } },
  { ...SMALL, seed: 1, format: { kind: 'nef-lossless' } },
  { ...SMALL, seed: 1, format: { kind: 'cr2', components: 4, slices: [32, 32] } },
  { ...SMALL, seed: 1, format: { kind: 'small-cr2', rowsEach: 1, slices: [40, 24] } },
  { ...SMALL, seed: 1, format: { kind: 'crw' } },
  maker({ kind: 'sony-blocks' }, { bits: 14 }),
  maker({ kind: 'sony-lossless' }, { width: 128, height: 128 }),
  maker({ kind: 'nikon-lossy', split: 20 }),
  maker({ kind: 'pentax' }),
  maker({ kind: 'olympus' }),
  maker({ kind: 'olympus-tens' }, { width: 80 }),
  maker({ kind: 'panasonic', format: 4 }, { width: 70 }),
  maker({ kind: 'panasonic', format: 5 }, { width: 80 }),
  maker({ kind: 'panasonic', format: 6 }, { width: 66, bits: 14 }),
];

/** Small files of each coding, the originals of the containers that are kept, those containers, one with a sibling. */
function inputs(): Input[] {
  const list: Input[] = MADE.map((made) => ({ kind: 'file', bytes: makeRaw(made) }));
  const golden: Record<string, { container: string }> = JSON.parse(readFileSync(GOLDEN, 'utf8'));
  for (const { container } of Object.values(golden)) {
    const bytes = new Uint8Array(Buffer.from(container, 'base64'));
    const original = decodeRaw(bytes);
    list.push({ kind: 'file', bytes: original });
    list.push({ kind: 'container', bytes, original, dependencies: [] });
  }
  const burst = { ...SMALL, width: 320, height: 240, seed: 9, bits: 14 } as const;
  const first = makeRaw({ ...burst, format: { kind: 'nef' } });
  const shot = { x: 4.2, y: -2.1, noiseSeed: 5 };
  const original = makeRaw({ ...burst, shot, format: { kind: 'nef' } });
  const id = parseBlobId(createHash('sha256').update(first).digest('hex'));
  if (id === null) throw new Error('no digest');
  const sibling = { id, bytes: first };
  const bytes = encodeRaw(original, { sibling });
  if (bytes === null) throw new Error('it was not recoded');
  return [...list, { kind: 'container', bytes, original, dependencies: [sibling] }];
}

/** Changes some bytes: single ones, numbers near the beginning, runs put in, cut out, doubled, the end. */
function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  let changed = bytes.slice();
  const below = (count: number): number => Math.floor(random() * count);
  for (let count = random() < 0.6 ? 1 : 2 + below(3); count > 0 && changed.length > 8; count--) {
    const near = random() < 0.35 ? Math.min(changed.length, 1200) : changed.length;
    const at = below(near);
    const kind = below(6);
    if (kind === 0) changed[at] = (changed[at] ?? 0) ^ (1 << below(8));
    else if (kind === 1) changed[at] = [0, 1, 127, 128, 255][below(5)] ?? 0;
    else if (kind === 2) {
      const wide = below(2) === 0 ? 2 : 4;
      for (let byte = 0; byte < wide; byte++)
        changed[at + byte] = below(3) === 0 ? 255 : below(256);
    } else if (kind === 3) changed = changed.slice(0, Math.max(8, below(changed.length)));
    else {
      const run = changed.slice(at, at + 1 + below(40));
      const parts = [changed.subarray(0, at), kind === 4 ? run.subarray(run.length) : run];
      const rest = changed.subarray(at + (kind === 4 ? run.length : 0));
      changed = new Uint8Array(Buffer.concat([...parts, rest]));
    }
  }
  return changed;
}

/**
 * Mutates files and containers of every coding so many times. Throws where anything but DAMAGED is thrown, a container
 * gives other bytes than its original, or a file does not come back.
 */
export function runMutations(count: number, seed: number): MutationCounts {
  const all = inputs();
  const random = seededRandom(seed);
  const counts = { read: 0, recoded: 0, damaged: 0, harmless: 0, slowestMs: 0 };
  for (let index = 0; index < count; index++) {
    const input = all[index % all.length];
    if (input === undefined) break;
    const bytes = mutate(input.bytes, random);
    const startMs = performance.now();
    if (input.kind === 'file') tryFile(bytes, counts, random() < 0.125);
    else tryContainer(bytes, input, counts);
    counts.slowestMs = Math.max(counts.slowestMs, performance.now() - startMs);
  }
  return counts;
}

/** One file in eight is recoded: that takes longest. */
function tryFile(bytes: Uint8Array, counts: MutationCounts, isRecoded: boolean): void {
  if (readSensorPlanes(bytes).length > 0) counts.read += 1;
  if (!isRecoded) return;
  const container = encodeRaw(bytes);
  if (container === null) return;
  counts.recoded += 1;
  if (Buffer.compare(decodeRaw(container), bytes) !== 0) throw new Error('it did not come back');
}

function tryContainer(
  bytes: Uint8Array,
  { original, dependencies }: Extract<Input, { kind: 'container' }>,
  counts: MutationCounts,
): void {
  describeRaw(bytes);
  try {
    rawDependencies(bytes);
    const given = decodeRaw(bytes, { dependencies });
    if (Buffer.compare(given, original) !== 0) throw new Error('a container gave other bytes');
    counts.harmless += 1;
  } catch (error) {
    if (!(error instanceof FieldVaultError) || error.code !== 'DAMAGED') throw error;
    counts.damaged += 1;
  }
}
