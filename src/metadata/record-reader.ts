import type { ExiftoolPool, PoolSettings } from './exiftool-pool.ts';
import { boundRecord, type FullRecord, refusalOf } from './full-record.ts';

/** The record of a file, or why there is none. */
export type RecordOutcome =
  | { readonly state: 'read'; readonly record: FullRecord }
  | { readonly state: 'unreadable'; readonly reason: string };

/** Reads full records; holds processes until it is closed. */
export interface RecordReader {
  /** Reads the file at a path of this machine. Never rejects: a file that cannot be read is one file's trouble. */
  read(path: string): Promise<RecordOutcome>;
  /** Ends all processes; what is still being read ends as unreadable. */
  close(): Promise<void>;
}

/** How full records are read. */
export interface RecordReaderOptions {
  /** ExifTool processes at most; 3 where nothing is said. As many as there are cores is right. */
  readonly processes?: number;
  /** Given to one file before it is given up, in milliseconds; it is tried twice. */
  readonly timeoutMs?: number;
  /** ExifTool's program (on Windows) or Perl script; left out: the one that comes with this package. */
  readonly exiftoolPath?: string;
}

const PROCESSES = 3;
/** The most one file should need is some tens of milliseconds; a sleeping drive needs seconds. */
const TIMEOUT_MS = 20_000;

/** Opens a reader of full records. Processes start with the first file and do not keep the program alive. */
export function openRecordReader(options: RecordReaderOptions = {}): RecordReader {
  const { processes = PROCESSES, timeoutMs = TIMEOUT_MS, exiftoolPath } = options;
  return readerOver({
    processes,
    timeoutMs,
    ...(exiftoolPath === undefined ? {} : { exiftoolPath }),
  });
}

/** The reader of a pool with these settings; also tells the processes, for tests. */
export function readerOver(
  settings: PoolSettings,
): RecordReader & Pick<ExiftoolPool, 'processIds'> {
  let opened: ExiftoolPool | null = null;
  let opening: Promise<ExiftoolPool> | null = null;
  // Most programs that load this room never read a full record, and the package is large.
  const open = async (): Promise<ExiftoolPool> => {
    const { openPool } = await import('./exiftool-pool.ts');
    opened = openPool(settings);
    return opened;
  };
  return {
    read: async (path) => {
      opening ??= open();
      const { tags, reason } = await (await opening).read(path);
      const refusal = tags === null ? reason : refusalOf(tags);
      if (tags === null || refusal !== null) return { state: 'unreadable', reason: refusal ?? '' };
      return { state: 'read', record: boundRecord(tags) };
    },
    close: async () => (await opening)?.close(),
    processIds: () => opened?.processIds() ?? [],
  };
}
