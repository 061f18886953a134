import type { Comparison, Span } from './ast.ts';
import { QueryError } from './lexer.ts';
import { parseSpan, type Whole } from './spans.ts';

/** The moment that date words like `today` are told from: local time, as milliseconds since 1970 as if it were UTC. */
export interface Now {
  readonly localMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** What a date field is compared with: years, months, days, times, words, `..` spans. */
export function parseDateSpan(
  value: string,
  comparison: Comparison,
  column: number,
  now: Now,
): Span {
  return parseSpan(value, comparison, column, (text, at) => parseDate(text, at, now));
}

const DATE =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,3}))?)?)?)?)?$/;

/** A year, month, day, minute, second or part of one as the span it covers, or what a word of dates means. */
function parseDate(text: string, column: number, now: Now): Whole {
  const word = dateWord(text, column, now);
  if (word !== null) return word;
  const match = DATE.exec(text);
  if (match === null) {
    throw new QueryError(
      `"${text}" is not a date such as 2026, 2026-11, 2026-11-22, 2026-11-22T09:30, today or ` +
        '"last 7 days"',
      column,
    );
  }
  const [year = 0, month, day, hour, minute, second] = match
    .slice(1)
    .map((part) => (part === undefined ? undefined : Number(part)));
  const dayMs = dayAt(year, (month ?? 1) - 1, day ?? 1);
  const isReal = new Date(dayMs)
    .toISOString()
    .startsWith(text.slice(0, day === undefined ? 7 : 10));
  if (!isReal) throw new QueryError(`there is no day ${text}`, column);
  const low = dayMs + (hour ?? 0) * HOUR_MS + (minute ?? 0) * 60_000 + (second ?? 0) * 1000;
  const fraction = match[7];
  if (fraction !== undefined) {
    const step = 10 ** (3 - fraction.length);
    return { low: low + Number(fraction) * step, high: low + (Number(fraction) + 1) * step - 1 };
  }
  if (month === undefined) return { low, high: dayAt(year + 1, 0, 1) - 1 };
  if (day === undefined) return { low, high: dayAt(year, month, 1) - 1 };
  if (hour === undefined) return { low, high: low + DAY_MS - 1 };
  return { low, high: low + (second === undefined ? 60_000 : 1000) - 1 };
}

/** Midnight of a day; months from 0, and what is too much runs over. `Date.UTC` would take year 50 for 1950. */
function dayAt(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month, day);
}

const LAST = /^last (\d{1,4}) (hour|day|week|month|year)s?$/;
const SINGLE = /^(?:(this|last) )?(week|month|year)$/;

/** `today`, `yesterday`, `week`, `this week`, `last week`, `last 7 days`; `-` and `_` may stand for the blanks. */
function dateWord(text: string, column: number, now: Now): Whole | null {
  if (/^\d/.test(text)) return null;
  const word = text.toLowerCase().replace(/[\s_-]+/g, ' ');
  const today = Math.floor(now.localMs / DAY_MS) * DAY_MS;
  const endOfToday = today + DAY_MS - 1;
  if (word === 'today') return { low: today, high: endOfToday };
  if (word === 'yesterday') return { low: today - DAY_MS, high: today - 1 };
  const single = SINGLE.exec(word);
  if (single !== null) return period(single[2] ?? '', single[1] === 'last' ? -1 : 0, today);
  const last = LAST.exec(word);
  if (last === null) return null;
  const [count, unit] = [Number(last[1]), last[2] ?? ''];
  if (count === 0) throw new QueryError(`"${text}" is no time at all`, column);
  if (unit === 'hour') return { low: now.localMs - count * HOUR_MS, high: now.localMs };
  return { low: backFrom(today, count, unit), high: endOfToday };
}

/** A week, month or year of the calendar, counted from the current one. Weeks begin on Monday (ISO 8601). */
function period(unit: string, offset: number, today: number): Whole {
  const date = new Date(today);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  if (unit === 'week') {
    const monday = today - ((date.getUTCDay() + 6) % 7) * DAY_MS + offset * 7 * DAY_MS;
    return { low: monday, high: monday + 7 * DAY_MS - 1 };
  }
  if (unit === 'month') {
    return { low: dayAt(year, month + offset, 1), high: dayAt(year, month + offset + 1, 1) - 1 };
  }
  return { low: dayAt(year + offset, 0, 1), high: dayAt(year + offset + 1, 0, 1) - 1 };
}

/** The first day of the last so many days, weeks, months or years; today is the last day of each. */
function backFrom(today: number, count: number, unit: string): number {
  if (unit === 'day') return today - (count - 1) * DAY_MS;
  if (unit === 'week') return today - (count * 7 - 1) * DAY_MS;
  const date = new Date(today);
  const months = date.getUTCMonth() - (unit === 'month' ? count : count * 12);
  const first = dayAt(date.getUTCFullYear(), months, 1);
  const daysInMonth = (dayAt(date.getUTCFullYear(), months + 1, 1) - first) / DAY_MS;
  // A month before the 31st begins after the last day of a month that is shorter.
  return first + Math.min(date.getUTCDate(), daysInMonth) * DAY_MS;
}
