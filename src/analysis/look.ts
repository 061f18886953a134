import { type ByteSource, cached } from './byte-source.ts';
import { type Decoded, decodeMain, decodePreview } from './decode.ts';
import { fingerprintOf, lumaOf } from './fingerprint.ts';
import { cutLetterbox, hasAspect, wholeOf } from './letterbox.ts';
import { gridOf } from './pixels.ts';
import { readContainer } from './previews/find-previews.ts';
import type { Container, Preview } from './previews/preview.ts';
import { type Scores, scoresOf } from './scores.ts';
import { developSensor } from './sensor-look.ts';
import { colourOf, toneOf } from './tone-colour.ts';

/** What a picture looks like, small enough to be kept for each: plain data. */
export interface Look extends Scores {
  readonly version: 1;
  /** 64 hex digits; null where the picture is too flat for a fingerprint to mean anything. */
  readonly fingerprint: string | null;
  /** Where the light is: {@link toneOf}. */
  readonly tone: readonly number[];
  /** Which colours are where: {@link colourOf}. */
  readonly colour: readonly number[];
  /** Of the main picture, in pixels, upright. */
  readonly width: number;
  readonly height: number;
  /** Width to height, upright, without letterbox. */
  readonly aspect: number;
  /** What was looked at; `sensor`: samples that are not compressed, made into a picture here. */
  readonly from: 'thumbnail' | 'preview' | 'full' | 'sensor';
  /** Longer side of what was looked at, in pixels: scores of different sizes are not comparable. */
  readonly seenPixels: number;
  /** How much the fingerprint means, 0 to some 100; below 1 there is none. */
  readonly quality: number;
}

/** How closely a picture is looked at. */
export interface LookOptions {
  /**
   * `scores` (left out: this) takes the embedded picture nearest to 1024 pixels; `fingerprint` the smallest that is large
   * enough for a fingerprint, several times as fast: the scores are then those of a thumbnail.
   */
  readonly purpose?: 'scores' | 'fingerprint';
}

/** Longer side of what scores are taken from, in pixels. */
const SCORES_SIDE = 1024;
/** The shorter side of a thumbnail that is large enough for 64 x 64 cells. */
const THUMBNAIL_SIDE_MIN = 60;
/** A picture decoded for its fingerprint alone is made this small. */
const FINGERPRINT_SIDE = 256;
/** An embedded picture with longer side above this is a preview, not a thumbnail. */
const THUMBNAIL_SIDE_MAX = 512;
/** Aspects that cameras have, tried where a file does not say its own. */
const CAMERA_ASPECTS: readonly number[] = [3 / 2, 16 / 9, 2 / 3, 9 / 16];
/** For its scores a JPEG itself is decoded unless it holds a copy of at least this side. */
const COPY_SIDE_MIN = 640;

/**
 * Looks at a picture: finds an embedded copy, decodes it, and describes it. Null where there is nothing to see: no
 * picture, or none that can be decoded. Never throws for what a file holds; throws what reading the source throws.
 * @param name the file's name; what it is, its content says
 */
export async function lookAt(
  source: ByteSource,
  _name: string,
  options: LookOptions = {},
): Promise<Look | null> {
  const pages = cached(source);
  const container = await readContainer(pages);
  const purpose = options.purpose ?? 'scores';
  const side = purpose === 'scores' ? SCORES_SIDE : FINGERPRINT_SIDE;
  for (const preview of previewsFor(container, purpose)) {
    const decoded = await decodePreview(pages, preview, side);
    if (decoded === null) continue;
    const isSmall = Math.max(preview.width, preview.height) <= THUMBNAIL_SIDE_MAX;
    const look = describe(container, decoded, isSmall ? 'thumbnail' : 'preview');
    if (look !== null) return look;
  }
  const sensor = container.kind === 'tiff' ? await developSensor(pages, side) : null;
  if (sensor !== null) return describe(container, sensor, 'sensor');
  const full = await decodeMain(pages, container.kind, side);
  return full === null ? null : describe(container, full, 'full');
}

/** Previews in the order in which they are tried. */
function previewsFor(
  container: Container & { readonly kind: string | null },
  purpose: 'scores' | 'fingerprint',
): readonly Preview[] {
  const { previews } = container;
  if (purpose === 'fingerprint') {
    const isLarge = (one: Preview): boolean =>
      Math.min(one.width, one.height) >= THUMBNAIL_SIDE_MIN;
    return [...previews.filter(isLarge), ...previews.filter((one) => !isLarge(one)).toReversed()];
  }
  const isJpeg = container.kind === 'jpeg';
  const longer = ({ width, height }: Preview): number => Math.max(width, height);
  const farness = (one: Preview): number => Math.abs(Math.log2(longer(one) / SCORES_SIDE));
  return previews
    .filter((one) => !isJpeg || longer(one) >= COPY_SIDE_MIN)
    .toSorted((left, right) => farness(left) - farness(right));
}

/** The look of decoded pixels; null where they show another cut of the picture than the file itself holds. */
function describe(
  container: Container & { readonly kind: string | null },
  decoded: Decoded,
  from: Look['from'],
): Look | null {
  const { pixels } = decoded;
  const part =
    from === 'thumbnail' || from === 'preview'
      ? cutLetterbox(pixels, aspectsOf(container))
      : wholeOf(pixels);
  if (isOtherCut(container, part.width / part.height, from)) return null;
  const orientation = decoded.orientation ?? container.orientation;
  const grid = gridOf(pixels, part, orientation);
  const luma = lumaOf(grid);
  const { bits, quality } = fingerprintOf(luma);
  const isTurned = orientation >= 5;
  const width = container.width ?? decoded.width;
  const height = container.height ?? decoded.height;
  const isWhole = part.width === pixels.width && part.height === pixels.height;
  // A picture made small has lost digits of its aspect.
  const seen = isWhole ? decoded : part;
  const aspect = seen.width / seen.height;
  return {
    version: 1,
    fingerprint: bits,
    tone: toneOf(luma),
    colour: colourOf(grid),
    width: isTurned ? height : width,
    height: isTurned ? width : height,
    aspect: Math.round((isTurned ? 1 / aspect : aspect) * 10_000) / 10_000,
    from,
    seenPixels: Math.max(part.width, part.height),
    quality,
    ...scoresOf(pixels, part),
  };
}

/** Aspects the picture may have: what the file says of it, then that of its largest copy, else what cameras have. */
function aspectsOf({ width, height, previews }: Container): readonly number[] {
  const largest = previews.at(-1);
  const known: number[] = [];
  if (width !== null && height !== null) known.push(width / height);
  if (largest !== undefined && Math.max(largest.width, largest.height) > THUMBNAIL_SIDE_MAX) {
    known.push(largest.width / largest.height);
  }
  return known.length > 0 ? known : CAMERA_ASPECTS;
}

/** A JPEG that was cut or turned later may have kept the thumbnail of what it was. */
function isOtherCut(
  { kind, width, height }: Container & { readonly kind: string | null },
  aspect: number,
  from: Look['from'],
): boolean {
  if (kind !== 'jpeg' || from === 'full' || width === null || height === null) return false;
  return !hasAspect(width, height, aspect);
}
