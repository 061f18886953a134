import { writeFileSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import process from 'node:process';
import type { Reporter, TestCase, TestModule, TestSpecification, Vitest } from 'vitest/node';
import {
  closingLine,
  failedLines,
  formatResults,
  skippedLines,
  type TestRecord,
  type TestRun,
} from './test-results.ts';

const RESULTS_FILE = 'pytest_results.json';

/**
 * The reporter of `npm test`: lists every skipped and every failed test with its reason, ends the run with the closing line that CI
 * reads, and writes pytest_results.json. The file is written only by a whole `npm test`: a run of some files, of some
 * names, or one that was interrupted leaves it as it was.
 */
export class PytestReporter implements Reporter {
  #vitest: Vitest | null = null;
  #isWhole = false;
  #startedMs = 0;
  readonly #resultsFile: string;

  /** `resultsFile` is a path from the project's root. */
  constructor(resultsFile: string = RESULTS_FILE) {
    this.#resultsFile = resultsFile;
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  async onTestRunStart(specifications: readonly TestSpecification[]): Promise<void> {
    this.#startedMs = Date.now();
    const vitest = this.#vitest;
    if (vitest === null || vitest.config.watch || process.env['npm_lifecycle_event'] !== 'test')
      return;
    const all = await vitest.globTestSpecifications();
    this.#isWhole =
      vitest.getGlobalTestNamePattern() === undefined && specifications.length === all.length;
  }

  onTestRunEnd(
    modules: readonly TestModule[],
    unhandled: readonly { readonly message: string; readonly stack?: string | undefined }[],
    reason: string,
  ): void {
    const root = this.#vitest?.config.root ?? process.cwd();
    const broken = [
      ...modules.flatMap((module) =>
        module.errors().map((error) => ({ file: fileOf(module, root), message: error.message })),
      ),
      ...unhandled.map((error) => ({ file: 'outside any test', message: error.message })),
    ];
    const tests = modules.flatMap((module) => [...recordsOf(module, root)]);
    const isWritten = this.#isWhole && reason !== 'interrupted';
    const durationMs = Date.now() - this.#startedMs;
    // Coverage, its threshold and so the exit code come after this call; the last word is said when the process ends.
    process.once('exit', (exitCode) => {
      const environment = environmentOf(this.#vitest?.version ?? '');
      const run: TestRun = {
        tests,
        broken,
        exitCode,
        startedMs: this.#startedMs,
        durationMs,
        environment,
        root,
      };
      if (isWritten) writeFileSync(resolve(root, this.#resultsFile), formatResults(run));
      const lines = [...skippedLines(run), ...failedLines(run), closingLine(run)];
      process.stdout.write(`\n${lines.join('\n')}\n`);
    });
  }
}

/** What the results were made with; says also how the two rounded times are to be read. */
function environmentOf(vitestVersion: string): Record<string, unknown> {
  return {
    Node: process.versions.node,
    Platform: `${process.platform}-${process.arch}`,
    Packages: { vitest: vitestVersion },
    Note: 'created is cut to the UTC day and duration rounded up to minutes, so that the committed file stays comparable',
  };
}

function fileOf(module: TestModule, root: string): string {
  return relative(root, module.moduleId).split(sep).join('/');
}

function* recordsOf(module: TestModule, root: string): Generator<TestRecord> {
  const file = fileOf(module, root);
  for (const test of module.children.allTests()) {
    const names = namesOf(test);
    const result = test.result();
    const hook = hookErrorOf(test);
    if (result.state === 'failed') {
      const error = result.errors[0];
      const frame = error?.stacks?.find((stack) => stack.file.endsWith(file));
      const note = result.errors.map((each) => each.stack ?? each.message).join('\n\n');
      yield { file, names, outcome: 'failed', note, line: frame?.line ?? 0 };
    } else if (hook !== null) {
      yield { file, names, outcome: 'error', note: hook, line: 0 };
    } else if (result.state === 'passed') {
      yield { file, names, outcome: 'passed', note: '', line: 0 };
    } else {
      const note = result.state === 'skipped' ? skipReasonOf(test) : 'the run ended before it';
      yield { file, names, outcome: 'skipped', note, line: 0 };
    }
  }
}

function namesOf(test: TestCase): string[] {
  const names = [test.name];
  for (let at = test.parent; at.type === 'suite'; at = at.parent) names.unshift(at.name);
  return names;
}

/** Why a test did not run: what `context.skip(reason)` was told, or the reason its suite was skipped for. */
function skipReasonOf(test: TestCase): string {
  const result = test.result();
  if (result.state === 'skipped' && result.note !== undefined) return result.note;
  for (let at: TestCase | TestCase['parent'] = test; at.type !== 'module'; at = at.parent) {
    const reason: unknown = Reflect.get(at.meta(), 'skipReason');
    if (typeof reason === 'string') return reason;
  }
  return test.options.mode === 'skip' ? '' : 'left out by the names or the `only` of this run';
}

/** What a `beforeAll` around the test threw; null where nothing did. */
function hookErrorOf(test: TestCase): string | null {
  for (let at = test.parent; at.type === 'suite'; at = at.parent) {
    const error = at.errors()[0];
    if (error !== undefined) return error.message;
  }
  return null;
}
