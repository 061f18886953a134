import { createHash, type Hash } from 'node:crypto';
import { type BlobId, LIMITS } from '../base/index.ts';
import { alignedBuffer, type Disk, type ReadableFile } from '../platform/index.ts';
import { isStopped, type StopMemory, stoppedError } from './stop-flag.ts';

/** What one full read of a file found. */
export interface FileDigest {
  readonly blob: BlobId;
  readonly sizeBytes: number;
  /** First 16 digits of the digest of the first 64 KiB. */
  readonly head: string;
  /** Whether the bytes came past the page cache. */
  readonly isDirect: boolean;
}

/**
 * Reads the whole file once and digests it.
 * @param options.direct asks for a read past the page cache
 * @param options.stop ends the read within one chunk, with an error of code `ESTOPPED`
 */
export async function digestFile(
  disk: Disk,
  path: string,
  options: { readonly direct?: boolean; readonly stop?: StopMemory | undefined } = {},
): Promise<FileDigest> {
  const file = await disk.openRead(path, options);
  try {
    const digest = new RunningDigest();
    for await (const chunk of readChunks(file, options.stop)) digest.update(chunk);
    return { ...digest.finish(), isDirect: file.isDirect };
  } finally {
    await file.close();
  }
}

/** First 16 digits of the digest of a file's first 64 KiB: a cheap hint that its content may be known. */
export async function headOf(disk: Disk, path: string): Promise<string> {
  const file = await disk.openRead(path);
  const buffer = takeBuffer();
  try {
    const count = await file.read(buffer.subarray(0, LIMITS.headBytes), 0);
    return firstDigits(createHash('sha256').update(buffer.subarray(0, count)));
  } finally {
    spareBuffers.push(buffer);
    await file.close();
  }
}

/**
 * The file's bytes in order, in pieces of at most 1 MiB. Every piece is a view of one buffer: it is valid only
 * until the next one is asked for.
 * @param stop looked at before each piece; once it is raised, an error of code `ESTOPPED` is thrown
 * @param fromBytes where to begin
 */
export async function* readChunks(
  file: ReadableFile,
  stop?: StopMemory,
  fromBytes = 0,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const buffer = takeBuffer();
  try {
    let position = fromBytes;
    for (;;) {
      if (isStopped(stop)) throw stoppedError();
      const count = await file.read(buffer, position);
      if (count > 0) yield buffer.subarray(0, count);
      if (count < buffer.length) return;
      position += count;
    }
  } finally {
    spareBuffers.push(buffer);
  }
}

/** A SHA-256 in progress that also keeps the head's. */
export class RunningDigest {
  readonly #hash: Hash = createHash('sha256');
  /** The head's digits, once more than the head was seen. */
  #head: string | null = null;
  #sizeBytes = 0;

  update(bytes: Uint8Array): void {
    const headLeft = LIMITS.headBytes - this.#sizeBytes;
    this.#sizeBytes += bytes.length;
    if (this.#head !== null || bytes.length <= headLeft) {
      this.#hash.update(bytes);
      return;
    }
    this.#hash.update(bytes.subarray(0, headLeft));
    this.#head = firstDigits(this.#hash.copy());
    this.#hash.update(bytes.subarray(headLeft));
  }

  finish(): Omit<FileDigest, 'isDirect'> {
    const digits = this.#hash.digest('hex');
    return {
      blob: digits as BlobId,
      sizeBytes: this.#sizeBytes,
      head: this.#head ?? digits.slice(0, HEAD_DIGITS),
    };
  }
}

const HEAD_DIGITS = 16;

function firstDigits(hash: Hash): string {
  return hash.digest('hex').slice(0, HEAD_DIGITS);
}

/** Page-aligned buffers are dear to make and never given back to the system: each thread keeps the few it needs. */
const spareBuffers: Uint8Array<ArrayBuffer>[] = [];

function takeBuffer(): Uint8Array<ArrayBuffer> {
  return spareBuffers.pop() ?? alignedBuffer(LIMITS.copyChunkBytes);
}
