import type { CoefficientPlane } from '../../kernels/index.ts';
import { toSamples } from './block-transform.ts';

/** Parts of a sample: samples are counted in sixteenths of a grey level. */
export const SAMPLE_UNIT = 16;

/** Samples beyond this come only from damaged or odd files, in sixteenths. */
const SAMPLE_MAX = 32_752;

/** What one plane of a picture shows. */
export interface PlaneSamples {
  readonly width: number;
  readonly height: number;
  /** Blocks of one MCU across and down. */
  readonly h: number;
  readonly v: number;
  /** Row by row, about the middle grey, in sixteenths of a grey level; neither rounded to whole ones nor cut off. */
  readonly samples: Int16Array;
}

/**
 * What the planes of a picture show.
 * @param coefficients plane by plane, block by block in rows, 64 in natural order each
 */
export function samplesOf(
  planes: readonly CoefficientPlane[],
  coefficients: Int16Array,
): PlaneSamples[] {
  let first = 0;
  return planes.map((plane) => {
    const { blocksWide, blocksHigh, h, v } = plane;
    const own = coefficients.subarray(first, first + blocksWide * blocksHigh * 64);
    first += own.length;
    return { width: blocksWide * 8, height: blocksHigh * 8, h, v, samples: planeOf(plane, own) };
  });
}

function planeOf({ blocksWide, quant }: CoefficientPlane, coefficients: Int16Array): Int16Array {
  const width = blocksWide * 8;
  const samples = new Int16Array(coefficients.length);
  const frequencies = new Float64Array(64);
  const block = new Float64Array(64);
  for (let at = 0, number = 0; at < coefficients.length; at += 64, number++) {
    for (let k = 0; k < 64; k++) frequencies[k] = coefficients[at + k]! * quant[k]! * SAMPLE_UNIT;
    toSamples(frequencies, block);
    const column = number % blocksWide;
    let place = ((number - column) / blocksWide) * 8 * width + column * 8;
    for (let k = 0; k < 64; k += 8, place += width) {
      for (let x = 0; x < 8; x++) {
        const value = Math.floor(block[k + x]! + 0.5);
        samples[place + x] = Math.max(-SAMPLE_MAX, Math.min(SAMPLE_MAX, value));
      }
    }
  }
  return samples;
}
