import { spawn } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { performance } from 'node:perf_hooks';

/** One program with its words, run without a shell's reading of them. */
export interface Command {
  readonly words: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
  /** File that takes what the program says; left out: nobody reads it. */
  readonly output?: string;
  /** File in which the program leaves the most memory it held ({@link measuredNode}). */
  readonly peak?: string;
}

/** What one or several programs, run one after the other, took. */
export interface Timing {
  readonly seconds: number;
  /** User and system time of the programs and of all they started. */
  readonly cpuSeconds: number;
  /** The most memory one of them held, where that was asked for. */
  readonly peakBytes: number;
}

/** Makes everything written so far durable: ends the timed part of every contender alike. */
export const SYNC: Command = { words: ['sync'] };

/** A shell that runs its words, then says how much processor time they took (POSIX `times`). */
const SCRIPT = 'out=$1; shift; "$@" >"$out"; code=$?; times; exit $code';

/** Runs the programs one after the other and measures them together. Throws where one fails. */
export async function timed(...commands: readonly Command[]): Promise<Timing> {
  let cpuSeconds = 0;
  let peakBytes = 0;
  const startMs = performance.now();
  for (const command of commands) cpuSeconds += await run(command);
  const seconds = (performance.now() - startMs) / 1000;
  for (const { peak } of commands) {
    if (peak !== undefined) peakBytes = Math.max(peakBytes, Number(readFileSync(peak, 'utf8')));
  }
  return { seconds, cpuSeconds, peakBytes };
}

/** Runs one program outside of any measurement. */
export async function prepare(...commands: readonly Command[]): Promise<void> {
  for (const command of commands) await run(command);
}

/** Where a program is, or null: nothing is measured against a peer that is not installed. */
export function findProgram(name: string): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

/** A program of this project, in a process of its own that leaves the most memory it held in the file `peak`. */
export function measuredNode(script: string, words: readonly string[], peak: string): Command {
  const preload = new URL('./report-peak.ts', import.meta.url).href;
  const file = join(import.meta.dirname, '..', script);
  return {
    words: [process.execPath, '--import', preload, file, ...words],
    env: { FIELDVAULT_BENCH_PEAK: peak },
    peak,
  };
}

/** Processor time in seconds. */
function run(command: Command): Promise<number> {
  const { words, env = {}, output = '/dev/null' } = command;
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', SCRIPT, 'sh', output, ...words], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    let complaint = '';
    child.stdout.on('data', (bytes: Buffer) => {
      said += bytes.toString();
    });
    child.stderr.on('data', (bytes: Buffer) => {
      complaint = (complaint + bytes.toString()).slice(-2000);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(cpuSecondsOf(said));
      else reject(new Error(`${words.join(' ')} ended with ${code}: ${complaint}`));
    });
  });
}

/** Second line of `times`: user and system time of the children, `0m5.64s 0m1.18s`. */
function cpuSecondsOf(said: string): number {
  const parts =
    said
      .trim()
      .split('\n')
      .at(-1)
      ?.match(/(\d+)m([\d.]+)s/g) ?? [];
  return parts.reduce((sum, part) => {
    const [minutes = '0', seconds = '0'] = part.slice(0, -1).split('m');
    return sum + Number(minutes) * 60 + Number(seconds);
  }, 0);
}
