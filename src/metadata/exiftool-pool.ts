import { sep } from 'node:path';
import { ExifTool, type ExifToolOptions } from 'exiftool-vendored';
import { LONG_TEXT_MARK, TEXT_BYTES_MAX } from './full-record.ts';
import { type Tags, textOf } from './tag-values.ts';

/** How a pool of ExifTool processes works. */
export interface PoolSettings {
  /** Processes at most; each holds one file at a time. */
  readonly processes: number;
  /** A file that takes longer is given up. */
  readonly timeoutMs: number;
  /** The program; left out: the one that the package brings. */
  readonly exiftoolPath?: string;
  /** Further arguments of each reading. */
  readonly readArgs?: readonly string[];
}

/** The raw answer, or why there is none. */
export type PoolAnswer =
  | { readonly tags: Tags; readonly reason: null }
  | { readonly tags: null; readonly reason: string };

/** Processes that read files, and end with {@link close}. */
export interface ExiftoolPool {
  /** Never rejects. */
  read(path: string): Promise<PoolAnswer>;
  /** Ends every process; readings under way are given up. */
  close(): Promise<void>;
  /** The processes that run now; for tests. */
  processIds(): readonly number[];
}

/** So many failed starts with nothing read between them, and the program is taken for missing. */
const START_FAILURES_MAX = 3;

/**
 * Values leave ExifTool short and as UTF-8: a text of a gigabyte would otherwise cross the pipe. The code runs in
 * ExifTool for each value, `$_` (its option `Filter`).
 */
const FILTER = [
  `if (length > ${TEXT_BYTES_MAX}) { $_ = "${LONG_TEXT_MARK}" }`,
  'elsif (/[\\x80-\\xff]/ and Image::ExifTool::IsUTF8(\\$_) < 0)',
  '{ Image::ExifTool::XMP::FixUTF8(\\$_, "\\xef\\xbf\\xbd") }',
].join(' ');

const READ_ARGS: readonly string[] = [
  ...['-fast', '-n', '-e', '-G1', '-struct'],
  ...['-api', 'LargeFileSupport=1', '-api', `Filter=${FILTER}`],
];

/** Opens a pool; its first process starts with the first reading. */
export function openPool(settings: PoolSettings): ExiftoolPool {
  const tool = openTool(settings);
  const readArgs = [...READ_ARGS, ...(settings.readArgs ?? [])];
  let startFailures = 0;
  let over: string | null = null;
  tool.on('startError', (error) => {
    startFailures += 1;
    if (startFailures < START_FAILURES_MAX || over !== null) return;
    over = `ExifTool cannot be started; it or Perl may be missing: ${error.message.slice(0, 200)}`;
    // Ends what waits: it would wait for ever.
    tool.end(false).catch(() => {});
  });
  const readOnce = async (path: string): Promise<PoolAnswer> => {
    try {
      const tags = (await tool.readRaw(path, { readArgs })) as unknown as Tags;
      startFailures = 0;
      return { tags, reason: null };
    } catch (error) {
      return { tags: null, reason: over ?? whyNot(error, settings) };
    }
  };
  // A file that hung or killed its process is tried once more, one such file at a time; the others go on meanwhile.
  let quarantine: Promise<unknown> = Promise.resolve();
  return {
    read: async (path) => {
      const refusal = over ?? refusalOfPath(path);
      if (refusal !== null) return { tags: null, reason: refusal };
      const first = await readOnce(path);
      if (first.reason === null || over !== null) return first;
      const second = quarantine.then(() => readOnce(path));
      quarantine = second;
      return second;
    },
    close: async () => {
      over ??= 'the reader is closed';
      await tool.end(false).catch(() => {});
    },
    processIds: () => tool.pids,
  };
}

function openTool(settings: PoolSettings): ExifTool {
  const options: Partial<ExifToolOptions> = {
    maxProcs: settings.processes,
    minDelayBetweenSpawnMillis: 0,
    taskTimeoutMillis: settings.timeoutMs,
    taskRetries: 0,
    // With -m a file with a huge `ftyp` atom makes ExifTool ask for all the memory there is, and die.
    ignoreMinorErrors: false,
    useMWG: false,
    // Otherwise ExifTool runs the Perl code in `.ExifTool_config` of the working folder, which may be a card.
    exiftoolArgs: ['-config', '', '-stay_open', 'True', '-@', '-'],
    // Some times in a record would else depend on the zone of the machine that reads.
    exiftoolEnv: { TZ: 'UTC' },
    // Perl is started, not the script: where the script is missing, Perl says so and ends.
    ...(sep === '/' ? { ignoreShebang: true } : {}),
    ...(settings.exiftoolPath === undefined ? {} : { exiftoolPath: settings.exiftoolPath }),
  };
  const plain = new ExifTool(options);
  const start = plain.options.processFactory;
  plain.end().catch(() => {});
  const processFactory: typeof start = async () => {
    const child = await start();
    // A process that cannot start says so by an event that ends this process where nobody listens.
    child.on('error', () => {});
    if (child.pid === undefined) throw new Error('the process did not start');
    return child;
  };
  return new ExifTool({ ...options, processFactory });
}

/** Paths go to ExifTool as lines of UTF-8. */
function refusalOfPath(path: string): string | null {
  const isLine = !/[\r\n\0]/.test(path) && path.isWellFormed();
  return isLine
    ? null
    : 'ExifTool cannot be given this name: it has a line break or is not Unicode';
}

function whyNot(error: unknown, { timeoutMs }: PoolSettings): string {
  const message = textOf(error instanceof Error ? error.message : String(error)) ?? '';
  if (/timeout|timed out/i.test(message)) return `ExifTool did not answer within ${timeoutMs} ms`;
  if (message.startsWith('Process terminated')) return 'ExifTool ended while it read this file';
  return `ExifTool gave no answer: ${message.slice(0, 200)}`;
}
