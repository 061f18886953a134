import { codes, type Entry, tiff } from './tiff-bytes.ts';

/** A segment of a JPEG. */
export function segment(marker: number, content: readonly number[]): number[] {
  const length = content.length + 2;
  return [0xff, marker, length >> 8, length & 255, ...content];
}

/** A JPEG of 40 x 30 pixels without a picture in it. */
export function jpeg(...segments: number[][]): Uint8Array {
  const frame = segment(0xc0, [8, 0, 30, 0, 40, 1, 1, 0x11, 0]);
  return new Uint8Array([0xff, 0xd8, ...segments.flat(), ...frame, 0xff, 0xd9]);
}

/** The same with an EXIF segment. */
export function exifJpeg(first: Entry[], exif: Entry[] = [], gps: Entry[] = []): Uint8Array {
  return jpeg(segment(0xe1, [...codes('Exif\0\0'), ...tiff(first, exif, gps)]));
}
