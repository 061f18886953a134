import { assert, FieldVaultError, messageOf, systemCodeOf } from '../../base/index.ts';
import type { ByteStream } from '../../platform/index.ts';
import { goneError } from '../camera-error.ts';

/** The most bytes asked for at once by {@link StreamReader.exactly}. */
export const EXACT_BYTES_MAX = 65_536;

/** Cuts a stream into the pieces that a protocol wants, however it came. */
export class StreamReader {
  readonly #stream: Pick<ByteStream, 'read'>;
  readonly #onBytes: () => void;
  #left: Uint8Array = new Uint8Array(0);

  /** `onBytes` is called whenever something came. */
  constructor(stream: Pick<ByteStream, 'read'>, onBytes: () => void = () => undefined) {
    this.#stream = stream;
    this.#onBytes = onBytes;
  }

  /** The same stream from here on, told to somebody else; this reader must not be used again. */
  heardBy(onBytes: () => void): StreamReader {
    const reader = new StreamReader(this.#stream, onBytes);
    reader.#left = this.#left;
    return reader;
  }

  /** From 1 to `max` bytes, whatever is there. @throws FieldVaultError CAMERA_GONE at the end of the stream */
  async some(max: number): Promise<Uint8Array> {
    while (this.#left.length === 0) this.#left = await this.#next();
    const piece = this.#left.subarray(0, max);
    this.#left = this.#left.subarray(piece.length);
    return piece;
  }

  /** So many bytes, at most {@link EXACT_BYTES_MAX}. @throws FieldVaultError CAMERA_GONE at the end of the stream */
  async exactly(count: number): Promise<Uint8Array> {
    assert(count <= EXACT_BYTES_MAX, `${count} bytes asked for at once`);
    if (this.#left.length >= count) return this.#cut(count);
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; ) {
      const piece = await this.some(count - at);
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }

  #cut(count: number): Uint8Array {
    const piece = this.#left.subarray(0, count);
    this.#left = this.#left.subarray(count);
    return piece;
  }

  async #next(): Promise<Uint8Array> {
    const piece = await readPiece(this.#stream);
    this.#onBytes();
    return piece;
  }
}

/** Writes; a broken link is CAMERA_GONE. */
export async function writeAll(
  stream: Pick<ByteStream, 'write'>,
  bytes: Uint8Array,
): Promise<void> {
  try {
    await stream.write(bytes);
  } catch (error) {
    throw linkError(error);
  }
}

/** What broke a link, as CAMERA_GONE; what is an error of ours already stays as it is. */
export function linkError(error: unknown): FieldVaultError {
  if (error instanceof FieldVaultError) return error;
  return goneError(`the link broke (${systemCodeOf(error) || messageOf(error)})`, error);
}

async function readPiece(stream: Pick<ByteStream, 'read'>): Promise<Uint8Array> {
  let piece: Uint8Array | null;
  try {
    piece = await stream.read();
  } catch (error) {
    throw linkError(error);
  }
  if (piece === null) throw goneError('it closed the connection');
  return piece;
}
