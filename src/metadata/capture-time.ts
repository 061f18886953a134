import { firstOf, type Tags, textOf } from './tag-values.ts';

/** When a picture was taken, as the camera's own clock said it, and who says how far that clock was from UTC. */
export interface CaptureTime {
  /** `YYYY-MM-DDTHH:MM:SS[.fraction]`: the clock's own numbers, never converted. */
  readonly local: string;
  /** Minutes east of UTC; null where nothing says so. */
  readonly offsetMinutes: number | null;
  /** The tag that says the time, e.g. `ExifIFD:DateTimeOriginal`. */
  readonly from: string;
  /** The tag that says the offset; `QuickTime UTC` where the format itself fixes it. */
  readonly offsetFrom: string | null;
}

/** Where a time may stand, the moment of exposure first and the time of the last edit last. */
interface Source {
  readonly tag: string;
  readonly subSeconds?: string;
  /** The tag of the time of day where it stands apart. */
  readonly clock?: string;
  /** The format says that this time is UTC. */
  readonly isUtc?: boolean;
}

const SOURCES: readonly Source[] = [
  { tag: 'ExifIFD:DateTimeOriginal', subSeconds: 'ExifIFD:SubSecTimeOriginal' },
  { tag: 'IFD0:DateTimeOriginal', subSeconds: 'IFD0:SubSecTimeOriginal' },
  { tag: 'ExifIFD:CreateDate', subSeconds: 'ExifIFD:SubSecTimeDigitized' },
  { tag: 'XMP-exif:DateTimeOriginal' },
  { tag: 'XMP-photoshop:DateCreated' },
  { tag: 'XMP-xmp:CreateDate' },
  { tag: 'IPTC:DateCreated', clock: 'IPTC:TimeCreated' },
  { tag: 'Keys:CreationDate' },
  { tag: 'UserData:DateTimeOriginal' },
  { tag: 'XML:CreationDateValue' },
  { tag: 'RIFF:DateTimeOriginal' },
  { tag: 'H264:DateTimeOriginal' },
  { tag: 'CanonRaw:DateTimeOriginal' },
  { tag: 'CIFF:DateTimeOriginal' },
  { tag: 'PNG:CreationTime' },
  // ISO 14496-12 section 8.2.2: "in UTC time"; many cameras write their local time all the same.
  { tag: 'QuickTime:CreateDate', isUtc: true },
];
const EDITED: Source = { tag: 'IFD0:ModifyDate', subSeconds: 'ExifIFD:SubSecTime' };
const OFFSETS = ['ExifIFD:OffsetTimeOriginal', 'ExifIFD:OffsetTimeDigitized'];
const MAKER_ZONES = ['Canon', 'Nikon', 'Panasonic', 'Pentax', 'Sony', 'Samsung', 'Olympus'];
const OFFSET_MINUTES_MAX = 15 * 60;
/** A GPS fix this far from the shot still says which zone the clock is set to. */
const FIX_AGE_MS_MAX = 120_000;
/** No zone of today differs from UTC by anything but quarters of an hour. */
const ZONE_STEP_MS = 15 * 60_000;

/** The time a picture was taken; null where nothing believable says it. */
export function captureTimeOf(tags: Tags): CaptureTime | null {
  for (const source of [...SOURCES, EDITED]) {
    const said = saidAt(tags, source);
    if (said === null) continue;
    const { local, offsetMinutes } = said;
    if (source.isUtc) return { local, offsetMinutes: 0, from: source.tag, offsetFrom: UTC };
    const own = offsetMinutes === null ? null : { minutes: offsetMinutes, from: source.tag };
    const offset = own ?? offsetOf(tags, local, source === EDITED);
    const [minutes, from] = [offset?.minutes ?? null, offset?.from ?? null];
    return { local, offsetMinutes: minutes, from: source.tag, offsetFrom: from };
  }
  const fix = fixTime(tags);
  return fix === null
    ? null
    : { local: fix.local, offsetMinutes: 0, from: fix.from, offsetFrom: fix.from };
}

const UTC = 'QuickTime UTC';

interface Said {
  readonly local: string;
  readonly offsetMinutes: number | null;
}

function saidAt(tags: Tags, source: Source): Said | null {
  const day = firstOf(tags, [source.tag], textOf);
  if (day === null) return null;
  const clock = source.clock === undefined ? null : firstOf(tags, [source.clock], textOf);
  const said = parseTime(clock === null ? day : `${day} ${clock}`);
  // 1904 is where QuickTime begins to count: a clock that was never set.
  if (said === null || (source.isUtc && said.local.startsWith('1904-01-01'))) return null;
  const fraction =
    source.subSeconds === undefined ? null : firstOf(tags, [source.subSeconds], textOf);
  const digits = /^\d{1,9}$/.exec(fraction ?? '')?.[0];
  const isWhole = !said.local.includes('.') && digits !== undefined;
  return isWhole ? { ...said, local: `${said.local}.${digits}` } : said;
}

/**
 * Reads a date with a time as EXIF (2.32, section 4.6.5), XMP and IPTC write it; null for blanks, zeros and days that
 * are not in the calendar.
 */
export function parseTime(text: string): Said | null {
  const match =
    /^(\d{4})[:/-]?(\d\d)[:/-]?(\d\d)[T ]+(\d\d):?(\d\d)(?::?(\d\d)(\.\d{1,9})?\d*)?\s*(Z|[-+].*)?$/.exec(
      text.trim(),
    );
  if (match === null) return null;
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '00'] = match;
  const [fraction = '', zone = ''] = match.slice(7);
  const isTime = Number(hour) <= 23 && Number(minute) <= 59 && Number(second) <= 59;
  if (!isTime || !isDay(Number(year), Number(month), Number(day))) return null;
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}`;
  return { local, offsetMinutes: parseOffset(zone) };
}

function isDay(year: number, month: number, day: number): boolean {
  if (year < 1800 || month < 1 || month > 12 || day < 1) return false;
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Minutes of `+09:00`, `-0330` or `Z`. */
function parseOffset(text: string): number | null {
  if (text.trim() === 'Z') return 0;
  const match = /^([-+])(\d{1,2}):?(\d\d)$/.exec(text.trim());
  if (match === null) return null;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  const isZone = minutes <= OFFSET_MINUTES_MAX && Number(match[3]) < 60;
  return isZone ? (match[1] === '-' && minutes > 0 ? -minutes : minutes) : null;
}

interface Offset {
  readonly minutes: number;
  readonly from: string;
}

/** What says how far the clock was from UTC; the zone of the edit counts last, except for the time of the edit. */
function offsetOf(tags: Tags, local: string, isEdit: boolean): Offset | null {
  const edit = (): Offset | null => offsetAt(tags, 'ExifIFD:OffsetTime');
  return (
    (isEdit ? edit() : null) ??
    offsetAt(tags, OFFSETS[0] ?? '') ??
    offsetAt(tags, OFFSETS[1] ?? '') ??
    makerOffset(tags) ??
    fixOffset(tags, local) ??
    edit()
  );
}

function offsetAt(tags: Tags, tag: string): Offset | null {
  const minutes = firstOf(tags, [tag], (value) => parseOffset(textOf(value) ?? ''));
  return minutes === null ? null : { minutes, from: tag };
}

/** The zone a maker's own notes name, in minutes, and the hour of summer time that is set beside it. */
function makerOffset(tags: Tags): Offset | null {
  for (const maker of MAKER_ZONES) {
    const tag = `${maker}:TimeZone`;
    const zone = firstOf(tags, [tag], minutesOf);
    if (zone === null) continue;
    const summer = firstOf(tags, [`${maker}:DaylightSavings`], minutesOf);
    // Canon says 60, Nikon says 1 (yes).
    const minutes = zone + (summer === 60 || summer === 1 ? 60 : 0);
    if (Math.abs(minutes) <= OFFSET_MINUTES_MAX) return { minutes, from: tag };
  }
  return null;
}

function minutesOf(value: unknown): number | null {
  if (typeof value === 'string') return parseOffset(value);
  return typeof value === 'number' && Number.isInteger(value) ? value : null;
}

/** GPS time is UTC: its distance from the camera's clock, where that is a zone's, is the offset. */
function fixOffset(tags: Tags, local: string): Offset | null {
  const fix = fixTime(tags);
  if (fix === null) return null;
  const deltaMs = Date.parse(`${local}Z`) - Date.parse(`${fix.local}Z`);
  const zoneMs = Math.round(deltaMs / ZONE_STEP_MS) * ZONE_STEP_MS;
  if (!(Math.abs(deltaMs - zoneMs) <= FIX_AGE_MS_MAX)) return null;
  const minutes = zoneMs / 60_000;
  const isZone = Math.abs(minutes) <= OFFSET_MINUTES_MAX;
  // -0 would not come back from JSON as itself.
  return isZone ? { minutes: minutes === 0 ? 0 : minutes, from: fix.from } : null;
}

/** The moment of the GPS fix, in UTC. */
function fixTime(tags: Tags): { readonly local: string; readonly from: string } | null {
  const day = firstOf(tags, ['GPS:GPSDateStamp'], textOf);
  const clock = firstOf(tags, ['GPS:GPSTimeStamp'], textOf);
  const exif = day === null || clock === null ? null : parseTime(`${day} ${clock}`);
  if (exif !== null) return { local: exif.local, from: 'GPS:GPSTimeStamp' };
  const xmp = parseTime(firstOf(tags, ['XMP-exif:GPSDateTime'], textOf) ?? '');
  return xmp === null ? null : { local: xmp.local, from: 'XMP-exif:GPSDateTime' };
}
