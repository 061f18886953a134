/** Bytes as drives are sold: decimal units, three digits. */
export function formatBytes(bytes: number): string {
  const units = ['kB', 'MB', 'GB', 'TB', 'PB'];
  if (bytes < 1000) return formatCount(bytes, 'byte');
  let value = bytes / 1000;
  let unit = 0;
  // 999.95 would be shown as 1000.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(decimals)} ${units[unit]}`;
}

/** A whole number with its noun: `1,204 files`, `1 file`. */
export function formatCount(count: number, noun: string, plural = `${noun}s`): string {
  return `${groupDigits(count)} ${count === 1 ? noun : plural}`;
}

/** A whole number with a comma between thousands. */
export function groupDigits(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A word as a person types it into a shell: in quotes where it has blanks or signs that a shell would act on. */
export function quoteWord(word: string): string {
  if (/^[\p{L}\p{N}\p{M}_@%+=:,./\\-]+$/u.test(word)) return word;
  // Double quotes serve on every system, as long as nothing in them is acted on.
  return /["$`\\!]/.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : `"${word}"`;
}

/** A length of time, as exact as a person needs it. */
export function formatDuration(durationMs: number): string {
  const seconds = durationMs / 1000;
  if (seconds < 0.0995) return `${Math.round(durationMs)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Bytes in a second. */
export function formatRate(bytes: number, durationMs: number): string {
  return durationMs <= 0 ? '-' : `${formatBytes(Math.round((bytes / durationMs) * 1000))}/s`;
}

/** A moment in local time: `2026-11-22 09:00`. */
export function formatTime(timeMs: number, offsetMinutes: number): string {
  const local = new Date(timeMs + offsetMinutes * 60_000);
  return Number.isNaN(local.getTime())
    ? 'an unknown time'
    : local.toISOString().slice(0, 16).replace('T', ' ');
}

/**
 * Text that a terminal shows and does not obey: control characters, marks that turn the direction of writing, and bytes
 * that are not UTF-8 (lone surrogates) are spelled out.
 */
export function escapeText(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cs}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu,
    (character) => {
      const code = character.charCodeAt(0);
      // U+DC80..U+DCFF stand for the bytes 0x80..0xFF of a name (PEP 383).
      const isByte = code < 0x100 || (code >= 0xdc80 && code <= 0xdcff);
      return isByte ? `\\x${hex(code & 0xff, 2)}` : `\\u${hex(code, 4)}`;
    },
  );
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
