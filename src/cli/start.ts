import process from 'node:process';
import { openWorld } from '../index.ts';
import { processOutside } from './process-outside.ts';
import { runCli } from './run-cli.ts';

/** Runs the command line of this process. The process ends by itself when all text is written. */
export async function start(): Promise<void> {
  const world = openWorld();
  try {
    const exit = await runCli(process.argv.slice(2), processOutside(), world);
    // An answer that was lost on its way has set it already.
    process.exitCode ??= exit;
  } finally {
    await world.workers.close();
  }
}
