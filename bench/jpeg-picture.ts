import { planesOf, readScan, segmentsOf, walkJpeg } from '../src/codec/index.ts';
import { type CoefficientPlane, openCoefficientCoder } from '../src/kernels/index.ts';

/** One colour plane of a JPEG file: its quantised coefficients and what they stand for. */
export interface JpegPlaneData extends CoefficientPlane {
  /** Block by block in rows, 64 in natural order each, quantised. */
  readonly coefficients: Int16Array;
  /** The plane's samples about the middle grey, neither rounded nor cut off. */
  readonly samples: Float32Array;
}

/** A JPEG file as its coefficients. */
export interface JpegPicture {
  readonly fileBytes: number;
  /** What the codec makes of the coefficients. */
  readonly codedBytes: number;
  readonly planes: readonly JpegPlaneData[];
}

/** Reads a JPEG file by the codec's own readers; RangeError for a file that they do not understand. */
export function readPicture(bytes: Uint8Array): JpegPicture {
  let coder: ReturnType<typeof openCoefficientCoder> | null = null;
  const walked = walkJpeg(bytes, (scan, position, walk) => {
    coder ??= openCoefficientCoder(planesOf(walk), { codedBytesMax: 0 });
    return readScan(bytes, position, scan, coder.coefficients)?.end ?? null;
  });
  if (walked === null || coder === null) throw new RangeError('not a JPEG that is understood');
  const { coefficients, encode }: ReturnType<typeof openCoefficientCoder> = coder;
  const codedBytes = segmentsOf(walked.frame).reduce((sum, rows) => sum + encode(rows).length, 0);
  let first = 0;
  const planes = planesOf(walked).map((plane) => {
    const length = plane.blocksWide * plane.blocksHigh * 64;
    const own = coefficients.slice(first, first + length);
    first += length;
    return { ...plane, coefficients: own, samples: samplesOf(plane, own) };
  });
  return { fileBytes: bytes.length, codedBytes, planes };
}

/** By frequency and place the weight of a cosine (T.81 A.3.3). */
const COSINES: Float64Array = Float64Array.from({ length: 64 }, (_weight, index) => {
  const frequency = index >> 3;
  const scale = frequency === 0 ? Math.SQRT1_2 / 2 : 0.5;
  return scale * Math.cos(((2 * (index & 7) + 1) * frequency * Math.PI) / 16);
});

function samplesOf(plane: CoefficientPlane, coefficients: Int16Array): Float32Array {
  const wide = plane.blocksWide * 8;
  const samples = new Float32Array(coefficients.length);
  const block = new Float64Array(64);
  for (let at = 0, number = 0; at < coefficients.length; at += 64, number++) {
    for (let k = 0; k < 64; k++) block[k] = (coefficients[at + k] ?? 0) * (plane.quant[k] ?? 1);
    const whole = turn(block, true);
    const column = number % plane.blocksWide;
    const corner = ((number - column) / plane.blocksWide) * 8 * wide + column * 8;
    for (let k = 0; k < 64; k++) samples[corner + (k >> 3) * wide + (k & 7)] = whole[k] ?? 0;
  }
  return samples;
}

/** The frequencies of a block of 8 x 8 samples; what is given back is overwritten by the next call. */
export function frequenciesOf(block: Float64Array): Float64Array {
  return turn(block, false);
}

const HALF_TURNED = new Float64Array(64);
const TURNED = new Float64Array(64);

/** The cosine transform along rows, then along columns; back from frequencies where asked for. */
function turn(block: Float64Array, isBack: boolean): Float64Array {
  turnRows(block, HALF_TURNED, isBack);
  turnRows(HALF_TURNED, TURNED, isBack);
  return TURNED;
}

/** Each row of eight transformed becomes a column. */
function turnRows(from: Float64Array, to: Float64Array, isBack: boolean): void {
  const [along, across] = isBack ? [1, 8] : [8, 1];
  for (let row = 0; row < 8; row++) {
    for (let out = 0; out < 8; out++) {
      let sum = 0;
      for (let k = 0; k < 8; k++) {
        sum += (from[row * 8 + k] ?? 0) * (COSINES[out * along + k * across] ?? 0);
      }
      to[out * 8 + row] = sum;
    }
  }
}
