/**
 * All that reads what the encoders of this room wrote, for `recover.html`: bundled and put into the page, so that a
 * browser alone gives recoded pictures back. Decoders never import encoders.
 */
export { isJpegRecoded } from './jpeg/container.ts';
export { decodeJpeg, jpegDependencies } from './jpeg/decode-jpeg.ts';
export { isRawRecoded } from './raw/container.ts';
export { decodeRaw, rawDependencies } from './raw/decode-raw.ts';
export { readZstdHead, unpackZstd } from './zstd/container.ts';
