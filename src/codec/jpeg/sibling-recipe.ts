import { type NumberReader, putSigned, readNumbers, takeSigned } from '../numbers.ts';
import { SAMPLE_UNIT } from './plane-samples.ts';

/** How another frame of the burst becomes like the picture. */
export interface SiblingRecipe {
  /** By plane a tone curve: what {@link KNOTS} grey levels, equally far from each other, become, in sixteenths. */
  readonly curves: readonly Int16Array[];
  /** By tile, row by row, across and then down: how far away in the sibling it shows, in quarters of a sample. */
  readonly shifts: Int16Array;
}

/** Points of a tone curve: every eighth grey level. */
export const KNOTS = 33;

/** How far knots are from each other, in sixteenths of a grey level: 2 to this. */
export const KNOT_BITS = 7;

/** Samples of the first plane that one tile has across and down. */
export const TILE = 64;

/** A shift is at most this, in quarters of a sample: more than all tiles of a long picture can drift. */
const SHIFT_MAX = 16_384;

/** The grey level of a knot about the middle grey, in sixteenths. */
export function knotLevel(knot: number): number {
  return (knot << KNOT_BITS) - 128 * SAMPLE_UNIT;
}

/** Tiles across and down of a first plane of so many samples. */
export function tilesOf(width: number, height: number): { across: number; down: number } {
  return { across: Math.ceil(width / TILE), down: Math.ceil(height / TILE) };
}

/** A recipe as bytes: each number as its difference from the one that is likely. */
export function formatRecipe({ curves, shifts }: SiblingRecipe, across: number): Uint8Array {
  const numbers: number[] = [];
  for (const curve of curves) {
    for (const [knot, level] of curve.entries()) {
      putSigned(numbers, level - likelyLevel(curve, knot));
    }
  }
  for (const [at, shift] of shifts.entries()) {
    putSigned(numbers, shift - likelyShift(shifts, at, across));
  }
  return Uint8Array.from(numbers);
}

/** Reads what {@link formatRecipe} wrote; null where the bytes are not as many numbers of their ranges. */
export function parseRecipe(
  bytes: Uint8Array,
  planes: number,
  { across, down }: { readonly across: number; readonly down: number },
): SiblingRecipe | null {
  const source = readNumbers(bytes);
  const curves = Array.from({ length: planes }, () => takeCurve(source));
  const shifts = new Int16Array(across * down * 2);
  for (let at = 0; at < shifts.length && !source.isOver; at++) {
    const shift = likelyShift(shifts, at, across) + takeSigned(source);
    if (Math.abs(shift) > SHIFT_MAX) return null;
    shifts[at] = shift;
  }
  return source.isOver || source.at !== bytes.length ? null : { curves, shifts };
}

function takeCurve(source: NumberReader): Int16Array {
  const curve = new Int16Array(KNOTS);
  for (let knot = 0; knot < KNOTS; knot++) {
    const level = likelyLevel(curve, knot) + takeSigned(source);
    curve[knot] = Math.max(knotLevel(0), Math.min(knotLevel(KNOTS - 1), level));
  }
  return curve;
}

/** As far off as the knot before. */
function likelyLevel(curve: Int16Array, knot: number): number {
  return knot === 0 ? knotLevel(0) : knotLevel(knot) + curve[knot - 1]! - knotLevel(knot - 1);
}

/** That of the tile on the left, or above. */
function likelyShift(shifts: Int16Array, at: number, across: number): number {
  if (Math.floor(at / 2) % across > 0) return shifts[at - 2]!;
  return at >= across * 2 ? shifts[at - across * 2]! : 0;
}
