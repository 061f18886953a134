import process from 'node:process';
import { absolutePath, onInterrupt, openWorld } from '../index.ts';
import { EXIT } from './exit-code.ts';
import type { TextStream } from './output.ts';
import { runCli } from './run-cli.ts';

/** Runs the command line of this process. The process ends by itself when all text is written. */
export async function start(): Promise<void> {
  const world = openWorld();
  const stdout = openStream(process.stdout);
  const outside = {
    stdout,
    stderr: openStream(process.stderr),
    onInterrupt: (handler: () => void) => onInterrupt(handler),
    absolutePath,
  };
  try {
    const exit = await runCli(process.argv.slice(2), outside, world);
    // An answer that was lost on its way has set it already.
    process.exitCode ??= exit;
  } finally {
    await world.workers.close();
  }
}

/** A stream of this process that never throws: whoever reads it may go away at any moment. */
function openStream(stream: NodeJS.WriteStream): TextStream {
  let isGone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    isGone = true;
    // A reader that has seen enough is no failure; anything else means that the answer is lost.
    if (error.code === 'EPIPE') return;
    process.exitCode = EXIT.failed;
    if (stream !== process.stderr) process.stderr.write(`The output failed: ${error.message}\n`);
  });
  return {
    write: (text) => (isGone ? false : stream.write(text)),
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.columns ?? 80;
    },
    get isGone() {
      return isGone;
    },
  };
}
