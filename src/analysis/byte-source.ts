import type { Disk } from '../platform/index.ts';

/** Bytes that are read at any place: what a reader of previews needs of a file. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** The bytes from the offset on: shorter only where the source ends, empty behind it. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A source that holds an open file. */
export interface OpenByteSource extends ByteSource, AsyncDisposable {
  close(): Promise<void>;
}

/** Bytes read at once around a small read: folders of one file lie close together. */
const PAGE_BYTES = 65_536;
/** Pages kept for each open file. */
const PAGES_MAX = 16;

/** A source over bytes in memory. */
export function byteSourceOf(bytes: Uint8Array): ByteSource {
  return {
    sizeBytes: bytes.length,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
  };
}

/**
 * Opens a file for reads at any place; small ones come from a cache of at most 1 MiB.
 * Throws what the disk throws; must be closed.
 */
export async function openByteSource(
  disk: Pick<Disk, 'openRead'>,
  path: string,
): Promise<OpenByteSource> {
  const file = await disk.openRead(path);
  try {
    const { sizeBytes } = await file.facts();
    const readAt = async (offset: number, length: number): Promise<Uint8Array> => {
      const room = Math.max(0, Math.min(length, sizeBytes - offset));
      const bytes = new Uint8Array(room);
      return bytes.subarray(0, room === 0 ? 0 : await file.read(bytes, offset));
    };
    return {
      ...cached({ sizeBytes, read: readAt }),
      close: () => file.close(),
      [Symbol.asyncDispose]: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The same source with its last pages kept. */
export function cached(source: ByteSource): ByteSource {
  const pages = new Map<number, Uint8Array>();
  const pageAt = async (index: number): Promise<Uint8Array> => {
    const page = pages.get(index) ?? (await source.read(index * PAGE_BYTES, PAGE_BYTES));
    // Put at the end again: the first of the map is the one that was not used for longest.
    pages.delete(index);
    pages.set(index, page);
    for (const oldest of pages.keys()) {
      if (pages.size <= PAGES_MAX) break;
      pages.delete(oldest);
    }
    return page;
  };
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    const room = Math.min(length, source.sizeBytes - offset);
    if (room <= 0 || offset < 0) return new Uint8Array(0);
    const index = Math.floor(offset / PAGE_BYTES);
    const start = offset - index * PAGE_BYTES;
    if (room > PAGE_BYTES) return source.read(offset, room);
    const first = await pageAt(index);
    if (start + room <= PAGE_BYTES) return first.subarray(start, start + room);
    const second = await pageAt(index + 1);
    const bytes = new Uint8Array(room);
    bytes.set(first.subarray(start));
    bytes.set(second.subarray(0, room - (PAGE_BYTES - start)), PAGE_BYTES - start);
    return bytes;
  };
  return { sizeBytes: source.sizeBytes, read };
}
