import type { Moment, PlanInput } from './plan.ts';
import type { When } from './policy.ts';

const DAY_MS = 86_400_000;

/** The local day of a moment, counted from 1970. */
export function dayOf(timeMs: number, offsetMinutes: number): number {
  return Math.floor((timeMs + offsetMinutes * 60_000) / DAY_MS);
}

/** Whether tiers of this kind are taken care of now. A clock that went back makes another day: rather twice than never. */
export function isDue(
  when: When,
  { occasion, now, lastDailyMs }: Pick<PlanInput, 'occasion' | 'now' | 'lastDailyMs'>,
): boolean {
  if (occasion === 'everything' || when === 'at-once') return true;
  if (occasion === 'arrival') return false;
  if (when === 'idle') return occasion === 'idle';
  return when === 'session' || lastDailyMs === null || !isSameDay(lastDailyMs, now);
}

function isSameDay(timeMs: number, { timeMs: nowMs, offsetMinutes }: Moment): boolean {
  return dayOf(timeMs, offsetMinutes) === dayOf(nowMs, offsetMinutes);
}
