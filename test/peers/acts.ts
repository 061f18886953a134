import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { BackupReport, CheckReport, PruneReport, RestoreReport } from '../../src/index.ts';

/** What an act in a process of its own is asked to do. */
export interface ActRequest {
  readonly act: 'backup' | 'restore' | 'prune' | 'check';
  readonly vault: string;
  /** Sources of a backup, or the one folder of a restore. */
  readonly paths: readonly string[];
  /** Snapshot of a restore; the latest by default. */
  readonly snapshot?: string;
  /** Say `at` once so many bytes were done; 1 by default. */
  readonly atBytes?: number;
  /** Makes random names and the time predictable. */
  readonly seed?: string;
}

/** One line that the process says. */
export type ActEvent =
  | { readonly event: 'ready' }
  | { readonly event: 'at'; readonly bytes: number }
  | {
      readonly event: 'done';
      readonly report: unknown;
      readonly durationMs: number;
      readonly peakBytes: number;
    }
  | { readonly event: 'failed'; readonly code: string; readonly message: string };

/** How an act ended: its report, its error, or neither where it was killed. */
export interface ActEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly report: AnyReport | null;
  readonly failure: { readonly code: string; readonly message: string } | null;
  readonly durationMs: number;
  readonly peakBytes: number;
  /** What the process said beside its events. */
  readonly text: string;
}

/** The members of every report, those of other acts absent. */
export type AnyReport = BackupReport & CheckReport & RestoreReport & PruneReport;

/** An act in a process of its own. */
export class ActProcess {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
  /** Resolves once the act has done its first bytes (`atBytes`), or has ended without. */
  readonly underWay: Promise<void>;
  readonly ended: Promise<ActEnd>;

  /** @param before words put before the command: `strace ...`, `taskset ...` */
  constructor(request: ActRequest, before: readonly string[] = [], script = 'act-child.ts') {
    const words = [process.execPath, join(import.meta.dirname, script), JSON.stringify(request)];
    const [command = '', ...rest] = [...before, ...words];
    this.child = spawn(command, rest, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, UV_THREADPOOL_SIZE: before.includes('strace') ? '1' : '4' },
    });
    // A process that was killed does not read what it is told any more.
    this.child.stdin?.on('error', () => {});
    const ready = Promise.withResolvers<void>();
    const underWay = Promise.withResolvers<void>();
    this.ready = ready.promise;
    this.underWay = underWay.promise;
    this.ended = this.#listen((event) => {
      if (event === 'ready') ready.resolve();
      if (event === 'at') underWay.resolve();
    }).finally(() => {
      ready.resolve();
      underWay.resolve();
    });
  }

  /** Lets the act begin. */
  async go(): Promise<void> {
    await this.ready;
    this.child.stdin?.end('go\n');
  }

  /** Ends the process at once, as a crash does; only this one. */
  kill(): void {
    this.child.kill('SIGKILL');
  }

  async #listen(onEvent: (event: ActEvent['event']) => void): Promise<ActEnd> {
    let end: Partial<ActEnd> = {};
    let text = '';
    this.child.stderr?.on('data', (bytes: Buffer) => {
      text += bytes.toString();
    });
    const { stdout } = this.child;
    const lines = stdout === null ? null : createInterface({ input: stdout });
    lines?.on('line', (line) => {
      const event = parseEvent(line);
      if (event === null) return;
      if (event.event === 'done') end = { ...event, report: event.report as AnyReport };
      if (event.event === 'failed') end = { failure: event };
      onEvent(event.event);
    });
    const [code, signal] = (await once(this.child, 'close')) as [ActEnd['code'], ActEnd['signal']];
    const none = { report: null, failure: null, durationMs: 0, peakBytes: 0 };
    return { ...none, ...end, code, signal, text };
  }
}

/** Null for the start of a line whose end the kill cut off. */
function parseEvent(line: string): ActEvent | null {
  try {
    return JSON.parse(line) as ActEvent;
  } catch {
    return null;
  }
}

/** Runs an act to its end. */
export async function runAct(request: ActRequest, before: readonly string[] = []): Promise<ActEnd> {
  const act = new ActProcess(request, before);
  await act.go();
  return act.ended;
}
