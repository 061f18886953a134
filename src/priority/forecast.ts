import { dayOf } from './due.ts';
import type { Moment } from './plan.ts';

/** Bytes that came into a vault at a moment. */
export interface Arrival {
  readonly timeMs: number;
  /** As stored: what compaction saved is not among them. */
  readonly bytes: number;
}

/** How long the room of a vault will do. */
export interface Forecast {
  /** Mean of the days that were looked at; 0 where nothing came. */
  readonly bytesPerDay: number;
  /** How many days were looked at; those without pictures between others count. */
  readonly daysSeen: number;
  /** Whole days at this rate, not counting today's rest; null where nothing came, and nothing can be said. */
  readonly daysLeft: number | null;
}

/** The days a forecast looks back on: a week has its rhythm. */
export const FORECAST_DAYS = 7;

/**
 * Says for how many more days the room of a vault will do at the rate of the last days: from the first of the last seven
 * that anything came on until today. What a wrong clock put ahead of now came today.
 * @param roomBytes what may still be written
 */
export function forecast(roomBytes: number, arrivals: readonly Arrival[], now: Moment): Forecast {
  const today = dayOf(now.timeMs, now.offsetMinutes);
  let bytes = 0;
  let firstDay = today;
  for (const arrival of arrivals) {
    const day = Math.min(today, dayOf(arrival.timeMs, now.offsetMinutes));
    if (!(day > today - FORECAST_DAYS) || arrival.bytes <= 0) continue;
    bytes += arrival.bytes;
    firstDay = Math.min(firstDay, day);
  }
  const daysSeen = today - firstDay + 1;
  const bytesPerDay = bytes / daysSeen;
  const daysLeft = bytes === 0 ? null : Math.floor(Math.max(0, roomBytes) / bytesPerDay);
  return { bytesPerDay, daysSeen, daysLeft };
}
