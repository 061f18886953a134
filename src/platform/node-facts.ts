import type { Stats } from 'node:fs';
import type { FileFacts, FileKind } from './disk.ts';

/** Our facts of what Node says of a file. */
export function factsOf(stats: Stats): FileFacts {
  return {
    kind: kindOf(stats.mode),
    sizeBytes: stats.size,
    mtimeMs: mtimeMsOf(stats),
    mode: stats.mode & 0o7777,
  };
}

/** The kind that the type bits of a mode say (POSIX `S_IFMT`; Node fills them in on Windows too). */
export function kindOf(mode: number): FileKind {
  const type = mode & 0o170000;
  if (type === 0o100000) return 'file';
  if (type === 0o040000) return 'folder';
  return type === 0o120000 ? 'link' : 'special';
}

/**
 * Modification time rounded to a microsecond: one form for each, so that a time that was written can be compared with
 * `===` when it is read. Node's float is within 0.13 us until 2039 and 0.25 us until 2109.
 */
export function mtimeMsOf(stats: Pick<Stats, 'mtimeMs'>): number {
  const wholeMs = Math.floor(stats.mtimeMs / 1000) * 1000;
  // Rounded apart from the whole seconds: their product with 1000 would lose what is rounded here.
  const microseconds = Math.round((stats.mtimeMs - wholeMs) * 1000);
  return (wholeMs * 1000 + microseconds) / 1000;
}

/** Last second of a float whose step is still below a quarter of a microsecond (the year 2038). */
const FINE_SECONDS_MAX = 2_147_483_647;

/**
 * The argument for utimes that sets exactly this time. Old libuv cuts it down to a microsecond, new libuv keeps
 * nanoseconds (1.46 and 1.52 measured): a quarter of a microsecond, away from zero, is right for both where the float is
 * fine enough. Text, because Node takes a negative number for "now".
 */
export function utimeSeconds(mtimeMs: number): string {
  const microseconds = Math.round(mtimeMs * 1000);
  const isFine = Math.abs(microseconds) < FINE_SECONDS_MAX * 1e6;
  const nudge = isFine ? Math.sign(microseconds) * 0.25 : 0;
  return String((microseconds + nudge) / 1e6);
}
