import type { JpegScan } from './walk.ts';

/** One block of an MCU: which part of the scan it belongs to and where it lies in the coefficients. */
export interface OrderBlock {
  readonly part: number;
  /** Place in the first MCU, and the steps to the MCU on the right and to the one below. */
  readonly place: number;
  readonly stepRight: number;
  readonly stepDown: number;
}

/** The order in which a scan codes blocks (T.81 A.2). */
export interface ScanOrder {
  readonly mcusWide: number;
  readonly mcus: number;
  readonly blocks: readonly OrderBlock[];
}

/** The order of a scan: whole MCUs where it has several planes, the plane's own blocks where it has one. */
export function orderScan(scan: JpegScan): ScanOrder {
  const { frame, parts } = scan;
  const only = parts.length === 1 ? frame.planes[parts[0]!.plane]! : null;
  if (only !== null) {
    const block = { part: 0, place: only.first, stepRight: 64, stepDown: only.blocksWide * 64 };
    return { mcusWide: only.ownWide, mcus: only.ownWide * only.ownHigh, blocks: [block] };
  }
  const blocks = parts.flatMap(({ plane }, part) => {
    const { first, h, v, blocksWide } = frame.planes[plane]!;
    return Array.from({ length: h * v }, (_block, index) => ({
      part,
      place: first + (Math.floor(index / h) * blocksWide + (index % h)) * 64,
      stepRight: h * 64,
      stepDown: v * blocksWide * 64,
    }));
  });
  return { mcusWide: frame.mcusWide, mcus: frame.mcusWide * frame.mcusHigh, blocks };
}
