import type { World } from '../index.ts';
import { ERASE_LINE } from './progress-bar.ts';
import type { Outside } from './session.ts';

/** A Ctrl-C in npm's own terminal reaches this process twice within a few milliseconds: from the terminal and from npm. */
const SAME_INTERRUPT_MS = 1000;

/**
 * The first interrupt ends the work in a safe state; from a second later on, one ends the process at once.
 * @returns a function that gives interrupts back to the system
 */
export function abortAtInterrupt(
  abort: AbortController,
  outside: Outside,
  world: World,
): () => void {
  let stopWait = (): void => {};
  const off = outside.onInterrupt(() => {
    if (abort.signal.aborted) return;
    abort.abort();
    const erase = outside.stderr.isTTY === true ? ERASE_LINE : '';
    outside.stderr.write(
      `${erase}Stopping in a safe state; the vault stays whole. Ctrl-C again ends at once.\n`,
    );
    // Without a handler the system does what it does at Ctrl-C: ends the process, whatever it is doing.
    stopWait = world.clock.every(SAME_INTERRUPT_MS, off);
  });
  return () => {
    off();
    stopWait();
  };
}
