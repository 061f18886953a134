import { Buffer } from 'node:buffer';
import ExifReader, { type ExpandedTags } from 'exifreader';
import { type EmbeddedXmp, readEmbeddedXmp } from './embedded-xmp.ts';
import { KEYWORDS_MAX } from './picture-facts.ts';
import { quickPartsOf } from './quick-containers.ts';
import { type Tags, TEXT_LENGTH_MAX } from './tag-values.ts';

/** What the head of a file says in ExifTool's names, and what is wrong with it. */
export interface QuickTags {
  /** Null where the format is not one that is read in-process. */
  readonly tags: Tags | null;
  readonly trouble: string | null;
}

/** Name of a tag in the library, and the same tag's `Group:Tag` in ExifTool's words. */
const EXIF_NAMES: Readonly<Record<string, string>> = {
  Make: 'IFD0:Make',
  Model: 'IFD0:Model',
  Orientation: 'IFD0:Orientation',
  DateTime: 'IFD0:ModifyDate',
  Rating: 'IFD0:Rating',
  UniqueCameraModel: 'IFD0:UniqueCameraModel',
  CameraSerialNumber: 'IFD0:CameraSerialNumber',
  ExposureTime: 'ExifIFD:ExposureTime',
  FNumber: 'ExifIFD:FNumber',
  ISOSpeedRatings: 'ExifIFD:ISO',
  StandardOutputSensitivity: 'ExifIFD:StandardOutputSensitivity',
  RecommendedExposureIndex: 'ExifIFD:RecommendedExposureIndex',
  ISOSpeed: 'ExifIFD:ISOSpeed',
  DateTimeOriginal: 'ExifIFD:DateTimeOriginal',
  DateTimeDigitized: 'ExifIFD:CreateDate',
  OffsetTime: 'ExifIFD:OffsetTime',
  OffsetTimeOriginal: 'ExifIFD:OffsetTimeOriginal',
  OffsetTimeDigitized: 'ExifIFD:OffsetTimeDigitized',
  SubSecTime: 'ExifIFD:SubSecTime',
  SubSecTimeOriginal: 'ExifIFD:SubSecTimeOriginal',
  SubSecTimeDigitized: 'ExifIFD:SubSecTimeDigitized',
  ExposureBiasValue: 'ExifIFD:ExposureCompensation',
  FocalLength: 'ExifIFD:FocalLength',
  BodySerialNumber: 'ExifIFD:SerialNumber',
  LensModel: 'ExifIFD:LensModel',
  GPSLatitudeRef: 'GPS:GPSLatitudeRef',
  GPSLongitudeRef: 'GPS:GPSLongitudeRef',
  GPSAltitudeRef: 'GPS:GPSAltitudeRef',
  GPSAltitude: 'GPS:GPSAltitude',
  GPSDateStamp: 'GPS:GPSDateStamp',
};
/** Of a TIFF picture; the first folder of a RAW file describes its thumbnail. */
const TIFF_NAMES: Readonly<Record<string, string>> = {
  ImageWidth: 'IFD0:ImageWidth',
  ImageLength: 'IFD0:ImageHeight',
};
/** Of a RAW file; in others they say what size a picture had before an editor made it smaller. */
const RAW_NAMES: Readonly<Record<string, string>> = {
  PixelXDimension: 'ExifIFD:ExifImageWidth',
  PixelYDimension: 'ExifIFD:ExifImageHeight',
};
const ANGLES = ['GPSLatitude', 'GPSLongitude'];
const CLOCK = 'GPSTimeStamp';
/** XMP in a TIFF. */
const PACKET = 'ApplicationNotes';
/** What the library puts in place of a value that lies outside the bytes it was given. */
const FAULTY = '<faulty value>';

const NAMES = { ...EXIF_NAMES, ...TIFF_NAMES, ...RAW_NAMES };

const INCLUDED = {
  exif: [...Object.keys(NAMES), ...ANGLES, CLOCK, PACKET],
  iptc: ['Keywords', 'Date Created', 'Time Created'],
  xmp: true,
  file: ['Image Width', 'Image Height', 'FileType'],
  png: ['Image Width', 'Image Height'],
} as const;

/** Reads the tags that are facts from the first bytes of a file. `isWhole`: there are no more. */
export function quickTagsOf(name: string, head: Uint8Array, isWhole: boolean): QuickTags {
  const parts = quickPartsOf(head);
  if (parts === null) return tagsOfPicture(name, head, isWhole);
  const pictures = parts.pictures.map((picture) => tagsOfPicture('', picture, isWhole));
  const packets = parts.packets.map(readEmbeddedXmp);
  const said = [...pictures, ...packets].map(({ tags }) => tags ?? {});
  const tags: Record<string, unknown> = Object.assign({}, ...said.toReversed());
  // Of the preview, not of the picture.
  delete tags['File:ImageWidth'];
  delete tags['File:ImageHeight'];
  const trouble = pictures.find((picture) => picture.trouble !== null)?.trouble ?? null;
  return { tags: Object.keys(tags).length === 0 ? null : tags, trouble };
}

function tagsOfPicture(name: string, head: Uint8Array, isWhole: boolean): QuickTags {
  const packets: string[] = [];
  const loaded = load(head, packets);
  if (loaded.found === null) {
    const isNamedJpeg = /\.(jpe?g|jpe|thm)$/i.test(name);
    const isOther = loaded.trouble === null && isNamedJpeg;
    const trouble = isOther ? 'The name says JPEG, but the file begins like no picture.' : null;
    return { tags: null, trouble: loaded.trouble ?? trouble };
  }
  const { found } = loaded;
  const tags: Record<string, unknown> = {};
  const lost = addExif(tags, found, namesFor(name, found));
  addIptc(tags, found);
  addSize(tags, found);
  const xmp = packets.map(readEmbeddedXmp);
  for (const { tags: said } of xmp) Object.assign(tags, { ...said, ...tags });
  const isJpeg = head[0] === 0xff && head[1] === 0xd8;
  const trouble = troubleOf(found, xmp, isJpeg || isWhole ? lost : null, isJpeg ? head : null);
  return { tags, trouble };
}

interface Loaded {
  readonly found: ExpandedTags | null;
  readonly trouble: string | null;
}

function load(head: Uint8Array, packets: string[]): Loaded {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  // The library finds the packets of every format; its own parser of XML is neither bounded nor needed.
  const domParser = {
    parseFromString: (xml: string): never => {
      packets.push(xml);
      throw new Error('taken');
    },
  };
  try {
    const options = { expanded: true, domParser, includeTags: INCLUDED } as const;
    // The library's types ask for arrays that may be written to; it does not write to them.
    return { found: ExifReader.loadView(view, options as never) as ExpandedTags, trouble: null };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : '';
    const isNothing = cause instanceof ExifReader.errors.MetadataMissingError;
    const isUnknown = isNothing || /^(Invalid|Unknown) image format/i.test(message);
    return {
      found: null,
      trouble: isUnknown ? null : 'The metadata is damaged and cannot be read.',
    };
  }
}

function namesFor(name: string, found: ExpandedTags): Readonly<Record<string, string>> {
  const file = found.file as { readonly FileType?: { readonly value?: unknown } } | undefined;
  if (file?.FileType?.value !== 'tiff') return EXIF_NAMES;
  return /\.tiff?$/i.test(name)
    ? { ...EXIF_NAMES, ...TIFF_NAMES }
    : { ...EXIF_NAMES, ...RAW_NAMES };
}

/** The first tag whose value lies outside the file; null where none does. */
function addExif(
  tags: Record<string, unknown>,
  found: ExpandedTags,
  names: Readonly<Record<string, string>>,
): string | null {
  const exif = (found.exif ?? {}) as Readonly<Record<string, { readonly value: unknown }>>;
  let lost: string | null = null;
  for (const [name, tag] of Object.entries(names)) {
    const value = exif[name]?.value;
    if (isFaulty(value)) lost ??= name;
    else if (value !== undefined) tags[tag] = plainOf(value);
  }
  for (const name of ANGLES) {
    const parts = rationalsOf(exif[name]?.value);
    if (parts !== null) tags[`GPS:${name}`] = parts[0] + parts[1] / 60 + parts[2] / 3600;
  }
  // The rating that counts stands in XMP behind the head: this one may be older.
  if (isFaulty(exif[PACKET]?.value)) delete tags['IFD0:Rating'];
  const clock = rationalsOf(exif[CLOCK]?.value);
  if (clock !== null) tags[`GPS:${CLOCK}`] = formatClock(clock);
  return lost;
}

function isFaulty(value: unknown): boolean {
  return value === FAULTY || (Array.isArray(value) && value[0] === FAULTY);
}

/** Text, a number, or the first of several numbers; a rational as its quotient. */
function plainOf(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const [first, second] = value;
  if (typeof first === 'string') return first;
  if (Array.isArray(first)) return plainOf(first);
  if (value.length === 2 && isNumber(first) && isNumber(second)) return first / second;
  // Text that a writer marked as bytes.
  const codes = value.slice(0, TEXT_LENGTH_MAX).filter(isNumber);
  const end = codes.indexOf(0);
  return String.fromCharCode(...(end < 0 ? codes : codes.slice(0, end)));
}

/** Three rationals; null where one of them has no value. */
function rationalsOf(value: unknown): readonly [number, number, number] | null {
  if (!Array.isArray(value) || value.length !== 3) return null;
  const [a, b, c] = value.map((part: unknown) =>
    Array.isArray(part) && isNumber(part[0]) && isNumber(part[1]) ? part[0] / part[1] : Number.NaN,
  );
  const parts = [a ?? Number.NaN, b ?? Number.NaN, c ?? Number.NaN] as const;
  return parts.every(Number.isFinite) ? parts : null;
}

function formatClock([hours, minutes, seconds]: readonly [number, number, number]): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${two(hours)}:${two(minutes)}:${two(seconds)}`;
}

function addIptc(tags: Record<string, unknown>, found: ExpandedTags): void {
  const iptc = (found.iptc ?? {}) as Readonly<Record<string, unknown>>;
  const keywords = [iptc['Keywords'] ?? []].flat().slice(0, KEYWORDS_MAX).map(descriptionOf);
  if (keywords.length > 0) tags['IPTC:Keywords'] = keywords;
  const day = iptc['Date Created'];
  const clock = iptc['Time Created'];
  if (day !== undefined) tags['IPTC:DateCreated'] = descriptionOf([day].flat()[0]);
  if (clock !== undefined) tags['IPTC:TimeCreated'] = descriptionOf([clock].flat()[0]);
}

function descriptionOf(tag: unknown): unknown {
  return typeof tag === 'object' && tag !== null && 'description' in tag ? tag.description : null;
}

function addSize(tags: Record<string, unknown>, found: ExpandedTags): void {
  const group = found.pngFile === undefined ? 'File' : 'PNG';
  const from = (found.pngFile ?? found.file ?? {}) as Readonly<Record<string, { value?: unknown }>>;
  const [width, height] = [from['Image Width']?.value, from['Image Height']?.value];
  if (isNumber(width) && isNumber(height)) {
    tags[`${group}:ImageWidth`] = width;
    tags[`${group}:ImageHeight`] = height;
  }
}

/** One sentence on the first damage found; `jpeg`: the bytes where a JPEG's segments can be looked for. */
function troubleOf(
  found: ExpandedTags,
  xmp: readonly EmbeddedXmp[],
  lost: string | null,
  jpeg: Uint8Array | null,
): string | null {
  if (lost !== null) return `The value of ${lost} lies outside the file.`;
  const hasExif = Object.keys(found.exif ?? {}).length > 0;
  if (!hasExif && jpeg !== null && hasLostExif(jpeg)) return 'The EXIF data is damaged.';
  // Of an extended packet the library offers parts in the order of the file, which need not be XML by themselves.
  return xmp.length === 1 && xmp[0]?.trouble != null
    ? 'The embedded XMP is not well-formed XML.'
    : null;
}

/**
 * JPEG, EXIF 2.32 section 4.7.2: an APP1 segment that begins with "Exif" and two zeros. Whether the TIFF header behind it
 * leads nowhere.
 */
function hasLostExif(jpeg: Uint8Array): boolean {
  const bytes = Buffer.from(jpeg.buffer, jpeg.byteOffset, Math.min(jpeg.byteLength, 65_536));
  const at = bytes.indexOf('Exif\0\0', 0, 'latin1');
  const tiff = at + 6;
  if (at < 4 || bytes.readUInt16BE(at - 4) !== 0xffe1) return false;
  if (bytes.length < tiff + 8) return true;
  const order = bytes.toString('latin1', tiff, tiff + 2);
  if (order !== 'II' && order !== 'MM') return true;
  const folder = order === 'II' ? bytes.readUInt32LE(tiff + 4) : bytes.readUInt32BE(tiff + 4);
  return tiff + folder + 2 > bytes.length;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}
