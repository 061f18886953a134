/**
 * codec: bytes to fewer bytes and back, exactly: recoded JPEG and RAW files.
 * Invariants: pure and in memory, nothing here waits, reads a file or needs Node; an encoder always decodes what it
 * made and compares before it returns; a decoder never imports an encoder and ends in bounded time and memory.
 */
export { isJpegRecoded, JPEG_RECODED } from './jpeg/container.ts';
export { type DecodeJpegOptions, decodeJpeg, jpegDependencies } from './jpeg/decode-jpeg.ts';
export { type EncodeJpegOptions, encodeJpeg } from './jpeg/encode-jpeg.ts';
export { isRawRecoded, RAW_RECODED } from './raw/container.ts';
export {
  type DecodeRawOptions,
  decodeRaw,
  type RawDependency,
  rawDependencies,
} from './raw/decode-raw.ts';
export { describeRaw, type RawDescription } from './raw/describe-raw.ts';
export { type EncodeRawOptions, encodeRaw } from './raw/encode-raw.ts';
export { readSensorPlanes } from './raw/read-parts.ts';
export type { SamplePlane } from './raw/sample-plane.ts';
export {
  formatZstd,
  type KnownContent,
  openZstd,
  readZstdHead,
  unpackZstd,
  ZSTD_BYTES_MAX,
} from './zstd/container.ts';
