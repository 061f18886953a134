import type { SensorFrame } from './camera.ts';
import { type RgbImage, renderHalf } from './render.ts';

/** The pictures that go with a frame. */
export interface Previews {
  /** JPEG of the sensor's full size, as cameras put it into their RAW files. */
  readonly full: Uint8Array;
  /** At most 160 pixels wide and a quarter of the frame: as pixels, and as JPEG. */
  readonly small: RgbImage;
  readonly smallJpeg: Uint8Array;
}

/** The widest thumbnail, in pixels (EXIF and DCF cameras write 160 x 120). */
const THUMBNAIL_WIDTH = 160;

/** Develops a frame and encodes its pictures; the same frame gives the same bytes. */
export async function renderPreviews(frame: SensorFrame): Promise<Previews> {
  const half = renderHalf(frame);
  const width = Math.min(THUMBNAIL_WIDTH, frame.width >> 2);
  const size = { width, height: Math.max(8, Math.round((width * frame.height) / frame.width)) };
  const [full, pixels] = await Promise.all([
    encodeJpeg(half, frame, 80),
    (await open(half))
      .resize({ ...size, fit: 'fill' })
      .raw()
      .toBuffer(),
  ]);
  const small = { ...size, pixels: new Uint8Array(pixels) };
  return { full, small, smallJpeg: await encodeJpeg(small, size, 75) };
}

/** A JPEG of this size and quality (1 to 100) without any metadata. */
export async function encodeJpeg(
  image: RgbImage,
  size: { readonly width: number; readonly height: number },
  quality: number,
): Promise<Uint8Array> {
  const picture = await open(image);
  const { width, height } = size;
  const buffer = await picture
    .resize({ width, height, fit: 'fill', kernel: 'cubic' })
    .jpeg({ quality })
    .toBuffer();
  return withoutJfif(new Uint8Array(buffer));
}

async function open(image: RgbImage): Promise<import('sharp').Sharp> {
  // Loaded here, so that tests that take no pictures start without it.
  const { default: sharp } = await import('sharp');
  const { width, height } = image;
  return sharp(image.pixels, { raw: { width, height, channels: 3 }, limitInputPixels: false });
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
