/**
 * base: the words every room shares: ids, bytes, errors, limits, bounded parallel work.
 * Invariant: imports nothing, touches nothing outside the process.
 */
export { type BlobId, equalBytes, formatHex, parseBlobId } from './bytes.ts';
export {
  assert,
  ERROR_CODES,
  type ErrorCode,
  type ErrorOptions,
  FieldVaultError,
  ISSUE_CODES,
  type Issue,
  type IssueCode,
  messageOf,
  type Retry,
  systemCodeOf,
} from './errors.ts';
export { IssueLog } from './issue-log.ts';
export { LIMITS } from './limits.ts';
export { mapPool } from './map-pool.ts';
export { VERSION } from './version.ts';
