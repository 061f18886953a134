/**
 * kernels: hot loops compiled from AssemblyScript, their loaders, and a plain TypeScript twin of each.
 * Invariants: nothing here reads a file or needs Node; a kernel and its twin give the same results, bit for bit.
 */
export { type ByteCoder, openByteCoder } from './byte-model.ts';
export { plainByteKernel } from './byte-model-plain.ts';
export {
  type CoefficientCoder,
  type CoefficientRows,
  openCoefficientCoder,
} from './coefficient-coder.ts';
export type { CoefficientPlane } from './coefficient-memory.ts';
export { plainCoefficientKernel } from './coefficient-plain.ts';
export { type Hamming, type NearPair, type NearPairOptions, openHamming } from './hamming.ts';
export { FINGERPRINT_BYTES } from './hamming-block.ts';
export { plainHammingKernel, rowDistance } from './hamming-plain.ts';
export { hash32, hashUnit } from './hash.ts';
export { rawKernel } from './raw-samples.ts';
export {
  RAW_BLOCK_BYTES,
  RAW_SET,
  RAW_SHARE_BITS,
  RAW_SPREAD,
  RAW_STEPS,
  RAW_SYMBOLS,
  RAW_TABLE_WORDS,
  RAW_WORD,
  type RawKernel,
} from './raw-samples-block.ts';
export { plainRawKernel } from './raw-samples-plain.ts';
export { synthesizeFrame } from './sensor-frame.ts';
export {
  NOISE_TABLE_LENGTH,
  type Octave,
  type Paint,
  type SensorJob,
  type SpanList,
} from './sensor-job.ts';
export { plainSensorKernel } from './sensor-plain.ts';
