import type { SensorFrame } from './camera.ts';
import { type RgbImage, renderFrame } from './render.ts';

/** The pictures that go with a frame. */
export interface Previews {
  /** JPEG of the sensor's full size, as cameras put it into their RAW files. */
  readonly full: Uint8Array;
  /** At most 160 pixels wide and a quarter of the frame: as pixels, and as JPEG. */
  readonly small: RgbImage;
  readonly smallJpeg: Uint8Array;
  /** The developed frame, for the JPEG beside the RAW; null where none is wanted. */
  readonly developed: RgbImage | null;
}

/** The widest thumbnail, in pixels (EXIF and DCF cameras write 160 x 120). */
const THUMBNAIL_WIDTH = 160;
/** Quality of the JPEG inside a RAW file, and of thumbnails. */
const PREVIEW_QUALITY = 60;

/**
 * Develops a frame and encodes its pictures; the same frame gives the same bytes.
 * @param keep whether a JPEG is to be written beside the RAW: keeps the developed pixels for it
 */
export async function renderPreviews(frame: SensorFrame, keep = true): Promise<Previews> {
  const developed = renderFrame(frame);
  const small = shrink(developed, Math.min(THUMBNAIL_WIDTH, frame.width >> 2));
  const full = await encodeJpeg(developed, PREVIEW_QUALITY);
  const smallJpeg = await encodeJpeg(small, PREVIEW_QUALITY);
  return { full, small, smallJpeg, developed: keep ? developed : null };
}

/** A baseline JPEG of this quality (1 to 100), 4:2:0, with the standard's Huffman tables, without any metadata. */
export async function encodeJpeg(image: RgbImage, quality: number): Promise<Uint8Array> {
  // Loaded here, so that tests that take no pictures start without it.
  const { default: sharp } = await import('sharp');
  const { width, height } = image;
  const raw = { width, height, channels: 3 } as const;
  const buffer = await sharp(image.pixels, { raw, limitInputPixels: false })
    .jpeg({ quality, optimiseCoding: false })
    .toBuffer();
  return withoutJfif(new Uint8Array(buffer));
}

/** The picture at this width, each pixel the mean of up to 64 of those it stands for. */
function shrink(image: RgbImage, width: number): RgbImage {
  const height = Math.max(8, Math.round((width * image.height) / image.width));
  const pixels = new Uint8Array(width * height * 3);
  const steps = 8;
  for (let out = 0; out < width * height; out++) {
    const column = out % width;
    const row = Math.floor(out / width);
    const sums = [0, 0, 0];
    for (let part = 0; part < steps * steps; part++) {
      const x = Math.floor(((column + (part % steps) / steps) * image.width) / width);
      const y = Math.floor(((row + Math.floor(part / steps) / steps) * image.height) / height);
      const at = (y * image.width + x) * 3;
      for (let channel = 0; channel < 3; channel++) sums[channel]! += image.pixels[at + channel]!;
    }
    pixels.set(
      sums.map((sum) => Math.round(sum / (steps * steps))),
      out * 3,
    );
  }
  return { width, height, pixels };
}

/** Leaves the APP0 segment out: cameras put EXIF's APP1 straight after the start (EXIF 2.31, section 4.5.4). */
function withoutJfif(jpeg: Uint8Array): Uint8Array {
  if (jpeg[2] !== 0xff || jpeg[3] !== 0xe0) return jpeg;
  const length = jpeg[4]! * 256 + jpeg[5]!;
  const bytes = new Uint8Array(jpeg.length - 2 - length);
  bytes.set([0xff, 0xd8]);
  bytes.set(jpeg.subarray(4 + length), 2);
  return bytes;
}
