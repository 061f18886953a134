/** How one test ended; `error` is a test or file that could not even begin. */
export type Outcome = 'passed' | 'failed' | 'skipped' | 'error';

/** One test, as the runner saw it. */
export interface TestRecord {
  /** Path of its file, with '/', from the project's root. */
  readonly file: string;
  /** The names from the outermost `describe` to the test itself. */
  readonly names: readonly string[];
  readonly outcome: Outcome;
  /** Why it was skipped, or what went wrong; '' where there is nothing to say. */
  readonly note: string;
  /** Line of the failure in the test's file, from 1; 0 where unknown. */
  readonly line: number;
}

/** One whole run. */
export interface TestRun {
  readonly tests: readonly TestRecord[];
  /** Files that did not load, and errors outside any test. */
  readonly broken: readonly { readonly file: string; readonly message: string }[];
  readonly exitCode: number;
  readonly startedMs: number;
  readonly durationMs: number;
  readonly environment: Readonly<Record<string, unknown>>;
  /** The folder that must not be named in the results. */
  readonly root: string;
}

/** The id of a test in pytest's form: `file::outer > inner > name`. */
export function nodeIdOf(test: Pick<TestRecord, 'file' | 'names'>): string {
  return `${test.file}::${test.names.join(' > ')}`;
}

/**
 * The results in the schema of pytest-json-report (its README, section "Format"), as text that differs between two
 * runs only where results differ: tests sorted by id, no durations of single tests, `created` cut to the UTC day and
 * `duration` rounded up to whole minutes, no path of this machine.
 */
export function formatResults(run: TestRun): string {
  const seen = new Map<string, number>();
  const tests = run.tests
    .map((test) => ({ nodeid: nodeIdOf(test), test }))
    .sort((left, right) => (left.nodeid < right.nodeid ? -1 : Number(left.nodeid > right.nodeid)))
    .map(({ nodeid, test }) => {
      const count = (seen.get(nodeid) ?? 0) + 1;
      seen.set(nodeid, count);
      return formatTest(count === 1 ? nodeid : `${nodeid} [${count}]`, test);
    });
  const collectors = run.broken.map(({ file, message }) => ({
    nodeid: file,
    outcome: 'failed',
    result: [],
    longrepr: message,
  }));
  const report = {
    created: Math.floor(run.startedMs / 86_400_000) * 86_400,
    duration: Math.ceil(run.durationMs / 60_000) * 60,
    exitcode: run.exitCode,
    root: '.',
    environment: run.environment,
    summary: summarise(run),
    ...(collectors.length > 0 ? { collectors } : {}),
  };
  // One test, one line: a diff of two runs then reads like a list of what changed.
  const head = JSON.stringify(report, null, 1).replace(/\n\}$/, '');
  const lines = tests.map((test) => `\n  ${JSON.stringify(test)}`).join(',');
  return `${withoutPath(`${head},\n "tests": [${lines}\n ]\n}`, run.root)}\n`;
}

/** The last line of a run, which CI reads: `12 passed, 0 failed, 1 skipped`. */
export function closingLine(run: Pick<TestRun, 'tests' | 'broken'>): string {
  const { passed = 0, failed = 0, error = 0, skipped = 0 } = summarise(run);
  return `${passed} passed, ${failed + error} failed, ${skipped} skipped`;
}

/** Every skipped test with its reason, so that what was not proven is seen. */
export function skippedLines(run: Pick<TestRun, 'tests'>): string[] {
  return run.tests
    .filter((test) => test.outcome === 'skipped')
    .map((test) => `SKIPPED ${nodeIdOf(test)}: ${test.note || 'no reason given'}`)
    .sort();
}

/** Every test that failed with the first words of why, for whoever sees only the end of a log. */
export function failedLines(run: Pick<TestRun, 'tests' | 'broken'>): string[] {
  const wordsOf = (note: string): string => note.split('\n')[0]?.slice(0, 300) ?? '';
  const tests = run.tests
    .filter(({ outcome }) => outcome === 'failed' || outcome === 'error')
    .map((test) => `FAILED ${nodeIdOf(test)}: ${wordsOf(test.note)}`);
  const broken = run.broken.map(({ file, message }) => `FAILED ${file}: ${wordsOf(message)}`);
  return [...tests, ...broken].sort();
}

/** Counts by outcome, in pytest-json-report's form: an outcome that did not occur is absent. */
function summarise(
  run: Pick<TestRun, 'tests' | 'broken'>,
): Partial<Record<Outcome, number>> & { readonly total: number; readonly collected: number } {
  const counts: Partial<Record<Outcome, number>> = {};
  for (const outcome of ['passed', 'failed', 'error', 'skipped'] as const) {
    const broken = outcome === 'error' ? run.broken.length : 0;
    const count = run.tests.filter((test) => test.outcome === outcome).length + broken;
    if (count > 0) counts[outcome] = count;
  }
  return { ...counts, total: run.tests.length, collected: run.tests.length };
}

function formatTest(nodeid: string, test: TestRecord): Record<string, unknown> {
  const keywords = [...test.names].reverse().concat(test.file);
  const passed = { outcome: 'passed' };
  const head = { nodeid, keywords, outcome: test.outcome };
  switch (test.outcome) {
    case 'passed':
      return { ...head, setup: passed, call: passed, teardown: passed };
    case 'skipped': {
      const longrepr = `Skipped: ${test.note || 'no reason given'}`;
      return { ...head, setup: { outcome: 'skipped', longrepr }, teardown: passed };
    }
    case 'error':
      return { ...head, setup: stageOf(test), teardown: passed };
    case 'failed':
      return { ...head, setup: passed, call: stageOf(test), teardown: passed };
  }
}

function stageOf(test: TestRecord): Record<string, unknown> {
  const message = test.note.split('\n', 1)[0];
  const crash = { path: test.file, lineno: test.line, message };
  return { outcome: 'failed', crash, longrepr: test.note };
}

/** The text without the machine's own folder, in both ways JSON may spell it. */
function withoutPath(text: string, root: string): string {
  const escaped = JSON.stringify(root).slice(1, -1);
  return text.replaceAll(escaped, '.').replaceAll(root.replaceAll('\\', '/'), '.');
}
