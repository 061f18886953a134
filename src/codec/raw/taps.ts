import { RAW_SET } from '../../kernels/index.ts';

/** Taps of a set that carry a weight: columns from -6 to 6 near, -3 to 3 far; the other frame's from -3 to 3. */
export function tapsOf(hasReference: boolean): readonly Tap[] {
  const own = RAW_SET.taps.flatMap((tap) => {
    const reach = tap.row === 0 ? 8 : tap.row >= -3 ? 6 : 3;
    return lanesOf(tap, reach, false);
  });
  if (!hasReference) return own;
  return [...own, ...RAW_SET.reference.flatMap((tap) => lanesOf(tap, 3, true))];
}

/** One weight: its place among the 16-bit words of a set, and where its sample lies. */
export interface Tap {
  readonly lane: number;
  readonly row: number;
  readonly column: number;
  readonly isReference: boolean;
}

function lanesOf(
  tap: { readonly place: number; readonly row: number; readonly from: number },
  reach: number,
  isReference: boolean,
): Tap[] {
  const taps: Tap[] = [];
  for (let lane = 0; lane < 8; lane++) {
    const column = tap.from + lane;
    if (Math.abs(column) > reach) continue;
    taps.push({ lane: tap.place / 2 + lane, row: tap.row, column, isReference });
  }
  return taps;
}

/** Bytes of one set of weights. */
export function setBytesOf(hasReference: boolean): number {
  return hasReference ? RAW_SET.bytesWithReference : RAW_SET.bytes;
}
