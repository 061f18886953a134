import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, describe, expect, it } from 'vitest';
import {
  closingLine,
  failedLines,
  formatResults,
  skippedLines,
  type TestRecord,
  type TestRun,
} from '../../tools/test-results.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const scratch = mkdtempSync(join(tmpdir(), 'fieldvault-report-'));
afterAll(() => rmSync(scratch, { recursive: true }));

function record(name: string, changes: Partial<TestRecord> = {}): TestRecord {
  return {
    file: 'src/a.test.ts',
    names: ['a', name],
    outcome: 'passed',
    note: '',
    line: 0,
    ...changes,
  };
}

function runOf(tests: readonly TestRecord[], changes: Partial<TestRun> = {}): TestRun {
  const startedMs = Date.UTC(2026, 10, 22, 15, 30);
  return {
    tests,
    broken: [],
    exitCode: 0,
    startedMs,
    durationMs: 95_000,
    environment: {},
    root: '/home/someone/fieldvault',
    ...changes,
  };
}

/** Runs the planted tests as `npm test` would and returns what was printed and written. */
function runPlanted(words: readonly string[], lifecycle = 'test') {
  const results = join(scratch, `${words.length}-${lifecycle}.json`);
  const program = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const config = join(import.meta.dirname, 'planted', 'vitest.config.ts');
  const run = spawnSync(process.execPath, [program, 'run', '--config', config, ...words], {
    encoding: 'utf8',
    env: { ...process.env, PLANTED_RESULTS: results, npm_lifecycle_event: lifecycle },
  });
  const text = existsSync(results) ? readFileSync(results, 'utf8') : null;
  return { status: run.status, stdout: run.stdout, text };
}

describe('formatResults()', () => {
  it('sorts the tests by id and keeps equal ids apart', () => {
    const report = JSON.parse(formatResults(runOf([record('z'), record('b'), record('z')])));
    const ids = report.tests.map((test: { nodeid: string }) => test.nodeid);
    expect(ids).toEqual([
      'src/a.test.ts::a > b',
      'src/a.test.ts::a > z',
      'src/a.test.ts::a > z [2]',
    ]);
    expect(report.summary).toEqual({ passed: 3, total: 3, collected: 3 });
  });

  it('gives the same text for the same results on another machine at another hour', () => {
    const failure = (root: string) =>
      record('fails', { outcome: 'failed', note: `at ${root}/src/a.ts:3`, line: 3 });
    const here = runOf([record('b'), failure('/home/someone/fieldvault')]);
    const there = runOf([failure('C:\\fv'), record('b')], {
      root: 'C:\\fv',
      startedMs: here.startedMs + 3_600_000,
      durationMs: here.durationMs + 5000,
    });
    expect(formatResults(there)).toBe(formatResults(here));
    expect(formatResults(here)).not.toContain('someone');
  });

  it('differs where a result differs', () => {
    const before = formatResults(runOf([record('b')]));
    expect(formatResults(runOf([record('b', { outcome: 'skipped' })]))).not.toBe(before);
  });
});

describe('closingLine(), skippedLines() and failedLines()', () => {
  it('count a test that could not begin and a file that did not load as failed', () => {
    const run = runOf([record('a'), record('b', { outcome: 'error' })], {
      broken: [{ file: 'src/b.test.ts', message: 'no' }],
    });
    expect(closingLine(run)).toBe('1 passed, 2 failed, 0 skipped');
  });

  it('say why a test was skipped, and say so where nobody said why', () => {
    const skipped = record('b', { outcome: 'skipped', note: 'no exiftool' });
    expect(skippedLines(runOf([skipped, record('a', { outcome: 'skipped' })]))).toEqual([
      'SKIPPED src/a.test.ts::a > a: no reason given',
      'SKIPPED src/a.test.ts::a > b: no exiftool',
    ]);
  });

  it('name what failed with the first line of why, and what broke outside any test', () => {
    const failed = record('b', { outcome: 'failed', note: 'not equal\n  at there' });
    const run = runOf([record('a'), failed], { broken: [{ file: 'outside', message: 'gone' }] });
    expect(failedLines(run)).toEqual([
      'FAILED outside: gone',
      'FAILED src/a.test.ts::a > b: not equal',
    ]);
  });
});

describe('PytestReporter', () => {
  it('writes every outcome of a whole run and ends with the closing line', () => {
    const { status, stdout, text } = runPlanted([]);
    expect(status).toBe(1);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('2 passed, 3 failed, 2 skipped');
    expect(stdout).toContain('planted > is skipped: no such tool on this machine\n');
    expect(stdout).toContain('planted > elsewhere only > never runs: not this system\n');
    const report = JSON.parse(text ?? '');
    expect(report).toMatchObject({ exitcode: 1, root: '.' });
    expect(report.summary).toEqual({
      passed: 2,
      failed: 1,
      error: 2,
      skipped: 2,
      total: 6,
      collected: 6,
    });
    const file = 'outcomes.planted.ts';
    expect(report.tests).toMatchObject([
      { nodeid: `${file}::planted > elsewhere only > never runs`, outcome: 'skipped' },
      { nodeid: `${file}::planted > everywhere > runs`, outcome: 'passed' },
      { nodeid: `${file}::planted > fails`, call: { crash: { path: file, lineno: 6 } } },
      { nodeid: `${file}::planted > is skipped`, setup: { outcome: 'skipped' } },
      { nodeid: `${file}::planted > passes`, outcome: 'passed', call: { outcome: 'passed' } },
      { nodeid: `${file}::planted > with a broken start > never begins`, outcome: 'error' },
    ]);
    expect(report.collectors).toMatchObject([{ nodeid: 'unloadable.planted.ts' }]);
    expect(text).not.toContain(import.meta.dirname);
  });

  it('writes nothing for a run of some files, of some names, or outside npm test', () => {
    expect(runPlanted(['outcomes']).text).toBeNull();
    expect(runPlanted(['-t', 'passes']).text).toBeNull();
    expect(runPlanted([], 'ok').text).toBeNull();
  });
});
