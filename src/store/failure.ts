import { messageOf, systemCodeOf } from '../base/index.ts';

/** Trouble of one file, with the system's code. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** The code and text of whatever a disk threw. */
export function failureOf(error: unknown): Failure {
  return { code: systemCodeOf(error) || 'EUNKNOWN', message: messageOf(error) };
}
