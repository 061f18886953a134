/**
 * The seam to file systems. Paths are absolute strings with '/' (a drive letter on Windows stays in front).
 *
 * Names are JavaScript strings. A name that is not valid UTF-8 keeps each bad byte 0x80..0xFF as the lone surrogate
 * U+DC80..U+DCFF (the scheme of Python's PEP 383), so every name a disk can hold makes the way there and back exactly;
 * JSON carries such a string as `\udcXX`.
 *
 * Errors are the operating system's own, with `code` (`ENOENT`, `ENOSPC`, `EIO`, ...).
 */
export interface Disk {
  /** Names and facts of what lies directly in the folder, in no order. Never follows links. */
  listFolder(path: string): Promise<FolderEntry[]>;
  /** Facts of one file, folder or link itself; null where nothing is there. */
  stat(path: string): Promise<FileFacts | null>;
  /** Opens for reading. `direct` asks for a read past the page cache; `file.isDirect` says what was got. */
  openRead(path: string, options?: { readonly direct?: boolean }): Promise<ReadableFile>;
  /** Creates a file that must not exist (EEXIST otherwise) and opens it for writing. */
  createNew(path: string): Promise<WritableFile>;
  /** Opens an existing file to fsync it under the name it has now. */
  syncFile(path: string): Promise<SyncStrength>;
  /** Makes the folder; true where it was made now, false where it was there. The parent must exist. */
  makeFolder(path: string): Promise<boolean>;
  /** Renames; a target that exists is replaced, so callers check first. */
  rename(source: string, target: string): Promise<void>;
  removeFile(path: string): Promise<void>;
  /** Removes an empty folder. */
  removeFolder(path: string): Promise<void>;
  /** Makes entries of the folder durable. */
  syncFolder(path: string): Promise<SyncStrength>;
  /** Sets the modification time, in milliseconds since 1970 with fraction; exact to a microsecond where the disk is. */
  setMtime(path: string, mtimeMs: number): Promise<void>;
  /** Sets permission bits where the disk has any; elsewhere does nothing. */
  setMode(path: string, mode: number): Promise<void>;
  readLink(path: string): Promise<string>;
  makeLink(path: string, target: string): Promise<void>;
  /** Bytes an unprivileged writer may still use on the volume of this path; null where the system does not say. */
  freeBytes(path: string): Promise<number | null>;
  /** The absolute, resolved path of something that exists. */
  resolve(path: string): Promise<string>;
  /**
   * The path under which other programs and SQLite reach this file; null where they cannot (a simulated or distant disk,
   * a name that is not Unicode).
   */
  localPath(path: string): string | null;
}

/** `weak`: the system refused to promise durability (ENOTSUP, ENOTTY, EINVAL, ENOSYS, EPERM on a folder, ...). */
export type SyncStrength = 'durable' | 'weak';

/** What kind of thing an entry is; `special` is a device, socket or pipe. */
export type FileKind = 'file' | 'folder' | 'link' | 'special';

/** What the disk says of one entry. Times are milliseconds since 1970, with fraction (microseconds kept). */
export interface FileFacts {
  readonly kind: FileKind;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  /** POSIX permission bits (`0o7777`); 0o666 or 0o444 on systems without. */
  readonly mode: number;
}

/** One name in a folder with its facts. */
export interface FolderEntry extends FileFacts {
  readonly name: string;
}

/** An open file that is read. Reads may be short only at the end of the file. */
export interface ReadableFile {
  readonly isDirect: boolean;
  /** Facts of the open file now, not of the name. */
  facts(): Promise<FileFacts>;
  /**
   * Fills the buffer from the position and returns the count, 0 at the end.
   * With `isDirect` the buffer must come from {@link alignedBuffer} and the position be a multiple of 4096.
   */
  read(buffer: Uint8Array, positionBytes: number): Promise<number>;
  close(): Promise<void>;
}

/** An open file that is written from its start to its end. */
export interface WritableFile {
  /** Writes all bytes (loops on short writes) at the end. */
  write(bytes: Uint8Array): Promise<void>;
  sync(): Promise<SyncStrength>;
  close(): Promise<void>;
}

/** A buffer whose memory starts at a page: what reading past the page cache asks for. Size: a multiple of 64 KiB. */
export function alignedBuffer(sizeBytes: number): Uint8Array<ArrayBuffer> {
  // A WebAssembly memory is the one portable way to page-aligned bytes in JavaScript.
  const pages = Math.ceil(sizeBytes / 65536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  return new Uint8Array(memory.buffer, 0, sizeBytes);
}
