import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES, ISSUE_CODES } from '../src/base/index.ts';
import { type ParsedFile, parseFile } from './tidy/parse.ts';
import { ENTRIES, UNPARSED } from './tidy/rooms.ts';
import { type Fault, RULES } from './tidy/rules.ts';
import { readProject, type SourceFile } from './tidy/source.ts';
import {
  checkCodesDocumented,
  checkCodesTested,
  checkCommands,
  checkLinks,
  checkMarks,
} from './tidy/text-checks.ts';

const project = readProject(join(import.meta.dirname, '..'));
const parsed = project.filter(isParsed).map(parseFile);
const codeLists = { codes: [...ERROR_CODES, ...ISSUE_CODES], page: 'docs/errors.md' };

function isParsed({ path }: SourceFile): boolean {
  return /\.(ts|mjs)$/.test(path) && !UNPARSED.some((folder) => path.startsWith(folder));
}

describe.each(RULES)('$name', ({ check, faults }) => {
  it('holds in the project', () => {
    expect(check(parsed)).toEqual([]);
  });

  it.each(named(faults.filter(({ says }) => says !== null)))('catches %s', (_, { files, says }) => {
    expect(check(plant(files))).toEqual([expect.stringContaining(says ?? '')]);
  });

  it.each(named(faults.filter(({ says }) => says === null)))('lets pass %s', (_, { files }) => {
    expect(check(plant(files))).toEqual([]);
  });
});

/** Each fault under a short name: its files and how they begin. */
function named(faults: readonly Fault[]): [string, Fault][] {
  return faults.map((fault) => {
    const texts = Object.entries(fault.files).map(([path, text]) =>
      `${path} ${text.trim()}`.trim(),
    );
    return [texts.join(' + ').replace(/\s+/g, ' ').slice(0, 120), fault];
  });
}

function plant(files: Readonly<Record<string, string>>): ParsedFile[] {
  return Object.entries(files).map(([path, text]) => parseFile({ path, text }));
}

function page(path: string, text: string): SourceFile {
  return { path, text };
}

describe('the project as a whole', () => {
  it('is what the checks look at', () => {
    const paths = new Set(project.map((file) => file.path));
    expect([...ENTRIES, 'README.md', '.ci/run'].filter((path) => !paths.has(path))).toEqual([]);
    expect(parsed.length).toBeGreaterThan(30);
    expect(parsed.flatMap((file) => file.modules).length).toBeGreaterThan(100);
  });

  it('has pages whose links lead somewhere', () => {
    expect(checkLinks(project)).toEqual([]);
  });

  it('catches a link into nothing', () => {
    const pages = [
      page('docs/a.md', '## The first part\n[x](b.md) [y](../src/) [z](#the-first-part)'),
      page('docs/b.md', '[a](a.md#no-such-part) [b](c.md)\n```\n[c](in-code.md)\n```\n'),
      page('src/a.ts', ''),
    ];
    expect(checkLinks(pages)).toEqual([
      'docs/b.md:1: docs/a.md has no heading #no-such-part',
      'docs/b.md:1: docs/c.md is not there',
    ]);
  });

  it('names only commands that are there', () => {
    expect(checkCommands(project)).toEqual([]);
  });

  it('catches a command that is not there', () => {
    const files = [
      page('package.json', '{"scripts":{"test":"x"}}'),
      page('README.md', 'Run `npm test`,\nthen `npm run --silent gone` and `npm start`.'),
    ];
    expect(checkCommands(files)).toEqual([
      'README.md:2: package.json has no script gone',
      'README.md:2: package.json has no script start',
    ]);
  });

  it('documents every code', () => {
    expect(checkCodesDocumented(project, codeLists)).toEqual([]);
  });

  it('catches a code without a heading, a heading without a code, and one that is there twice', () => {
    const text = '### GONE\n### OLD\n### GONE\n';
    const lists = { codes: ['GONE', 'NEW'], page: 'docs/errors.md' };
    expect(checkCodesDocumented([page('docs/errors.md', text)], lists)).toEqual([
      'docs/errors.md: NEW: no heading',
      'docs/errors.md: OLD: no such code',
      'docs/errors.md: GONE: twice',
    ]);
  });

  it('names every code in a test', () => {
    expect(checkCodesTested(project, codeLists.codes)).toEqual([]);
  });

  it('catches a code that no test names', () => {
    const files = [page('src/a.test.ts', "'SEEN'"), page('src/a.ts', "'UNSEEN'")];
    expect(checkCodesTested(files, ['SEEN', 'UNSEEN'])).toEqual(['UNSEEN: no test names it']);
  });

  it('holds no unfinished work and no folder of one machine', () => {
    expect(checkMarks(project)).toEqual([]);
  });

  it('catches unfinished work, a folder of one machine and the address of a registry', () => {
    const lines = [
      `a(); // ${'TO'}DO later`,
      `b('/${'ro'}ot/x');`,
      `c('https://${'regis'}try.x');`,
    ];
    expect(checkMarks([page('src/a.ts', lines.join('\n'))])).toEqual([
      'src/a.ts:1: unfinished work',
      'src/a.ts:2: a folder of one machine',
      "src/a.ts:3: a registry's address",
    ]);
    expect(checkMarks([page('src/a.ts', "join('frame/root/x'); // to do so")])).toEqual([]);
  });
});
