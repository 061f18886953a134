import type { ErrorCode } from '../index.ts';

/** How a command ends, as scripts see it. docs/errors.md shows the same table. */
export const EXIT = {
  done: 0,
  failed: 1,
  wrongUsage: 2,
  filesHaveIssues: 3,
  noSuchVault: 10,
  leased: 11,
  damageFound: 12,
  targetFull: 13,
  interrupted: 130,
} as const;

/** One of the numbers of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const OF_ERROR: Readonly<Partial<Record<ErrorCode, ExitCode>>> = {
  BAD_USAGE: EXIT.wrongUsage,
  NOT_A_VAULT: EXIT.noSuchVault,
  LEASED: EXIT.leased,
  DAMAGED: EXIT.damageFound,
  TARGET_FULL: EXIT.targetFull,
};

/** What a command ends with when it could not go on. */
export function exitOfError(code: ErrorCode): ExitCode {
  return OF_ERROR[code] ?? EXIT.failed;
}

/** What a command ends with when it went on to its end: the first that holds, gravest first. */
export function exitOf(end: {
  readonly isInterrupted?: boolean;
  readonly isFull?: boolean;
  readonly hasDamage?: boolean;
  readonly hasIssues?: boolean;
}): ExitCode {
  if (end.isInterrupted === true) return EXIT.interrupted;
  if (end.isFull === true) return EXIT.targetFull;
  if (end.hasDamage === true) return EXIT.damageFound;
  return end.hasIssues === true ? EXIT.filesHaveIssues : EXIT.done;
}
