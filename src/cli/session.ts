import { openVault, type Vault, type World } from '../index.ts';
import type { Ending, Output, TextStream } from './output.ts';
import { type ProgressView, showProgress } from './progress-bar.ts';
import { formatTime } from './wording.ts';

/** What of the process a command line touches beside its world. */
export interface Outside {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  /** Calls the handler at Ctrl-C instead of ending the process, until the returned function is called. */
  readonly onInterrupt: (handler: () => void) => () => void;
  /** The absolute form of a path that a person typed. */
  readonly absolutePath: (path: string) => string;
}

/** A command at work. */
export interface Session {
  readonly world: World;
  readonly outside: Outside;
  readonly output: Output;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Takes note of what a command is to do; it is done once all words are understood. */
export type Act = (command: string, work: (session: Session) => Promise<Ending>) => void;

/** Opens the vault that was named. */
export function openNamedVault(session: Session, path: string): Promise<Vault> {
  return openVault(session.world, session.outside.absolutePath(path));
}

/** Runs an act with a bar while it lasts. */
export async function withProgress<T>(
  { world, outside, output }: Session,
  view: ProgressView,
  act: () => Promise<T>,
): Promise<T> {
  // Where records run over the same terminal, a bar would be drawn into them.
  const isDrawn = !(output.isJson && outside.stdout.isTTY === true);
  const end = isDrawn ? showProgress(world, outside.stderr, view) : () => {};
  try {
    return await act();
  } finally {
    end();
  }
}

/** A recorded time as people read it, in local time. */
export function shownTime({ world }: Session, time: string): string {
  const timeMs = Date.parse(time);
  return formatTime(timeMs, world.clock.offsetMinutes(timeMs));
}
