import { LIMITS } from '../../base/index.ts';
import type { CoefficientPlane, CoefficientRows } from '../../kernels/index.ts';
import type { JpegFrame } from './frame.ts';
import type { Walked } from './walk.ts';

/** Blocks of one segment, about: a segment is what one worker codes, and what one damaged byte spoils. */
const SEGMENT_BLOCKS = 262_144;

const NO_QUANT = new Uint16Array(64).fill(1);

/** Whether a picture of this size can be behind so many bytes: each block takes at least one bit. */
export function isBelievable(frame: JpegFrame, originalBytes: number): boolean {
  const { coefficients } = frame;
  return coefficients <= LIMITS.jpegCoefficientsMax && coefficients / 64 <= originalBytes * 8 + 64;
}

/** The planes as the coefficient coder wants them. */
export function planesOf({ frame, quantTables }: Walked): CoefficientPlane[] {
  return frame.planes.map(({ blocksWide, blocksHigh, h, v, table }) => ({
    ...{ blocksWide, blocksHigh, h, v },
    quant: quantTables[table] ?? NO_QUANT,
  }));
}

/** The runs of MCU rows that are coded each by itself, about equally long. */
export function segmentsOf(frame: JpegFrame): CoefficientRows[] {
  const { mcusHigh, coefficients } = frame;
  const count = Math.min(Math.ceil(coefficients / 64 / SEGMENT_BLOCKS), mcusHigh);
  return Array.from({ length: count }, (_rows, index) => {
    const first = Math.floor((index * mcusHigh) / count);
    return { first, count: Math.floor(((index + 1) * mcusHigh) / count) - first };
  });
}
