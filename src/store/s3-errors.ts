import { messageOf, systemCodeOf } from '../base/index.ts';
import { storeError } from './object-store.ts';

/** The engine's word for what went wrong, and the HTTP status; '' and 0 where there is none. */
interface S3Trouble {
  readonly name: string;
  readonly status: number;
  /** The SDK's clock was set right because of it. */
  readonly isClockSet: boolean;
}

/** What an engine's words mean for a disk (Amazon S3 API reference, "Error responses"; Ceph, MinIO and Swift add some). */
const CODES: Readonly<Record<string, string>> = {
  AccessDenied: 'EACCES',
  AccountProblem: 'EACCES',
  ExpiredToken: 'EACCES',
  InvalidAccessKeyId: 'EACCES',
  InvalidToken: 'EACCES',
  SignatureDoesNotMatch: 'EACCES',
  CredentialsProviderError: 'EACCES',
  TokenProviderError: 'EACCES',
  NoSuchBucket: 'ENOENT',
  NoSuchUpload: 'ENOENT',
  NotImplemented: 'ENOTSUP',
  QuotaExceeded: 'EDQUOT',
  EntityTooLarge: 'EFBIG',
  InsufficientStorage: 'ENOSPC',
  XMinioStorageFull: 'ENOSPC',
  RequestTimeTooSkewed: 'EAGAIN',
  BadDigest: 'EAGAIN',
  IncompleteBody: 'EAGAIN',
  RequestTimeout: 'ETIMEDOUT',
  OperationAborted: 'EBUSY',
  ConditionalRequestConflict: 'EBUSY',
  SlowDown: 'EBUSY',
  ServiceUnavailable: 'EBUSY',
};

/** Whether the engine says that there is no such object. */
export function isMissing(error: unknown): boolean {
  const { name, status } = troubleOf(error);
  return (
    name === 'NoSuchKey' || name === 'NotFound' || (status === 404 && CODES[name] === undefined)
  );
}

/** Whether the engine refused because of a condition that did not hold. */
export function isRefused(error: unknown): boolean {
  return troubleOf(error).status === 412;
}

/** Whether the range begins past the end. */
export function isPastEnd(error: unknown): boolean {
  return troubleOf(error).status === 416;
}

/** What the SDK threw, as a disk throws it. */
export function s3Error(error: unknown, what: string): Error {
  const { name, status, isClockSet } = troubleOf(error);
  const system = systemCodeOf(error).match(/^E[A-Z]+/)?.[0];
  // The SDK calls a connection that was broken a time-out too.
  const named = name === 'TimeoutError' ? (system ?? 'ETIMEDOUT') : CODES[name];
  // Signed with a clock that was off: the SDK has learned the server's time from this answer.
  const code = isClockSet ? 'EAGAIN' : (named ?? system ?? codeOfStatus(status));
  return storeError(code, `${what}: ${name || status || 'failed'}: ${messageOf(error)}`, error);
}

function codeOfStatus(status: number): string {
  if (status === 401 || status === 403) return 'EACCES';
  if (status === 404) return 'ENOENT';
  if (status === 429 || status === 503) return 'EBUSY';
  if (status === 501) return 'ENOTSUP';
  if (status === 507) return 'ENOSPC';
  // Without a status no answer came, or one that was cut off.
  return status === 0 ? 'ECONNRESET' : status >= 500 ? 'EIO' : 'EINVAL';
}

function troubleOf(error: unknown): S3Trouble {
  if (typeof error !== 'object' || error === null)
    return { name: '', status: 0, isClockSet: false };
  const name = 'name' in error && typeof error.name === 'string' ? error.name : '';
  const metadata = '$metadata' in error ? error.$metadata : null;
  const hasStatus =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata;
  const status =
    hasStatus && typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : 0;
  const isTold = typeof metadata === 'object' && metadata !== null;
  const isClockSet = status === 403 && isTold && 'clockSkewCorrected' in metadata;
  return { name: name === 'Error' ? '' : name, status, isClockSet };
}
