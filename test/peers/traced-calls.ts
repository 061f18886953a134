import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Calls that change a vault or read a card, as strace names them. */
const CALLS = [
  'openat',
  'write',
  'fsync',
  'rename',
  'mkdir',
  'unlink',
  'rmdir',
  'pread64',
] as const;

/** One system call of a traced run that concerns a path below a root. */
export interface TracedCall {
  readonly call: (typeof CALLS)[number];
  /** Path below the root. */
  readonly path: string;
  /** New path of a rename, below the root; '' of other calls. */
  readonly target: string;
  /** The how-manieth of this call on this path in its thread, from 1: what `when=` counts. */
  readonly ordinal: number;
  /** Whether the call creates a file. */
  readonly isCreating: boolean;
}

/** A fault that strace plants: an error, a lie, or death. */
export type Injection = `error=${string}` | `retval=${number}` | 'signal=KILL';

/** Why system calls cannot be traced and changed here; null where a trial went well. */
export function straceAbsence(): string | null {
  if (process.platform !== 'linux') return 'strace exists on Linux only';
  const inject = ['-e', 'trace=write', '-e', 'inject=write:error=EIO:when=1'];
  const ran = spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', ...inject, 'echo', 'x'], {
    encoding: 'utf8',
  });
  if (ran.error !== undefined) return 'no strace here';
  if (ran.status !== 1) return `strace cannot change calls here (${ran.stderr.trim()})`;
  const pinned = spawnSync('taskset', ['-c', '0', 'true']);
  return pinned.status === 0 ? null : 'no taskset here, or no processor 0';
}

/** Words put before a command so that it runs on one processor (one worker thread) and its calls are listed. */
export function tracing(list: string): string[] {
  const words = ['taskset', '-c', '0', 'strace', '-f', '-qq', '-y', '-s', '0', '-o', list];
  return [...words, '--seccomp-bpf', '-e', `trace=${CALLS.join(',')}`];
}

/**
 * Words put before a command that make one call go wrong. Killing does not work together with --seccomp-bpf: strace
 * 6.1 then kills nobody and says nothing.
 */
export function injecting(root: string, at: TracedCall, injection: Injection): string[] {
  injected += 1;
  // Each on one processor, as the traced run was, but not all on the same.
  const processor = String(injected % availableParallelism());
  const words = ['taskset', '-c', processor, 'strace', '-f', '-qq', '-o', '/dev/null'];
  const fast = injection === 'signal=KILL' ? [] : ['--seccomp-bpf'];
  const inject = `inject=${at.call}:${injection}:when=${at.ordinal}`;
  return [...words, ...fast, '-P', `${root}/${at.path}`, '-e', `trace=${at.call}`, '-e', inject];
}

let injected = 0;

/** Reads a list that {@link tracing} made; the calls below the root, each once, in their order. */
export function parseTrace(list: string, root: string): TracedCall[] {
  const counts = new Map<string, number>();
  const seen = new Map<string, TracedCall>();
  for (const line of list.split('\n')) {
    const match = /^(\d+) +(\w+)\((.*)$/.exec(line);
    const [, thread = '', name = '', rest = ''] = match ?? [];
    const call = CALLS.find((one) => one === name);
    const path = call === undefined ? undefined : pathOf(call, rest);
    if (call === undefined || path?.startsWith(`${root}/`) !== true) continue;
    const key = `${thread} ${call} ${path}`;
    const ordinal = (counts.get(key) ?? 0) + 1;
    counts.set(key, ordinal);
    const isCreating = rest.includes('O_CREAT');
    const target = call === 'rename' ? (/, "([^"]*)"/.exec(rest)?.[1] ?? '') : '';
    const below = (whole: string): string => whole.slice(root.length + 1);
    const found = { call, path: below(path), target: below(target), ordinal, isCreating };
    seen.set(`${call} ${path} ${ordinal}`, found);
  }
  return [...seen.values()];
}

/** The path a call concerns: of its descriptor (`7</path>`), or its first text. */
function pathOf(call: TracedCall['call'], rest: string): string | undefined {
  if (call === 'write' || call === 'fsync' || call === 'pread64') {
    return /^\d+<([^>]*)>/.exec(rest)?.[1];
  }
  return /"([^"]*)"/.exec(rest)?.[1];
}
