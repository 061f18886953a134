import { ERROR_CODES, type ErrorCode, FieldVaultError, type Retry } from '../base/index.ts';

/** An error on its way out of a thread; cloned as it is, it would lose its code. */
export interface WorkerFailure {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  /** Of the system, or of this library. */
  readonly code: string;
  readonly details: Readonly<Record<string, string | number | boolean>>;
  readonly retry: Retry;
}

/** What to say of whatever a task threw. */
export function formatFailure(error: unknown): WorkerFailure {
  const known = error instanceof Error ? error : new Error(String(error));
  const code = 'code' in known && typeof known.code === 'string' ? known.code : '';
  const isOurs = known instanceof FieldVaultError;
  return {
    name: known.name,
    message: known.message,
    stack: known.stack ?? '',
    code,
    details: isOurs ? known.details : {},
    retry: isOurs ? known.retry : 'never',
  };
}

/** The error again, with the code and class that callers ask for and the stack of the thread. */
export function parseFailure(failure: WorkerFailure): Error {
  const { name, message, stack, code, details, retry } = failure;
  if (name === 'FieldVaultError' && isErrorCode(code)) {
    return Object.assign(new FieldVaultError(code, message, { details, retry }), { stack });
  }
  const error = Object.assign(new Error(message), { name, stack });
  return code === '' ? error : Object.assign(error, { code });
}

function isErrorCode(code: string): code is ErrorCode {
  return (ERROR_CODES as readonly string[]).includes(code);
}
