import { type CaptureTime, captureTimeOf } from './capture-time.ts';
import { firstOf, numberOf, positiveOf, type Tags, textOf, wholeOf } from './tag-values.ts';

/** What one picture says of itself, cleaned and bounded; the same schema from the quick and from the full reading. */
export interface QuickFacts {
  readonly version: 1;
  readonly make: string | null;
  readonly model: string | null;
  /** Serial number of the body. */
  readonly serial: string | null;
  readonly lens: string | null;
  readonly iso: number | null;
  /** f-number. */
  readonly aperture: number | null;
  readonly shutterSeconds: number | null;
  /** Focal length in millimetres, as it stands on the lens. */
  readonly focal: number | null;
  /** Set against the metered exposure, in stops. */
  readonly exposureBias: number | null;
  readonly time: CaptureTime | null;
  /** EXIF orientation, 1 to 8. */
  readonly orientation: number | null;
  /** Stars written into the file, -1 (rejected) to 5. */
  readonly rating: number | null;
  readonly label: string | null;
  /** Leaves and paths; a path's parts are joined by `|`. */
  readonly keywords: readonly string[];
  /** Degrees north. */
  readonly latitude: number | null;
  /** Degrees east. */
  readonly longitude: number | null;
  /** Metres above the sea. */
  readonly altitude: number | null;
  /** Pixels as stored, before any rotation. */
  readonly width: number | null;
  readonly height: number | null;
  /** Identity of the shot, `make|model|serial|time|fraction|number`; null without model and time. */
  readonly key: string | null;
}

/** Keywords kept of one picture. */
export const KEYWORDS_MAX = 1000;

const KEYWORD_TAGS = ['XMP-dc:Subject', 'IPTC:Keywords', 'XMP-lr:HierarchicalSubject'];
const SIZE_MAX = 10_000_000;
/** EXIF 2.32 section 4.6.5, PhotographicSensitivity: "65535" where the true value does not fit. */
const ISO_OVERFLOW = 65_535;
/** Groups that speak of something else than the picture, or are asked by name. */
const NO_MAKER =
  /^(XMP|IPTC|IFD\d|SubIFD|ICC|File|System|ExifTool|Photoshop|MPImage|MPF|Preview|Track|QuickTime|JFIF|PrintIM|InteropIFD|GPS)/;

/** Facts out of tags; what is impossible or says nothing becomes null. `name`: the file's name, for its number. */
export function factsOfTags(tags: Tags, name: string): QuickFacts {
  const maker = makerTags(tags);
  const any = <Value>(
    tag: string,
    groups: readonly string[],
    read: (value: unknown) => Value | null,
  ): Value | null => {
    const named = groups.map((group) => `${group}:${tag}`);
    return firstOf(tags, [...named, ...(maker.get(tag) ?? [])], read);
  };
  const make = any('Make', ['IFD0'], textOf);
  const model = any('Model', ['IFD0'], textOf) ?? firstOf(tags, ['IFD0:UniqueCameraModel'], textOf);
  const serial =
    firstOf(tags, ['ExifIFD:SerialNumber', 'IFD0:CameraSerialNumber'], textOf) ??
    any('SerialNumber', [], textOf) ??
    firstOf(tags, ['XMP-aux:SerialNumber'], textOf);
  const time = captureTimeOf(tags);
  return {
    version: 1,
    make,
    model,
    serial,
    lens: any('LensModel', ['ExifIFD', 'IFD0'], textOf) ?? firstOf(tags, ['XMP-aux:Lens'], textOf),
    iso: isoOf(tags) ?? any('ISO', [], positiveOf(1e8)),
    aperture: any('FNumber', ['ExifIFD', 'IFD0'], positiveOf(1000)),
    shutterSeconds: any('ExposureTime', ['ExifIFD', 'IFD0'], positiveOf(1e6)),
    focal: any('FocalLength', ['ExifIFD', 'IFD0'], positiveOf(1e5)),
    exposureBias: any('ExposureCompensation', ['ExifIFD', 'IFD0'], biasOf),
    time,
    orientation: firstOf(tags, ['IFD0:Orientation', 'File:Orientation'], wholeOf(1, 8)),
    rating: firstOf(tags, ['XMP-xmp:Rating', 'IFD0:Rating', 'ExifIFD:Rating'], ratingOf),
    label: firstOf(tags, ['XMP-xmp:Label'], textOf),
    keywords: keywordsOf(tags),
    ...placeOf(tags),
    ...sizeOf(tags),
    key: keyOf({ make, model, serial }, time, numberInName(name)),
  };
}

/** By name: the tags of the makers' own groups, in the order of the file. */
function makerTags(tags: Tags): ReadonlyMap<string, string[]> {
  const found = new Map<string, string[]>();
  for (const key of Object.keys(tags)) {
    const colon = key.indexOf(':');
    if (colon <= 0 || NO_MAKER.test(key)) continue;
    const tag = key.slice(colon + 1);
    const keys = found.get(tag);
    if (keys === undefined) found.set(tag, [key]);
    else keys.push(key);
  }
  return found;
}

function isoOf(tags: Tags): number | null {
  const read = positiveOf(1e8);
  const iso = firstOf(tags, ['ExifIFD:ISO', 'IFD0:ISO'], read);
  if (iso !== null && iso !== ISO_OVERFLOW) return iso;
  const long = ['ISOSpeed', 'RecommendedExposureIndex', 'StandardOutputSensitivity'];
  return (
    firstOf(
      tags,
      long.map((tag) => `ExifIFD:${tag}`),
      read,
    ) ?? iso
  );
}

function biasOf(value: unknown): number | null {
  const bias = numberOf(value);
  if (bias === null || Math.abs(bias) > 20) return null;
  return bias === 0 ? 0 : bias;
}

function ratingOf(value: unknown): number | null {
  const rating = numberOf(value);
  return rating === null || rating < -1 || rating > 5 ? null : Math.round(rating) + 0;
}

function keywordsOf(tags: Tags): string[] {
  const found = new Set<string>();
  for (const tag of KEYWORD_TAGS) {
    const value = Object.hasOwn(tags, tag) ? tags[tag] : undefined;
    for (const one of Array.isArray(value) ? value : [value]) {
      if (found.size >= KEYWORDS_MAX) return [...found];
      const keyword = textOf(one);
      if (keyword !== null) found.add(keyword);
    }
  }
  return [...found];
}

function placeOf(tags: Tags): Pick<QuickFacts, 'latitude' | 'longitude' | 'altitude'> {
  const latitude = degreesOf(tags, 'Latitude', 90);
  const longitude = degreesOf(tags, 'Longitude', 180);
  const altitude = altitudeOf(tags);
  // Cameras without a fix fill the tags with zeros; the true place is open sea.
  const isEmpty = latitude === null || longitude === null || (latitude === 0 && longitude === 0);
  if (isEmpty)
    return { latitude: null, longitude: null, altitude: altitude === 0 ? null : altitude };
  return { latitude, longitude, altitude };
}

/** EXIF says degrees without a sign and the hemisphere beside them; XMP has the sign. */
function degreesOf(tags: Tags, name: string, max: number): number | null {
  const plain = firstOf(tags, [`GPS:GPS${name}`], numberOf);
  const ref = firstOf(tags, [`GPS:GPS${name}Ref`], textOf)
    ?.charAt(0)
    .toUpperCase();
  const sign = ref === 'S' || ref === 'W' ? -1 : 1;
  const degrees =
    plain === null ? firstOf(tags, [`XMP-exif:GPS${name}`], numberOf) : sign * Math.abs(plain);
  return degrees === null || Math.abs(degrees) > max ? null : degrees + 0;
}

function altitudeOf(tags: Tags): number | null {
  const plain = firstOf(tags, ['GPS:GPSAltitude'], numberOf);
  const metres = plain ?? firstOf(tags, ['XMP-exif:GPSAltitude'], numberOf);
  if (metres === null || Math.abs(metres) > 1e6) return null;
  const group = plain === null ? 'XMP-exif' : 'GPS';
  // EXIF 3.0: 1 and 3 are below the sea or the ellipsoid.
  const ref = firstOf(tags, [`${group}:GPSAltitudeRef`], numberOf);
  return (ref === 1 || ref === 3 ? -Math.abs(metres) : metres) + 0;
}

/** The picture's size: what its outermost format says, else the largest of its parts. */
function sizeOf(tags: Tags): Pick<QuickFacts, 'width' | 'height'> {
  const read = wholeOf(1, SIZE_MAX);
  const at = (group: string, prefix = ''): { width: number; height: number } | null => {
    const width = firstOf(tags, [`${group}:${prefix}ImageWidth`], read);
    const height = firstOf(tags, [`${group}:${prefix}ImageHeight`], read);
    return width === null || height === null ? null : { width, height };
  };
  const outer = at('File') ?? at('PNG') ?? at('RIFF') ?? extentOf(tags);
  if (outer !== null) return outer;
  const subs = ['', '1', '2', '3', '4', '5'].map((number) => at(`SubIFD${number}`));
  const inner = [at('IFD0'), ...subs, at('Track1'), at('ExifIFD', 'Exif')]
    .filter((size) => size !== null)
    .toSorted((a, b) => b.width * b.height - a.width * a.height);
  return inner[0] ?? { width: null, height: null };
}

/** HEIF: ISO 23008-12 section 6.5.3, the image spatial extents. */
function extentOf(tags: Tags): { width: number; height: number } | null {
  const extent = firstOf(tags, ['Meta:ImageSpatialExtent'], textOf);
  const match = /^(\d{1,8})[ x](\d{1,8})$/.exec(extent ?? '');
  const [width, height] = [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)];
  return width > 0 && height > 0 ? { width, height } : null;
}

/** The identity of a shot from its parts; what a camera did not say is left empty. */
export function keyOf(
  body: Pick<QuickFacts, 'make' | 'model' | 'serial'>,
  time: CaptureTime | null,
  number: string,
): string | null {
  if (body.model === null || time === null) return null;
  const [seconds = '', fraction = ''] = time.local.split('.');
  const parts = [body.make, body.model, body.serial, seconds, fraction, number];
  return parts.map((part) => (part ?? '').replaceAll('|', '/')).join('|');
}

/** DCF 2.0 section 3.2: four characters, then the number; the vault puts `~` and digits of the digest behind a name. */
function numberInName(name: string): string {
  const base = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  return /^[A-Z0-9_]{4}(\d{4})(?:~[0-9a-f]{16})?\.\w+$/i.exec(base)?.[1] ?? '';
}
