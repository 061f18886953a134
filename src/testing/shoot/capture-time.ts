/** A moment as its calendar fields. */
export interface CalendarTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** Hundredths of the second. */
  readonly hundredth: number;
}

const DAY_MS = 86_400_000;

/**
 * The calendar fields of local milliseconds since 1970 (Gregorian, no zone): days counted in eras of 400 years that
 * begin in March, so that the leap day is the last of its year.
 */
export function calendarTime(localMs: number): CalendarTime {
  const days = Math.floor(localMs / DAY_MS) + 719_468;
  const era = Math.floor(days / 146_097);
  const dayOfEra = days - era * 146_097;
  const leaps = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524);
  const yearOfEra = Math.floor((dayOfEra - leaps + Math.floor(dayOfEra / 146_096)) / 365);
  const passed = 365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  const dayOfYear = dayOfEra - passed;
  const march = Math.floor((5 * dayOfYear + 2) / 153);
  const month = march < 10 ? march + 3 : march - 9;
  const inDay = localMs - Math.floor(localMs / DAY_MS) * DAY_MS;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * march + 2) / 5) + 1,
    hour: Math.floor(inDay / 3_600_000),
    minute: Math.floor(inDay / 60_000) % 60,
    second: Math.floor(inDay / 1000) % 60,
    hundredth: Math.floor(inDay / 10) % 100,
  };
}

function digits(value: number, count = 2): string {
  return String(value).padStart(count, '0');
}

/** `2026:11:22 09:05:00`, as EXIF writes it. */
export function formatExifTime(localMs: number): string {
  const { year, month, day, hour, minute, second } = calendarTime(localMs);
  const clock = `${digits(hour)}:${digits(minute)}:${digits(second)}`;
  return `${digits(year, 4)}:${digits(month)}:${digits(day)} ${clock}`;
}

/** `2026-11-22T09:05:00.12`, as XMP and catalogs write it. */
export function formatIsoTime(localMs: number): string {
  const [date = '', clock = ''] = formatExifTime(localMs).split(' ');
  return `${date.replaceAll(':', '-')}T${clock}.${subSeconds(localMs)}`;
}

/** Hundredths of the second, two digits. */
export function subSeconds(localMs: number): string {
  return digits(calendarTime(localMs).hundredth);
}

/** `+01:00`. */
export function formatOffset(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${digits(Math.floor(size / 60))}:${digits(size % 60)}`;
}
