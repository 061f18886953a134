import { rowDistance } from '../../kernels/index.ts';
import { colourDistance, toneDistance } from '../tone-colour.ts';
import type { GroupFrame } from './group-frame.ts';
import { type GroupOptions, type Thresholds, thresholdsOf } from './group-options.ts';

/** A distance that no two looks have: one of the frames has none. */
export const UNKNOWN = 1024;

/** Farther than any two looks: colours or tones say that these are two scenes. */
export const APART = 512;

/** Fewer ones than this, or fewer zeros: the median of a picture with anything in it parts its bits nearly evenly. */
const ONES_MIN = 96;

/** Frames by number, with their looks packed. */
export interface FrameTable {
  readonly frames: readonly GroupFrame[];
  readonly limits: Thresholds;
  /** Eight words of a fingerprint each. */
  readonly words: Int32Array;
  /** 1 where the look says something about likeness. */
  readonly isSeen: Uint8Array;
  /** 1 where the frame has found its place: in a series, or as a copy. */
  readonly isPlaced: Uint8Array;
}

/** Packs the frames. */
export function frameTable(frames: readonly GroupFrame[], options: GroupOptions): FrameTable {
  const limits = thresholdsOf(options);
  const words = new Int32Array(frames.length * 8);
  const isSeen = new Uint8Array(frames.length);
  for (const [index, { fingerprint, quality }] of frames.entries()) {
    if (fingerprint === null || !readWords(fingerprint, words, index * 8)) continue;
    if (quality !== null && quality < limits.qualityMin) continue;
    const ones = rowDistance(words, index * 8, NO_BITS, 0);
    if (ones >= ONES_MIN && ones <= 256 - ONES_MIN) isSeen[index] = 1;
  }
  return { frames, limits, words, isSeen, isPlaced: new Uint8Array(frames.length) };
}

const NO_BITS = new Int32Array(8);

/** Reads 64 hex digits into eight words; false where the text is something else. */
export function readWords(text: string, words: Int32Array, at: number): boolean {
  if (text.length !== 64) return false;
  for (let word = 0; word < 8; word++) {
    let value = 0;
    for (let digit = word * 8; digit < word * 8 + 8; digit++) {
      const four = hexDigit(text.charCodeAt(digit));
      if (four < 0) return false;
      value = (value << 4) | four;
    }
    words[at + word] = value;
  }
  return true;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 97 && code <= 102) return code - 87;
  return -1;
}

/** Bits in which the looks of two frames differ; {@link UNKNOWN} where one of them says nothing. */
export function distanceOf({ words, isSeen }: FrameTable, left: number, right: number): number {
  if (isSeen[left] === 0 || isSeen[right] === 0) return UNKNOWN;
  return rowDistance(words, left * 8, words, right * 8);
}

/**
 * The same as {@link distanceOf} for frames that may show one scene in one light; {@link APART} where their colours or
 * tones prove that they do not. Not for copies: an edit may be without any colour.
 */
export function sceneDistance(table: FrameTable, left: number, right: number): number {
  const distance = distanceOf(table, left, right);
  if (distance === UNKNOWN) return UNKNOWN;
  const { frames, limits } = table;
  const one = frames[left]!;
  const other = frames[right]!;
  const { colourDifferenceMax, toneDifferenceMax } = limits;
  if (differ(one.colour, other.colour, colourDistance) > colourDifferenceMax) return APART;
  return differ(one.tone, other.tone, toneDistance) > toneDifferenceMax ? APART : distance;
}

/** How far two signatures are apart; 0 where one is not known, or they are of two kinds. */
function differ(
  left: readonly number[] | null,
  right: readonly number[] | null,
  measure: (left: readonly number[], right: readonly number[]) => number,
): number {
  return left === null || right === null || left.length !== right.length ? 0 : measure(left, right);
}

/** Seconds from the end of one exposure to the next; null where one of the times is unknown. */
export function gapSeconds({ frames }: FrameTable, before: number, after: number): number | null {
  const earlier = frames[before]!;
  const later = frames[after]!;
  if (earlier.takenMs === null || later.takenMs === null) return null;
  const seconds = (later.takenMs - earlier.takenMs) / 1000;
  // The time is when the exposure began.
  return Math.max(0, seconds - Math.max(0, earlier.shutterSeconds ?? 0));
}

/**
 * Light let in, in stops against f/1, 1 s, ISO 100; the bias turned round where the settings are unknown. Null where
 * nothing is known. Only differences between frames of one camera mean something.
 */
export function stopsOf({
  shutterSeconds,
  aperture,
  iso,
  exposureBias,
}: GroupFrame): number | null {
  if (shutterSeconds === null || !(shutterSeconds > 0)) return exposureBias;
  const opening = aperture !== null && aperture > 0 ? 2 * Math.log2(aperture) : 0;
  const speed = iso !== null && iso > 0 ? Math.log2(iso / 100) : 0;
  return Math.log2(shutterSeconds) - opening + speed;
}
