import type { Sharp, SharpOptions } from 'sharp';
import type { ByteSource } from './byte-source.ts';
import type { Pixels } from './pixels.ts';
import type { ContainerKind } from './previews/find-previews.ts';
import { readJpegFrame } from './previews/jpeg-frame.ts';
import { orientationOf, type Preview } from './previews/preview.ts';

/** What a decoder made of a picture, and how it must be turned where the decoder found that out. */
export interface Decoded {
  readonly pixels: Pixels;
  readonly orientation: number | null;
  /** Before it was made smaller. */
  readonly width: number;
  readonly height: number;
}

/** A file larger than this is not decoded whole, in bytes. */
const FILE_BYTES_MAX = 268_435_456;
/** Pixels of a picture that is decoded line by line: a panorama of 1 gigapixel. */
const STREAMED_PIXELS_MAX = 1_073_741_824;
/** Pixels of a picture that a decoder holds whole: progressive JPEG, WebP, AVIF, GIF. */
const HELD_PIXELS_MAX = 134_217_728;
/** A header that claims more pixels for each byte than a flat picture needs is a trap; small ones may. */
const PIXELS_PER_BYTE_MAX = 1000;
const TRAP_PIXELS_MIN = 4_194_304;

type SharpModule = typeof import('sharp').default;
let loading: Promise<SharpModule> | null = null;

/** Loaded when the first picture is decoded; its cache would only hold memory, and workers are our parallelism. */
function loadSharp(): Promise<SharpModule> {
  loading ??= import('sharp').then(({ default: sharp }) => {
    sharp.cache(false);
    sharp.concurrency(1);
    return sharp;
  });
  return loading;
}

/** Decodes an embedded picture so that its longer side is at most this; null where it is broken. */
export async function decodePreview(
  source: ByteSource,
  preview: Preview,
  side: number,
): Promise<Decoded | null> {
  const { offset, lengthBytes, width, height, kind } = preview;
  if (kind === 'rgb') {
    const rgb = await source.read(offset, lengthBytes);
    const pixels = { width, height, rgb };
    return rgb.length < width * height * 3 ? null : { pixels, orientation: null, width, height };
  }
  return decodeJpeg(source, { offset, lengthBytes }, side);
}

/** Decodes the main picture of a file of these kinds; null for others, and for what cannot be decoded. */
export async function decodeMain(
  source: ByteSource,
  kind: ContainerKind | null,
  side: number,
): Promise<Decoded | null> {
  const lengthBytes = source.sizeBytes;
  if (kind === null || lengthBytes > FILE_BYTES_MAX) return null;
  if (kind === 'jpeg') return decodeJpeg(source, { offset: 0, lengthBytes }, side);
  if (kind === 'iso' && !(await isAvif(source))) return null;
  if (kind !== 'png' && kind !== 'webp' && kind !== 'gif' && kind !== 'tiff' && kind !== 'iso') {
    return null;
  }
  return decode(await source.read(0, lengthBytes), HELD_PIXELS_MAX, side);
}

async function decodeJpeg(
  source: ByteSource,
  place: { readonly offset: number; readonly lengthBytes: number },
  side: number,
): Promise<Decoded | null> {
  const frame = await readJpegFrame(source, place.offset, place.lengthBytes);
  if (frame === null) return null;
  const pixels = frame.width * frame.height;
  const isTrap = pixels > Math.max(TRAP_PIXELS_MIN, place.lengthBytes * PIXELS_PER_BYTE_MAX);
  const pixelsMax = frame.isProgressive ? HELD_PIXELS_MAX : STREAMED_PIXELS_MAX;
  if (isTrap || pixels > pixelsMax) return null;
  const { width, height } = frame;
  const sharp = await loadSharp();
  try {
    const bytes = await source.read(place.offset, place.lengthBytes);
    const image = shrunk(sharp(bytes, optionsFor(pixelsMax)), side);
    const made = await toPixels(frame.components === 3 ? image : asColour(image));
    return made === null ? null : { pixels: made, orientation: null, width, height };
  } catch {
    return null;
  }
}

/** The decoder here reads AV1; HEVC, which HEIC pictures are coded in, it does not. */
async function isAvif(source: ByteSource): Promise<boolean> {
  const text = String.fromCharCode(...(await source.read(8, 32)));
  return text.includes('avif') || text.includes('avis');
}

async function decode(bytes: Uint8Array, pixelsMax: number, side: number): Promise<Decoded | null> {
  const sharp = await loadSharp();
  try {
    const image = sharp(bytes, optionsFor(pixelsMax));
    const { width, height, format, orientation } = await image.metadata();
    // Drawings are programs of a kind, and nothing that a camera writes.
    if (format === 'svg' || format === 'pdf') return null;
    const pixels = await toPixels(asColour(shrunk(image, side)));
    // What the AVIF decoder gives out stands upright already.
    const turn = format === 'heif' ? 1 : orientationOf(orientation);
    return pixels === null ? null : { pixels, orientation: turn, width, height };
  } catch {
    return null;
  }
}

/** Salvage: what is left of a damaged picture is better than none. */
function optionsFor(pixelsMax: number): SharpOptions {
  return { failOn: 'none', limitInputPixels: pixelsMax, ignoreIcc: true, pages: 1 };
}

function shrunk(image: Sharp, side: number): Sharp {
  return image.resize({
    width: side,
    height: side,
    fit: 'inside',
    withoutEnlargement: true,
    kernel: 'linear',
  });
}

function asColour(image: Sharp): Sharp {
  return image.flatten({ background: '#ffffff' }).toColourspace('srgb');
}

async function toPixels(image: Sharp): Promise<Pixels | null> {
  const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const count = width * height;
  if (data.length < count * channels || count === 0) return null;
  if (channels === 3) return { width, height, rgb: data };
  const rgb = new Uint8Array(count * 3);
  for (let at = 0; at < count; at += 1) {
    // One channel is grey; two are grey and alpha.
    const isGrey = channels < 3;
    for (let channel = 0; channel < 3; channel += 1) {
      rgb[at * 3 + channel] = data[at * channels + (isGrey ? 0 : channel)]!;
    }
  }
  return { width, height, rgb };
}

/** A JPEG of decoded pixels, which says itself how it must be turned. */
export async function encodeCopy(
  { width, height, rgb }: Pixels,
  { orientation, quality }: { readonly orientation: number; readonly quality: number },
): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const image = sharp(rgb, { raw: { width, height, channels: 3 } });
  const encoded = await image.withMetadata({ orientation }).jpeg({ quality }).toBuffer();
  return new Uint8Array(encoded);
}
