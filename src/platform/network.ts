/** Streams of bytes to other machines. */
export interface Network {
  /**
   * Connects by TCP. Closes the stream when the signal aborts.
   * @throws the system's error (`ECONNREFUSED`, `EHOSTUNREACH`, ...); `ETIMEDOUT` after the time
   */
  connect(target: NetworkTarget, options?: ConnectOptions): Promise<ByteStream>;
}

/** Where a stream goes to. */
export interface NetworkTarget {
  /** A name or an address. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
}

/** How long to try, and what ends the stream early. */
export interface ConnectOptions {
  /** Milliseconds until connecting is given up; 10,000 where left out. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Both directions of one connection. */
export interface ByteStream {
  /**
   * The next bytes, at most 64 KiB in one piece; null once the other side has ended. One read at a time.
   * @throws the system's error where the connection broke
   */
  read(): Promise<Uint8Array | null>;
  /** Resolves once the system has taken the bytes. */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends both directions; a read that waits gets null. */
  close(): void;
}
