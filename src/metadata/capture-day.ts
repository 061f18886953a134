import ExifReader from 'exifreader';
import { roleOf } from './file-kind.ts';

/** More of a file than this is never looked at for its date. */
const HEAD_BYTES_MAX = 262_144;

/**
 * The local day a picture was taken, `YYYY-MM-DD`, from the first bytes of its file; null where they do not say.
 * Never throws: a picture that cannot be understood is still a picture.
 */
export function captureDay(name: string, head: Uint8Array): string | null {
  if (roleOf(name) !== 'capture') return null;
  try {
    const bytes = head.slice(0, HEAD_BYTES_MAX);
    const tags = ExifReader.load(bytes.buffer, { expanded: false, includeUnknown: false });
    return (
      dayOf(tags.DateTimeOriginal) ?? dayOf(tags['DateTimeDigitized']) ?? dayOf(tags['DateTime'])
    );
  } catch {
    return null;
  }
}

/** EXIF 2.32 section 4.6.5: "YYYY:MM:DD HH:MM:SS"; blanks or zeros where unknown. */
function dayOf(tag: unknown): string | null {
  if (typeof tag !== 'object' || tag === null || !('description' in tag)) return null;
  const match = /^(\d{4})[:-](\d{2})[:-](\d{2})/.exec(String(tag.description));
  if (match === null) return null;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const isDay = year >= 1800 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
  return isDay ? `${match[1]}-${match[2]}-${match[3]}` : null;
}
