import type { Circle, Comparison, Span } from './ast.ts';
import { QueryError } from './lexer.ts';

/** The moment that date words like `today` are told from: local time, as milliseconds since 1970 as if it were UTC. */
export interface Now {
  readonly localMs: number;
}

const DAY_MS = 86_400_000;

/** What a number field is compared with; `1/250` and `..` spans are understood. */
export function parseNumberSpan(
  value: string,
  comparison: Comparison,
  column: number,
  unit: (text: string, column: number) => number = parseNumber,
): Span {
  const dots = value.indexOf('..');
  if (dots >= 0) {
    refuseSpan(comparison, column);
    const low = value.slice(0, dots);
    const high = value.slice(dots + 2);
    return {
      low: low === '' ? null : unit(low, column),
      high: high === '' ? null : unit(high, column + dots + 2),
    };
  }
  const number = unit(value, column);
  return spanOf(comparison, { low: number, high: number });
}

/** What a date field is compared with: years, months, days, times, words, `..` spans. */
export function parseDateSpan(
  value: string,
  comparison: Comparison,
  column: number,
  now: Now,
): Span {
  const dots = value.indexOf('..');
  if (dots >= 0) {
    refuseSpan(comparison, column);
    const low = value.slice(0, dots);
    const high = value.slice(dots + 2);
    return {
      low: low === '' ? null : parseDate(low, column, now).low,
      high: high === '' ? null : parseDate(high, column + dots + 2, now).high,
    };
  }
  return spanOf(comparison, parseDate(value, column, now));
}

/** A comparison with a whole (a day, a number) as a span; one just outside it is told by the smallest step, 1 or an ulp. */
function spanOf(
  comparison: Comparison,
  whole: { readonly low: number; readonly high: number },
): Span {
  switch (comparison) {
    case '<':
      return { low: null, high: below(whole.low) };
    case '<=':
      return { low: null, high: whole.high };
    case '>':
      return { low: above(whole.high), high: null };
    case '>=':
      return { low: whole.low, high: null };
    default:
      return whole;
  }
}

/** The next number below: what is smaller than `value` is at most this. */
function below(value: number): number {
  return -above(-value);
}

function above(value: number): number {
  if (!Number.isFinite(value)) return value;
  if (value === 0) return Number.MIN_VALUE;
  const bits = new BigInt64Array(Float64Array.of(value).buffer);
  bits[0] = (bits[0] ?? 0n) + (value > 0 ? 1n : -1n);
  return new Float64Array(bits.buffer)[0] ?? value;
}

function refuseSpan(comparison: Comparison, column: number): void {
  if (comparison === '=' || comparison === ':' || comparison === '!=') return;
  throw new QueryError(`a span (a..b) cannot be compared with ${comparison}`, column);
}

/** `400`, `2.8`, `f/2.8`, `1/250`, `70mm`, `0.5s`. */
export function parseNumber(text: string, column: number): number {
  const match = /^(?:f\/)?(-?\d+(?:\.\d+)?)(?:\/(\d+(?:\.\d+)?))?(?:mm|s|st)?$/i.exec(text);
  if (match === null) throw new QueryError(`"${text}" is not a number`, column);
  const divisor = match[2] === undefined ? 1 : Number(match[2]);
  if (divisor === 0) throw new QueryError('a number cannot be divided by 0', column);
  return Number(match[1]) / divisor;
}

const SIZE_UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };

/** `100`, `20MB`, `1.5GB`, in powers of 1000. */
export function parseSize(text: string, column: number): number {
  const match = /^(\d+(?:\.\d+)?)([kmgt]?)b?$/i.exec(text);
  if (match === null) throw new QueryError(`"${text}" is not a size such as 20MB`, column);
  return Number(match[1]) * (SIZE_UNITS[(match[2] ?? '').toLowerCase()] ?? 1);
}

/** `latitude,longitude,radius`; the radius in metres or with `m` or `km`. */
export function parseCircle(text: string, column: number): Circle {
  const match = /^(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?),(\d+(?:\.\d+)?)(km|m)?$/i.exec(text);
  if (match === null) {
    throw new QueryError('a place is latitude,longitude,radius such as -2.33,34.83,5km', column);
  }
  const [latitude, longitude] = [Number(match[1]), Number(match[2])];
  if (Math.abs(latitude) > 90) throw new QueryError('a latitude lies within -90 and 90', column);
  if (Math.abs(longitude) > 180) {
    throw new QueryError('a longitude lies within -180 and 180', column);
  }
  const radiusMetres = Number(match[3]) * (match[4]?.toLowerCase() === 'km' ? 1000 : 1);
  return { latitude, longitude, radiusMetres };
}

interface Whole {
  readonly low: number;
  readonly high: number;
}

/** A year, month, day, minute or second as the span it covers; also `today`, `yesterday`, `week`, `month`, `year`. */
function parseDate(text: string, column: number, now: Now): Whole {
  const word = dateWord(text.toLowerCase(), now);
  if (word !== null) return word;
  const match =
    /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?)?)?)?$/.exec(
      text,
    );
  if (match === null) {
    throw new QueryError(
      `"${text}" is not a date such as 2026, 2026-11, 2026-11-22, 2026-11-22T09:30 or today`,
      column,
    );
  }
  const parts = match.slice(1).map((part) => (part === undefined ? undefined : Number(part)));
  const [year = 0, month, day, hour, minute, second] = parts;
  const low = Date.UTC(year, (month ?? 1) - 1, day ?? 1, hour ?? 0, minute ?? 0, second ?? 0);
  const isReal =
    month === undefined ||
    new Date(low).toISOString().startsWith(text.slice(0, day === undefined ? 7 : 10));
  if (!isReal) throw new QueryError(`there is no day ${text}`, column);
  if (match[7] !== undefined) {
    const ms = low + Number(match[7].padEnd(3, '0'));
    return { low: ms, high: ms };
  }
  return { low, high: endOf(low, parts) - 1 };
}

function endOf(low: number, parts: readonly (number | undefined)[]): number {
  const [year = 0, month, day, hour, , second] = parts;
  if (month === undefined) return Date.UTC(year + 1, 0, 1);
  if (day === undefined) return Date.UTC(year, month, 1);
  if (hour === undefined) return low + DAY_MS;
  return low + (second === undefined ? 60_000 : 1000);
}

/** Weeks begin on Monday (ISO 8601). `week`, `month` and `year` are the current ones. */
function dateWord(word: string, now: Now): Whole | null {
  const date = new Date(now.localMs);
  const today = Math.floor(now.localMs / DAY_MS) * DAY_MS;
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const monday = today - ((date.getUTCDay() + 6) % 7) * DAY_MS;
  switch (word) {
    case 'today':
      return { low: today, high: today + DAY_MS - 1 };
    case 'yesterday':
      return { low: today - DAY_MS, high: today - 1 };
    case 'week':
      return { low: monday, high: monday + 7 * DAY_MS - 1 };
    case 'month':
      return { low: Date.UTC(year, month, 1), high: Date.UTC(year, month + 1, 1) - 1 };
    case 'year':
      return { low: Date.UTC(year, 0, 1), high: Date.UTC(year + 1, 0, 1) - 1 };
    default:
      return null;
  }
}
