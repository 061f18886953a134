import { LIMITS } from '../../base/index.ts';
import { type CoefficientPlane, openCoefficientCoder } from '../../kernels/index.ts';
import { isBelievable, planesOf } from './picture.ts';
import { type PlaneSamples, samplesOf } from './plane-samples.ts';
import { readScan } from './read-scan.ts';
import { walkJpeg } from './walk.ts';

/** Whether a picture may have a sibling: what both show is in memory. */
export function isOfSiblingSize(planes: readonly CoefficientPlane[]): boolean {
  const blocks = planes.reduce((sum, plane) => sum + plane.blocksWide * plane.blocksHigh, 0);
  return blocks * 64 <= LIMITS.jpegSiblingCoefficientsMax;
}

/**
 * What another frame's JPEG file shows. It takes over the coefficient kernel: for before a coder is opened.
 * Null: not a JPEG picture that is understood exactly, or too large.
 */
export function readSibling(bytes: Uint8Array): PlaneSamples[] | null {
  let planes: CoefficientPlane[] = [];
  let coefficients: Int16Array | null = null;
  const walked = walkJpeg(bytes, (scan, position, walk) => {
    if (coefficients === null) {
      planes = planesOf(walk);
      if (!isBelievable(scan.frame, bytes.length) || !isOfSiblingSize(planes)) return null;
      ({ coefficients } = openCoefficientCoder(planes, { codedBytesMax: 0 }));
    }
    return readScan(bytes, position, scan, coefficients)?.end ?? null;
  });
  return walked === null || coefficients === null ? null : samplesOf(planes, coefficients);
}
