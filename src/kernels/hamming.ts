import {
  FINGERPRINT_BYTES,
  type HammingKernel,
  HAMMING_PLACE as PLACE,
  TILE_PAIRS,
  TILE_ROWS,
  HAMMING_WORD as WORD,
} from './hamming-block.ts';
import { hammingKernel } from './hamming-kernel.ts';

/** Two rows that are near each other, `left` before `right`. */
export interface NearPair {
  readonly left: number;
  readonly right: number;
  /** Bits that differ. */
  readonly distance: number;
}

/** Which pairs are looked for. */
export interface NearPairOptions {
  /** For each row the number of the row before which its window ends: only rows from the next one up to there. */
  readonly ends: Uint32Array;
  /** Bits that may differ, 0 to 256. */
  readonly distanceMax: number;
}

/** Compares 256-bit fingerprints that lie one after another in bytes, 32 bytes each. Memory does not grow with them. */
export interface Hamming {
  /** The distance of one fingerprint to each row; RangeError for bytes that are no rows. */
  distances(query: Uint8Array, rows: Uint8Array): Uint16Array;
  /** All pairs within the windows, a bounded batch at a time, always in the same order. */
  nearPairs(rows: Uint8Array, options: NearPairOptions): Generator<readonly NearPair[]>;
}

/**
 * Makes the comparer.
 * @param make the compiled kernels, or their plain twin, which gives the same results
 */
export function openHamming(make: () => HammingKernel = hammingKernel): Hamming {
  const kernel = make();
  const bench: Bench = {
    kernel,
    bytes: new Uint8Array(kernel.memory),
    words: new Int32Array(kernel.memory),
  };
  return {
    distances: (query, rows) => distancesOf(bench, query, rows),
    nearPairs: (rows, options) => pairsOf(bench, rows, options),
  };
}

/** A kernel and its memory. */
interface Bench {
  readonly kernel: HammingKernel;
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
}

function distancesOf(bench: Bench, query: Uint8Array, rows: Uint8Array): Uint16Array {
  if (query.length !== FINGERPRINT_BYTES) throw new RangeError('query: must have 32 bytes');
  const count = rowsOf(rows);
  const distances = new Uint16Array(count);
  const { kernel, bytes, words } = bench;
  for (let first = 0; first < count; first += TILE_ROWS) {
    const tile = Math.min(TILE_ROWS, count - first);
    bytes.set(query, PLACE.left);
    copyRows(bench, rows, { first, count: tile, place: PLACE.right });
    words[WORD.left] = PLACE.left;
    words[WORD.right] = PLACE.right;
    words[WORD.rightCount] = tile;
    words[WORD.out] = PLACE.out;
    kernel.distances();
    distances.set(new Uint16Array(kernel.memory, PLACE.out, tile), first);
  }
  return distances;
}

function* pairsOf(
  bench: Bench,
  rows: Uint8Array,
  { ends, distanceMax }: NearPairOptions,
): Generator<readonly NearPair[]> {
  const count = rowsOf(rows);
  if (ends.length !== count) throw new RangeError('ends: must have one number for each row');
  for (let left = 0; left < count; left += TILE_ROWS) {
    const leftEnds = ends.slice(left, left + TILE_ROWS).map((row) => Math.min(row, count));
    const end = Math.min(
      count,
      leftEnds.reduce((most, one) => Math.max(most, one), 0),
    );
    for (let right = left; right < end; right += TILE_ROWS) {
      const tile: Tile = { rows, left, right, rightEnd: Math.min(end, right + TILE_ROWS) };
      let from = { left: 0, right: 0 };
      while (from.left < leftEnds.length) {
        // Filled anew each time: another search on the same kernel may have run between two batches.
        fillTile(bench, tile, leftEnds, distanceMax);
        bench.words[WORD.atLeft] = from.left;
        bench.words[WORD.atRight] = from.right;
        bench.kernel.pairs();
        from = { left: bench.words[WORD.atLeft]!, right: bench.words[WORD.atRight]! };
        const batch = readPairs(bench);
        if (batch.length > 0) yield batch;
      }
    }
  }
}

interface Tile {
  readonly rows: Uint8Array;
  readonly left: number;
  readonly right: number;
  readonly rightEnd: number;
}

function fillTile(bench: Bench, tile: Tile, ends: Uint32Array, distanceMax: number): void {
  const { words } = bench;
  const { rows, left, right, rightEnd } = tile;
  copyRows(bench, rows, { first: left, count: ends.length, place: PLACE.left });
  copyRows(bench, rows, { first: right, count: rightEnd - right, place: PLACE.right });
  words.set(ends, PLACE.ends >> 2);
  words[WORD.left] = PLACE.left;
  words[WORD.leftFirst] = left;
  words[WORD.leftCount] = ends.length;
  words[WORD.right] = PLACE.right;
  words[WORD.rightFirst] = right;
  words[WORD.rightCount] = rightEnd - right;
  words[WORD.ends] = PLACE.ends;
  words[WORD.distanceMax] = distanceMax;
  words[WORD.out] = PLACE.out;
  words[WORD.outPairs] = TILE_PAIRS;
}

function readPairs({ words }: Bench): NearPair[] {
  const pairs: NearPair[] = [];
  for (let pair = 0; pair < words[WORD.written]!; pair++) {
    const at = (PLACE.out >> 2) + pair * 3;
    pairs.push({ left: words[at]!, right: words[at + 1]!, distance: words[at + 2]! });
  }
  return pairs;
}

function copyRows(
  { bytes }: Bench,
  rows: Uint8Array,
  {
    first,
    count,
    place,
  }: { readonly first: number; readonly count: number; readonly place: number },
): void {
  const start = first * FINGERPRINT_BYTES;
  bytes.set(rows.subarray(start, start + count * FINGERPRINT_BYTES), place);
}

function rowsOf(rows: Uint8Array): number {
  if (rows.length % FINGERPRINT_BYTES !== 0) {
    throw new RangeError('rows: must have 32 bytes for each fingerprint');
  }
  return rows.length / FINGERPRINT_BYTES;
}
