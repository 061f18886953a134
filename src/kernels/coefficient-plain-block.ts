import {
  COEFFICIENT_PLACE as PLACE,
  PLANE_WORD,
  PLANE_WORDS,
  COEFFICIENT_WORD as WORD,
} from './coefficient-block.ts';
import type { PlainCoder } from './coefficient-plain-coder.ts';

/** One block with what lies around it. Places count numbers of 16 bits, except `counts` and where it is said. */
export interface PlainBlock {
  readonly plane: number;
  readonly at: number;
  /** The block of the plane before at the same place. */
  readonly other: number;
  /** Address of this block's count; counts around it, their mean, and one to compare with. */
  readonly counts: number;
  readonly nLeft: number;
  readonly nAbove: number;
  readonly mean: number;
  readonly reference: number;
  /** Magnitudes that the blocks around have at each place, and their levels up to 15. */
  readonly near: readonly number[];
  readonly nearLevel: readonly number[];
  /** Sums at the edges of the blocks on the left and above; null without one. */
  readonly right: Int32Array | null;
  readonly bottom: Int32Array | null;
  /** Places of 32-bit words: this column's bottom sums, the quantisation steps. */
  readonly bottomAt: number;
  readonly quant: number;
  /** What a sibling says of this block, in quarters of a step; null without one. */
  readonly said: SaidBlock | null;
}

/** Where in the memory a sibling's guess of a block stands, and of those beside and above it, -1 where there is none. */
export interface SaidBlock {
  readonly at: number;
  readonly left: number;
  readonly above: number;
  /** Inner coefficients that are half a step or more by it. */
  readonly count: number;
}

/** Looks around a block of the picture in the coder's memory. */
export function blockAt(coder: PlainCoder, plane: number, x: number, y: number): PlainBlock {
  const { words, shorts, bytes } = coder;
  const head = WORD.plane + plane * PLANE_WORDS;
  const wide = words[head]!;
  const number = y * wide + x;
  const at = (words[head + PLANE_WORD.coefficients]! >> 1) + number * 64;
  const hasLeft = x > 0;
  const hasAbove = y > words[WORD.firstRow]! * words[head + PLANE_WORD.v]!;
  const hasNext = hasAbove && x + 1 < wide;
  const counts = words[head + PLANE_WORD.counts]! + number;
  const before = hasLeft ? bytes[counts - 1]! : 0;
  const nAbove = hasAbove ? bytes[counts - wide]! : before;
  const nLeft = hasLeft ? before : nAbove;
  const nCorner = hasLeft && hasAbove ? bytes[counts - wide - 1]! : nAbove;
  const nNext = hasNext ? bytes[counts - wide + 1]! : nAbove;
  const nothing = PLACE.nothing >> 1;
  const left = hasLeft ? at - 64 : hasAbove ? at - wide * 64 : nothing;
  const above = hasAbove ? at - wide * 64 : left;
  const corner = hasLeft && hasAbove ? at - wide * 64 - 64 : above;
  const next = hasNext ? at - wide * 64 + 64 : above;
  const near = Array.from({ length: 64 }, (_near, k) => {
    const beside = Math.abs(shorts[left + k]!) + Math.abs(shorts[above + k]!);
    return 2 * beside + Math.abs(shorts[corner + k]!) + Math.abs(shorts[next + k]!);
  });
  const nearLevel = near.map((sum) => Math.min(15, bytes[PLACE.levels + Math.min(sum, 1023)]!));
  const like = plane === 0 ? null : likeOf(coder, head, x, y);
  const said = saidOf(coder, head, number, { hasLeft, hasAbove });
  const bottomAt = (words[head + PLANE_WORD.bottom]! >> 2) + x * 8;
  return {
    ...{ plane, at, counts, nLeft, nAbove, near, nearLevel, bottomAt, said },
    other: like?.at ?? nothing,
    mean: Math.floor((2 * nLeft + 2 * nAbove + nNext + nCorner + 3) / 6),
    reference: said?.count ?? (like === null ? (nCorner + nNext + 1) >> 1 : bytes[like.counts]!),
    right: hasLeft ? words.subarray(PLACE.right >> 2, (PLACE.right >> 2) + 8) : null,
    bottom: hasAbove ? words.subarray(bottomAt, bottomAt + 8) : null,
    quant: words[head + PLANE_WORD.quant]! >> 2,
  };
}

function saidOf(
  { words, shorts }: PlainCoder,
  head: number,
  number: number,
  { hasLeft, hasAbove }: { readonly hasLeft: boolean; readonly hasAbove: boolean },
): SaidBlock | null {
  const plane = words[head + PLANE_WORD.said]!;
  if (plane === 0) return null;
  const at = (plane >> 1) + number * 64;
  let count = 0;
  for (let k = 9; k < 64; k++) {
    if ((k & 7) !== 0 && Math.abs(shorts[at + k]!) > 1) count += 1;
  }
  const above = hasAbove ? at - words[head]! * 64 : -1;
  return { at, count, left: hasLeft ? at - 64 : -1, above };
}

/** The block of the plane before that lies at the same place of the picture. */
function likeOf(
  { words }: PlainCoder,
  head: number,
  x: number,
  y: number,
): { readonly at: number; readonly counts: number } {
  const from = WORD.plane + words[head + PLANE_WORD.like]! * PLANE_WORDS;
  const wide = words[from]!;
  const across = Math.floor((x * words[from + PLANE_WORD.h]!) / words[head + PLANE_WORD.h]!);
  const down = Math.floor((y * words[from + PLANE_WORD.v]!) / words[head + PLANE_WORD.v]!);
  const number = down * wide + Math.min(wide - 1, across);
  return {
    at: (words[from + PLANE_WORD.coefficients]! >> 1) + number * 64,
    counts: words[from + PLANE_WORD.counts]! + number,
  };
}
