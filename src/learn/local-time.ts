import type { CaptureTime } from '../metadata/index.ts';

/** Local time in milliseconds since 1970 as if local time were UTC; null where it is not known. */
export function localMsOf(time: CaptureTime | null): number | null {
  if (time === null) return null;
  const ms = Date.parse(`${time.local}Z`);
  return Number.isNaN(ms) ? null : ms;
}
