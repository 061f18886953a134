import { escapeText, formatDuration, formatRate, type TextStream } from '../cli/index.ts';

/** One finished step of the demo. */
export interface Step {
  readonly name: string;
  readonly text: string;
  readonly durationMs: number;
  /** Bytes it went through, where a rate says something. */
  readonly bytes?: number;
  readonly isGood: boolean;
}

const TEXT_WIDTH = 62;

/** Prints the demo's report: plain text, with colour where a person watches. */
export class Screen {
  readonly #stdout: TextStream;

  constructor(stdout: TextStream) {
    this.#stdout = stdout;
  }

  line(text = ''): void {
    this.#stdout.write(`${escapeText(text)}\n`);
  }

  title(text: string): void {
    this.#stdout.write(`\n${this.#paint('1', escapeText(text))}\n\n`);
  }

  step({ name, text, durationMs, bytes, isGood }: Step): void {
    const mark = isGood ? this.#paint('32', '✓') : this.#paint('31', '✗');
    const rate = bytes === undefined ? '' : formatRate(bytes, durationMs);
    const time = formatDuration(durationMs).padStart(8);
    const what = escapeText(text).padEnd(TEXT_WIDTH);
    this.#stdout.write(`  ${mark} ${name.padEnd(9)}${what}${time}  ${rate}`.trimEnd().concat('\n'));
  }

  verdict(isGood: boolean, text: string): void {
    const word = isGood ? this.#paint('1;32', 'PASS') : this.#paint('1;31', 'FAIL');
    this.#stdout.write(`\n  ${word}  ${escapeText(text)}\n`);
  }

  /** ECMA-48 "select graphic rendition"; plain where nobody watches. */
  #paint(code: string, text: string): string {
    return this.#stdout.isTTY === true ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}
