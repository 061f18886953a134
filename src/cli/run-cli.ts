import { FieldVaultError, type World } from '../index.ts';
import { EXIT, type ExitCode, exitOfError } from './exit-code.ts';
import { abortAtInterrupt } from './interrupt.ts';
import { type Ending, Output, type TextStream } from './output.ts';
import { type Parsed, parseWords } from './program.ts';
import type { Outside } from './session.ts';
import { escapeText } from './wording.ts';

/**
 * Runs one command line to its end. Nothing is thrown, and the process is not ended: text goes to the streams.
 * @param words what follows the program's name
 * @returns the exit code
 */
export async function runCli(
  words: readonly string[],
  outside: Outside,
  world: World,
): Promise<ExitCode> {
  const output = new Output(outside.stdout, asksForJson(words));
  const parsed = parseWords(words, outside.stdout.columns ?? 80);
  if (parsed.kind === 'text') {
    outside.stdout.write(parsed.text);
    return EXIT.done;
  }
  if (parsed.kind === 'wrong') {
    outside.stderr.write(parsed.message);
    const message = parsed.message.split('\n')[0] ?? '';
    const error = { code: 'BAD_USAGE', message, retry: 'never' };
    output.end(words.find((word) => !word.startsWith('-')) ?? '', {
      exit: EXIT.wrongUsage,
      summary: { error },
    });
    return EXIT.wrongUsage;
  }
  const ending = await runAct(parsed, output, outside, world);
  output.end(parsed.command, ending);
  return ending.exit;
}

function asksForJson(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return (end < 0 ? words : words.slice(0, end)).includes('--json');
}

async function runAct(
  parsed: Extract<Parsed, { kind: 'act' }>,
  output: Output,
  outside: Outside,
  world: World,
): Promise<Ending> {
  const abort = new AbortController();
  const endWatch = abortAtInterrupt(abort, outside, world);
  try {
    return await parsed.work({ world, outside, output, signal: abort.signal });
  } catch (error) {
    return tellError(error, output, outside.stderr);
  } finally {
    endWatch();
  }
}

function tellError(error: unknown, output: Output, stderr: TextStream): Ending {
  output.showIssues();
  if (error instanceof FieldVaultError) {
    const { code, message, retry, details } = error;
    if (!output.isJson) stderr.write(`${escapeText(message)}\n`);
    return { exit: exitOfError(code), summary: { error: { code, message, retry, details } } };
  }
  const message = error instanceof Error ? error.message : String(error);
  const trace = error instanceof Error ? (error.stack ?? message) : message;
  stderr.write(
    `FieldVault stopped where it should not have. What was protected is safe. Please report this:\n${trace}\n`,
  );
  return { exit: EXIT.failed, summary: { error: { code: 'UNEXPECTED', message, retry: 'later' } } };
}
