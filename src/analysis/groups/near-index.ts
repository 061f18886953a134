import { rowDistance } from '../../kernels/index.ts';
import type { FrameTable } from './frame-table.ts';

/** Tables of the index: each files the frames by 16 of their 256 bits. */
const TABLES = 16;
const KEYS = 65536;
/** Differing bits for each table that are still looked up; beyond this all frames are compared. */
const FLIPS_MAX = 2;

/** Frames that can be asked for the nearest one. */
export interface NearIndex {
  add(frame: number): void;
  /**
   * The nearest frame of those added within the distance that the caller accepts; of equals the one added first.
   * Null where there is none.
   */
  nearest(frame: number, accepts: (other: number) => boolean): NearFrame | null;
}

/** A frame that was found. */
export interface NearFrame {
  readonly frame: number;
  readonly distance: number;
}

/**
 * Multi-index hashing (Norouzi, Punjani, Fleet 2012): where two fingerprints differ in at most d bits, one of 16 parts
 * differs in at most d / 16. Exact. Takes 4 MB and 68 bytes for each frame of the table.
 */
export function openNearIndex(table: FrameTable, distanceMax: number): NearIndex {
  const size = table.frames.length;
  const index: Index = {
    words: table.words,
    heads: new Int32Array(TABLES * KEYS).fill(-1),
    next: new Int32Array(TABLES * size),
    order: new Int32Array(size).fill(-1),
    asked: new Int32Array(size),
    added: [],
    flips: flipsUpTo(Math.floor(distanceMax / TABLES)),
  };
  let queries = 0;
  return {
    add: (frame) => addTo(index, frame),
    nearest: (frame, accepts) => {
      queries += 1;
      const best = { frame: -1, distance: distanceMax };
      const look = (other: number): void => {
        if (index.asked[other] === queries) return;
        index.asked[other] = queries;
        const distance = rowDistance(index.words, frame * 8, index.words, other * 8);
        if (distance > best.distance) return;
        const isLater = best.frame >= 0 && index.order[other]! > index.order[best.frame]!;
        if ((distance === best.distance && isLater) || !accepts(other)) return;
        best.frame = other;
        best.distance = distance;
      };
      if (index.flips === null) for (const other of index.added) look(other);
      else lookUp(index, frame, look);
      return best.frame < 0 ? null : best;
    },
  };
}

interface Index {
  readonly words: Int32Array;
  /** By table and key the frame added last. */
  readonly heads: Int32Array;
  /** By frame and table the frame added before with the same key. */
  readonly next: Int32Array;
  /** How many were added before this one. */
  readonly order: Int32Array;
  /** The last query a frame was compared in. */
  readonly asked: Int32Array;
  readonly added: number[];
  readonly flips: readonly number[] | null;
}

function addTo(index: Index, frame: number): void {
  index.order[frame] = index.added.length;
  index.added.push(frame);
  for (let part = 0; part < TABLES; part++) {
    const place = part * KEYS + keyOf(index, frame, part);
    index.next[frame * TABLES + part] = index.heads[place]!;
    index.heads[place] = frame;
  }
}

function lookUp(index: Index, frame: number, look: (other: number) => void): void {
  const { heads, next, flips } = index;
  for (let part = 0; part < TABLES; part++) {
    const key = keyOf(index, frame, part);
    for (const flip of flips ?? []) {
      let other = heads[part * KEYS + (key ^ flip)]!;
      for (; other >= 0; other = next[other * TABLES + part]!) look(other);
    }
  }
}

function keyOf({ words }: Index, frame: number, part: number): number {
  return (words[frame * 8 + (part >> 1)]! >>> ((part & 1) << 4)) & 0xffff;
}

/** All masks of 16 bits with at most so many ones; null where they are too many to look up. */
function flipsUpTo(count: number): readonly number[] | null {
  if (count > FLIPS_MAX) return null;
  const flips: number[] = [0];
  for (let first = 0; count >= 1 && first < 16; first++) {
    flips.push(1 << first);
    for (let second = 0; count >= 2 && second < first; second++) {
      flips.push((1 << first) | (1 << second));
    }
  }
  return flips;
}
