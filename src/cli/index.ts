/**
 * cli: the command line: understands words, calls the library, prints.
 * Invariant: decides nothing about pictures; whatever it can do, the library can do.
 */
export { EXIT, type ExitCode, exitOfError } from './exit-code.ts';
export { abortAtInterrupt } from './interrupt.ts';
export type { TextStream } from './output.ts';
export { processOutside } from './process-outside.ts';
export { type ProgressView, showProgress } from './progress-bar.ts';
export { runCli } from './run-cli.ts';
export type { Outside } from './session.ts';
export {
  escapeText,
  formatBytes,
  formatCount,
  formatDuration,
  formatRate,
} from './wording.ts';
