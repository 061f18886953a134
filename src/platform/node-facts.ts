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
 * Modification time rounded to a microsecond. Node's float holds 0.24 us until 2248, and one form for each microsecond
 * is what lets a time that was written be compared with `===` when it is read.
 */
export function mtimeMsOf(stats: Stats): number {
  return Math.round(stats.mtimeMs * 1000) / 1000;
}

/**
 * The argument for utimes that sets exactly this time. The system truncates to a microsecond, so a quarter of one is
 * added (away from zero); half would round up where 100 ns are kept. Text, because Node reads a negative number as now.
 */
export function utimeSeconds(mtimeMs: number): string {
  const microseconds = Math.round(mtimeMs * 1000);
  const nudge = microseconds < 0 ? -0.25 : 0.25;
  return String((microseconds + nudge) / 1e6);
}
