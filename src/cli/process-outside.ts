import process from 'node:process';
import { absolutePath, onInterrupt } from '../index.ts';
import { EXIT } from './exit-code.ts';
import type { TextStream } from './output.ts';
import type { Outside } from './session.ts';

/** What this process has of the outside: its streams, its interrupts, its working folder. */
export function processOutside(): Outside {
  return {
    stdout: openStream(process.stdout),
    stderr: openStream(process.stderr),
    onInterrupt: (handler) => onInterrupt(handler),
    absolutePath,
  };
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
      // A terminal that was never told its size says 0.
      return stream.columns || 80;
    },
    get isGone() {
      return isGone;
    },
  };
}
