import type { Issue } from '../index.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { escapeText, formatCount } from './wording.ts';

/** Where text goes: a terminal, a file or a pipe. */
export interface TextStream {
  write(text: string): unknown;
  /** Whether a person watches. */
  readonly isTTY?: boolean;
  /** Width of the terminal. */
  readonly columns?: number;
  /** Whether nobody reads any more (`fieldvault ls | head`). */
  readonly isGone?: boolean;
}

/** How a command ended and what it counted: the last line of `--json`. */
export interface Ending {
  readonly exit: ExitCode;
  readonly summary: Readonly<Record<string, unknown>>;
}

/** Issues shown to people; `--json` has them all. */
const SHOWN_ISSUES_MAX = 20;
/** Issues kept for the summary; each was streamed when it came. */
const KEPT_ISSUES_MAX = 10_000;

/** What a command says: sentences for people, or one JSON object per line. */
export class Output {
  readonly isJson: boolean;
  readonly #stdout: TextStream;
  readonly #issues: Issue[] = [];
  #issueCount = 0;
  /** How many of them people have been told. */
  #toldCount = 0;

  constructor(stdout: TextStream, isJson: boolean) {
    this.#stdout = stdout;
    this.isJson = isJson;
  }

  /** Whether nobody reads any more: a long list may end here. */
  get isGone(): boolean {
    return this.#stdout.isGone === true;
  }

  get issueCount(): number {
    return this.#issueCount;
  }

  /** A line for people; programs do not see it. */
  say(line: string): void {
    if (!this.isJson) this.#stdout.write(`${escapeText(line)}\n`);
  }

  /** One thing of a list: a record for programs, a line for people. */
  list(record: Readonly<Record<string, unknown>>, line: string): void {
    if (this.isJson) this.#record(record);
    else this.say(line);
  }

  /** One file's trouble: programs see it at once, people at the end. */
  issue(issue: Issue): void {
    const { code, path, message } = issue;
    this.#issueCount += 1;
    if (this.#issues.length < KEPT_ISSUES_MAX) this.#issues.push({ code, path, message });
    if (this.isJson) this.#record({ type: 'issue', code, path, message });
  }

  /** Shows people the first of the issues that came since they were last shown. */
  showIssues(): void {
    const told = this.#toldCount;
    const count = this.#issueCount - told;
    if (count === 0) return;
    this.#toldCount = this.#issueCount;
    this.say('');
    this.say(`${formatCount(count, 'issue')}:`);
    const explained = new Set<string>();
    for (const { code, path, message } of this.#issues.slice(told, told + SHOWN_ISSUES_MAX)) {
      this.say(`  ${code}  ${path}`);
      // A hundred files that do not fit need one explanation; their numbers differ, the sentence does not.
      const sentence = `${code} ${message.replace(/\d+/g, '0')}`;
      if (!explained.has(sentence)) this.say(`      ${message}`);
      explained.add(sentence);
    }
    const left = count - SHOWN_ISSUES_MAX;
    if (left > 0) this.say(`  and ${formatCount(left, 'more', 'more')}; --json lists them all.`);
    this.say('');
  }

  /** The last line for programs. */
  end(command: string, { exit, summary }: Ending): void {
    if (!this.isJson) return;
    this.#record({
      type: 'summary',
      ok: exit === EXIT.done,
      command,
      ...summary,
      issueCount: this.#issueCount,
      issues: this.#issues,
    });
  }

  #record(record: Readonly<Record<string, unknown>>): void {
    this.#stdout.write(`${JSON.stringify(record)}\n`);
  }
}
