import { createHash, type Hash } from 'node:crypto';
import { type BlobId, formatHex, LIMITS } from '../base/index.ts';
import { alignedBuffer, type Disk, type ReadableFile } from '../platform/index.ts';

/** What one full read of a file found. */
export interface FileDigest {
  readonly blob: BlobId;
  readonly sizeBytes: number;
  /** First 16 digits of the digest of the first 64 KiB. */
  readonly head: string;
  /** Whether the bytes came past the page cache. */
  readonly isDirect: boolean;
}

/** Reads the whole file once and digests it; `direct` asks for a read past the page cache. */
export async function digestFile(
  disk: Disk,
  path: string,
  options: { readonly direct?: boolean } = {},
): Promise<FileDigest> {
  const file = await disk.openRead(path, options);
  try {
    const digest = new RunningDigest();
    for await (const chunk of readChunks(file)) digest.update(chunk);
    return { ...digest.finish(), isDirect: file.isDirect };
  } finally {
    await file.close();
  }
}

/** First 16 digits of the digest of a file's first 64 KiB: a cheap hint that its content may be known. */
export async function headOf(disk: Disk, path: string): Promise<string> {
  const file = await disk.openRead(path);
  try {
    const buffer = new Uint8Array(LIMITS.headBytes);
    const count = await file.read(buffer, 0);
    const digest = new RunningDigest();
    digest.update(buffer.subarray(0, count));
    return digest.finish().head;
  } finally {
    await file.close();
  }
}

/**
 * The file's bytes in order, in pieces of at most 1 MiB. Every piece is a view of one buffer: it is valid only
 * until the next one is asked for.
 */
export async function* readChunks(file: ReadableFile): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const buffer = takeBuffer();
  try {
    let position = 0;
    for (;;) {
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
  readonly #whole: Hash = createHash('sha256');
  readonly #head: Hash = createHash('sha256');
  #sizeBytes = 0;

  update(bytes: Uint8Array): void {
    this.#whole.update(bytes);
    const headLeft = LIMITS.headBytes - this.#sizeBytes;
    if (headLeft > 0) this.#head.update(bytes.subarray(0, headLeft));
    this.#sizeBytes += bytes.length;
  }

  finish(): Omit<FileDigest, 'isDirect'> {
    return {
      blob: formatHex(this.#whole.digest()) as BlobId,
      sizeBytes: this.#sizeBytes,
      head: formatHex(this.#head.digest().subarray(0, 8)),
    };
  }
}

/** Page-aligned buffers are dear to make and never given back to the system: each thread keeps the few it needs. */
const spareBuffers: Uint8Array<ArrayBuffer>[] = [];

function takeBuffer(): Uint8Array<ArrayBuffer> {
  return spareBuffers.pop() ?? alignedBuffer(LIMITS.copyChunkBytes);
}
