/** Every way an operation can fail to go on. The code is the contract; docs/errors.md has one heading for each. */
export const ERROR_CODES = [
  'BAD_USAGE',
  'CAMERA_BUSY',
  'CAMERA_GONE',
  'CAMERA_PROTOCOL',
  'CAMERA_REFUSED',
  'CAMERA_UNREACHABLE',
  'DAMAGED',
  'LEASED',
  'NOT_A_VAULT',
  'NO_SUCH_SNAPSHOT',
  'SOURCE_MISSING',
  'TARGET_FULL',
  'TARGET_GONE',
  'TARGET_NOT_EMPTY',
  'TARGET_READ_ONLY',
  'UNSUPPORTED_FORMAT',
  'VAULT_BEHIND',
  'VAULT_INCOMPLETE',
  'VAULT_OTHER',
] as const;

/** The stable code of a {@link FieldVaultError}. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/** Every trouble that belongs to one file (or one source or mirror) and never ends a run. */
export const ISSUE_CODES = [
  'BLOB_DAMAGED',
  'BLOB_MISSING',
  'BLOB_UNKNOWN',
  'CAMERA_BUSY',
  'CAMERA_FULL',
  'CAMERA_GONE',
  'CAPTURE_CHANGED',
  'CATALOG_OPEN',
  'CATALOG_UNREADABLE',
  'CATALOG_WORSE',
  'CHANGED_WHILE_READ',
  'FILE_EXISTS',
  'FOLDER_UNREADABLE',
  'FRAME_FOUND_LATE',
  'FRAME_NOT_TAKEN',
  'FRAME_SIZE_WRONG',
  'HELD_BACK',
  'JOURNAL_DAMAGED',
  'METADATA_DISAGREES',
  'METADATA_UNREADABLE',
  'MIRROR_LOST',
  'NAME_CHANGED',
  'NOT_LEARNED',
  'POLICY_UNREADABLE',
  'SNAPSHOT_INCOMPLETE',
  'SOURCE_VANISHED',
  'SPECIAL_FILE',
  'SUSPECTED_ROT',
  'TARGET_FULL',
  'UNREADABLE',
  'VAULT_FILE_DAMAGED',
  'WEAK_DURABILITY',
  'WRITE_FAILED',
] as const;

/** The stable code of an {@link Issue}. */
export type IssueCode = (typeof ISSUE_CODES)[number];

/** When the same call may succeed: at once, after a while, after a person acted, or never. */
export type Retry = 'now' | 'later' | 'after-user-acts' | 'never';

/** What a {@link FieldVaultError} carries beside code and message. */
export interface ErrorOptions {
  readonly details?: Readonly<Record<string, string | number | boolean>>;
  readonly retry?: Retry;
  readonly cause?: unknown;
}

/** The one error that says an operation cannot go on. `message` is for people, `details` for programs. */
export class FieldVaultError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, string | number | boolean>>;
  readonly retry: Retry;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'FieldVaultError';
    this.code = code;
    this.details = options.details ?? {};
    this.retry = options.retry ?? 'never';
  }
}

/** One file's trouble: reported, streamed to `onIssue`, and never the end of a run. */
export interface Issue {
  readonly code: IssueCode;
  /** The path as the photographer knows it: a source path, or a path inside the vault. */
  readonly path: string;
  /** What happened, what is safe, what to do next. */
  readonly message: string;
}

/** States what must hold; a failure is our own bug and is never caught. */
export function assert(condition: boolean, why: string): asserts condition {
  if (!condition) throw new Error(`FieldVault bug: ${why}`);
}

/** The error code of the operating system (`ENOSPC`, `EIO`, ...), or '' where there is none. */
export function systemCodeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
