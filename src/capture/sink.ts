/** A file of a camera on its way to where it is kept. Facts are the camera's own: it may be wrong about all of them. */
export interface CapturedFile {
  /** Name without folder; '' where the camera gives none. Not safe as a path. */
  readonly name: string;
  /** Folders from the top, joined by `/`; '' where the camera does not say. */
  readonly folder: string;
  /** Null where the camera does not say. */
  readonly sizeBytes: number | null;
  /** `YYYY-MM-DDThh:mm:ss` on the camera's clock; null where it does not say. */
  readonly capturedLocal: string | null;
  /** Milliseconds since 1970, where a file system told: then it counts, and not the camera's clock. */
  readonly mtimeMs?: number;
}

/**
 * Where frames go. Given from outside: capture knows neither vaults nor pictures.
 * `begin` of one file and `commit` of others may overlap.
 */
export interface CaptureSink {
  /** Whether this file of this camera is kept already, as far as name, size and time tell. */
  holds(file: CapturedFile): boolean;
  /**
   * Begins to take a file.
   * @throws FieldVaultError TARGET_FULL where there is no room for it anywhere; TARGET_GONE, TARGET_READ_ONLY
   */
  begin(file: CapturedFile): Promise<SinkFile>;
}

/** One file being taken: any number of writes, then `commit` or `abandon`. */
export interface SinkFile {
  /** False once nobody takes its bytes any more: then `commit` says why. */
  readonly isTaking: boolean;
  /** Appends bytes; resolves once they may be used again. */
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves once the file is durable, read back and acknowledged wherever it goes, or it is said why not. */
  commit(): Promise<Kept | NotKept>;
  /** Removes what was taken so far. Never fails. */
  abandon(): Promise<void>;
}

/** A file is safe. */
export interface Kept {
  readonly state: 'kept';
  /** The path it has in the session. */
  readonly path: string;
  /** SHA-256 of its content. */
  readonly blob: string;
  readonly sizeBytes: number;
  /** On how many of the vaults it is. */
  readonly copies: number;
  /** The content was there before, and was not stored again. */
  readonly isKnown: boolean;
}

/** A file is not safe anywhere; it may be tried again. */
export interface NotKept {
  readonly state: 'not-kept';
  readonly why: string;
  /** There was no room for it. */
  readonly isFull: boolean;
}
