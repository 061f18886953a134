import { CONTEXT, COEFFICIENT_PLACE as PLACE } from './coefficient-block.ts';
import type { PlainBlock, SaidBlock } from './coefficient-plain-block.ts';
import {
  codeBit,
  codeOver,
  codeSymbol,
  level,
  type PlainCoder,
  type SymbolContexts,
} from './coefficient-plain-coder.ts';

/** What the parts of one block share: sums of each line and, behind them, sums with turning signs. */
export interface Sums {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
}

/** The root of 1/2: what the lowest cosine weighs beside the others (T.81 A.3.3). */
export function half(value: number): number {
  return Math.imul(value, 181) >> 8;
}

/** The lowest coefficient, predicted from the sums across both edges. */
export function codeDc(
  coder: PlainCoder,
  block: PlainBlock,
  { rows, columns }: Sums,
  count: number,
): void {
  const { shorts, words, isDecoding } = coder;
  const q = words[block.quant]!;
  const { quarters, spread, whole, least } = guessDc(coder, block, { rows, columns });
  const guess = (quarters + 2) >> 2;
  const part = quarters - 4 * guess + 2;
  const full = level(coder, count, 15);
  const wholeLevel = level(coder, whole, 15);
  const plane = Math.min(block.plane, 3);
  const off = block.said === null ? 0 : saidDc(coder, block, block.said) - quarters;
  const far = level(coder, Math.abs(off), 15);
  const side = far * 2 + Number(off < 0);
  const isSaid = block.said !== null;
  const value = isDecoding ? 0 : shorts[block.at]!;
  let size = Math.abs(value - guess);
  const by: SymbolContexts = {
    weight: CONTEXT.dcW + spread,
    contexts: [
      CONTEXT.dcA + spread * 16 + (isSaid ? far : wholeLevel),
      CONTEXT.dcB + (plane * 16 + level(coder, least, 15)) * 2 + Number(part < 2),
      CONTEXT.dcC + (isSaid ? side * 16 + wholeLevel : spread * 16 + full),
    ],
  };
  const token = codeSymbol(coder, by, Math.min(size, 7));
  let offset = 0;
  if (token !== 0) {
    if (isDecoding) size = token;
    const signs = isSaid ? CONTEXT.saidDc + side * 4 : CONTEXT.dcSign + spread * 4;
    const sign = codeBit(coder, signs + part, Number(value < guess));
    if (token === 7) {
      const over: SymbolContexts = {
        weight: CONTEXT.dcOverW,
        contexts: [CONTEXT.dcOverA + spread, CONTEXT.dcOverB + wholeLevel, CONTEXT.dcOverC + full],
      };
      size = codeOver(coder, over, CONTEXT.dcTop + spread, size);
    }
    offset = sign === 1 ? -size : size;
  }
  if (isDecoding) shorts[block.at] = Math.min(Math.max(guess + offset, -2047), 2047);
  const own = half(Math.imul(shorts[block.at]!, q));
  rows[8]! += own;
  columns[8]! += own;
  words.set(rows.subarray(8), PLACE.right >> 2);
  words.set(columns.subarray(8), block.bottomAt);
}

/** What the sibling says about the lowest coefficient, in quarters of a step, as far off as it was beside and above. */
function saidDc({ shorts }: PlainCoder, block: PlainBlock, said: SaidBlock): number {
  const { at, left, above } = said;
  let off = 0;
  if (left >= 0) off += 4 * shorts[block.at - 64]! - shorts[left]!;
  if (above >= 0) off += 4 * shorts[block.at - (at - above)]! - shorts[above]!;
  return shorts[at]! + (left >= 0 && above >= 0 ? off >> 1 : off);
}

interface DcGuess {
  /** In quarters of a step. */
  readonly quarters: number;
  readonly spread: number;
  readonly whole: number;
  readonly least: number;
}

function guessDc(coder: PlainCoder, block: PlainBlock, { rows, columns }: Sums): DcGuess {
  const q = coder.words[block.quant]!;
  const ratio = coder.words[block.quant + 64]!;
  const left = block.right === null ? null : sideOf(block.right, rows, ratio);
  const above = block.bottom === null ? null : sideOf(block.bottom, columns, ratio);
  const only = left ?? above;
  if (only === null) return { quarters: 0, spread: 0, whole: 0, least: 0 };
  if (left === null || above === null) {
    const whole = Math.floor((2 * only.unlike) / q);
    return { quarters: only.guess, spread: 1 + level(coder, whole, 22), whole, least: whole };
  }
  const unlikeLeft = left.unlike + (q >> 1) + 2;
  const unlikeAbove = above.unlike + (q >> 1) + 2;
  const shift = Math.max(20 - Math.clz32(unlikeLeft + unlikeAbove), 0);
  const forLeft = (unlikeAbove >> shift) + 1;
  const forAbove = (unlikeLeft >> shift) + 1;
  const sum = left.guess * forLeft + above.guess * forAbove;
  return {
    quarters: Math.trunc(sum / (forLeft + forAbove)),
    spread: 1 + level(coder, (2 * Math.abs(left.guess - above.guess)) >> 3, 22),
    whole: Math.floor((left.unlike + above.unlike) / q),
    least: Math.floor((2 * Math.min(left.unlike, above.unlike)) / q),
  };
}

/** What the sums across one edge say: the guess, and how unlike the sides are besides. */
function sideOf(
  beyond: Int32Array,
  own: Int32Array,
  ratio: number,
): { guess: number; unlike: number } {
  const sum = (beyond[0]! - own[0]!) | 0;
  const size = Math.max(Math.min(Math.imul(Math.abs(sum), ratio) >> 10, 8188), 0);
  let unlike = 0;
  for (let i = 1; i < 8; i++) unlike = (unlike + Math.abs((beyond[i]! - own[i]!) | 0)) | 0;
  return { guess: sum < 0 ? -size : size, unlike: Math.min(Math.max(unlike, 0), 0xfffffff) };
}
