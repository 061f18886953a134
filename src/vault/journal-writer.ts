import { createHash } from 'node:crypto';
import { type BlobId, FieldVaultError, formatHex, messageOf, systemCodeOf } from '../base/index.ts';
import type { Disk, WritableFile } from '../platform/index.ts';
import { formatLine } from './line.ts';
import type { JournalRecord } from './records.ts';

/**
 * One writer's journal file: lines are appended and made durable together, never changed.
 * After an error nothing more is written: what was acknowledged before stays true.
 */
export class JournalWriter {
  readonly name: string;
  readonly #file: WritableFile;
  readonly #hash = createHash('sha256');
  #lines = 0;
  #pending: Uint8Array[] = [];
  #last: Promise<void> = Promise.resolve();
  #isWeak = false;
  #isEnded = false;

  private constructor(name: string, file: WritableFile) {
    this.name = name;
    this.#file = file;
  }

  /**
   * Creates the file under its final name, writes its first line, and makes file and name durable.
   * @throws FieldVaultError TARGET_READ_ONLY, TARGET_FULL or TARGET_GONE
   */
  static async create(
    disk: Disk,
    folder: string,
    name: string,
    first: JournalRecord,
  ): Promise<JournalWriter> {
    try {
      const writer = new JournalWriter(name, await disk.createNew(`${folder}/${name}`));
      await writer.commit([first]);
      await disk.syncFolder(folder);
      return writer;
    } catch (error) {
      throw targetError(error, folder);
    }
  }

  /** Whether the system would not promise that lines are durable. */
  get isWeak(): boolean {
    return this.#isWeak;
  }

  /** Appends the lines and resolves once they are durable. Lines given meanwhile share one sync. */
  commit(records: readonly JournalRecord[]): Promise<void> {
    if (this.#isEnded) return Promise.reject(new TypeError(`${this.name} takes no more lines`));
    for (const record of records) this.#pending.push(formatLine({ ...record }));
    this.#last = this.#last.then(() => this.#flush());
    return this.#last;
  }

  /** Writes the seal and closes the file; the writer must not be used afterwards. */
  async seal(): Promise<void> {
    // First: a line that came while earlier ones are awaited would not be counted by the seal.
    this.#isEnded = true;
    this.#last = this.#last.then(() => {
      const sha256 = formatHex(this.#hash.copy().digest()) as BlobId;
      this.#pending.push(formatLine({ type: 'seal', lines: this.#lines, sha256 }));
      return this.#flush();
    });
    await this.#last;
    await this.close();
  }

  /** Closes without a seal: the next writer will find the file cut off. */
  async close(): Promise<void> {
    this.#isEnded = true;
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    if (this.#pending.length === 0) return;
    const lines = this.#pending;
    this.#pending = [];
    const bytes = Buffer.concat(lines);
    try {
      await this.#file.write(bytes);
      this.#isWeak = (await this.#file.sync()) === 'weak';
    } catch (error) {
      throw targetError(error, this.name);
    }
    this.#hash.update(bytes);
    this.#lines += lines.length;
  }
}

const CREDENTIALS =
  "look at this computer's AWS credentials (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE) and at what they allow in the bucket";

/** Whether a bucket answered, or would have: its rights are those of a key, not of a person. */
function isOfBucket(error: unknown): boolean {
  return messageOf(error).includes('s3://');
}

/** What an error while reading a vault means: nothing was to be written, and write protection is no matter. */
export function readError(error: unknown, where: string): Error {
  const code = systemCodeOf(error);
  if (code !== 'EACCES' && code !== 'EPERM') return targetError(error, where);
  const message = `You may not read this vault (${where}: ${messageOf(error)}). Nothing was changed; ${isOfBucket(error) ? CREDENTIALS : 'look at the owner and the rights of its folder, or open it as another user'}.`;
  const details = { where, code };
  return new FieldVaultError('TARGET_GONE', message, {
    details,
    retry: 'after-user-acts',
    cause: error,
  });
}

/**
 * What an error while writing to a vault means for the whole operation. An error that no system made is our own bug and
 * stays as it is.
 */
export function targetError(error: unknown, where: string): Error {
  const code = systemCodeOf(error);
  if (error instanceof Error && (error instanceof FieldVaultError || code === '')) return error;
  const details = { where, code };
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    const message = `The vault's drive is full (${where}). What was protected so far is safe; free space or use another drive, and run the backup again.`;
    return new FieldVaultError('TARGET_FULL', message, {
      details,
      retry: 'after-user-acts',
      cause: error,
    });
  }
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    const message = `The vault cannot be written (${where}: ${messageOf(error)}). What was protected before is safe; ${isOfBucket(error) ? CREDENTIALS : "check the drive's write protection and your rights"}.`;
    return new FieldVaultError('TARGET_READ_ONLY', message, {
      details,
      retry: 'after-user-acts',
      cause: error,
    });
  }
  if (code === 'EEXIST' || code === 'ENOTDIR') {
    const message = `A file stands where a folder is needed (${where}: ${messageOf(error)}). It was not touched; name another folder, or move the file away.`;
    return new FieldVaultError('TARGET_NOT_EMPTY', message, {
      details,
      retry: 'after-user-acts',
      cause: error,
    });
  }
  const message = `The vault's drive does not answer (${where}: ${messageOf(error)}). What was protected so far is safe; connect the drive and run again.`;
  return new FieldVaultError('TARGET_GONE', message, {
    details,
    retry: 'after-user-acts',
    cause: error,
  });
}
