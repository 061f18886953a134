import { posix } from 'node:path';
import type { SourceFile } from './source.ts';
import { lineAt } from './source.ts';

/** The codes of the project and where they must be found. */
export interface CodeLists {
  readonly codes: readonly string[];
  readonly page: string;
}

/** Relative links of the pages lead to a file or folder that is there, and to a heading of it. */
export function checkLinks(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file.text]));
  const folders = new Set(files.flatMap(({ path }) => parentsOf(path)));
  const found: string[] = [];
  for (const { path, text } of files.filter((file) => file.path.endsWith('.md'))) {
    const prose = text.replace(/^```[\s\S]*?^```/gm, (block) => block.replace(/[^\n]/g, ' '));
    for (const match of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      const [link = '', heading] = (match[1] ?? '').split('#');
      if (/^[a-z]+:/.test(link)) continue;
      const target = link === '' ? path : posix.join(posix.dirname(path), decodeURI(link));
      const at = `${path}:${lineAt(text, match.index)}`;
      const there = byPath.get(target);
      if (there === undefined && !folders.has(target.replace(/\/$/, ''))) {
        found.push(`${at}: ${target} is not there`);
      } else if (heading !== undefined && there !== undefined && !hasHeading(there, heading)) {
        found.push(`${at}: ${target} has no heading #${heading}`);
      }
    }
  }
  return found;
}

function parentsOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

function hasHeading(text: string, anchor: string): boolean {
  return [...text.matchAll(/^#+ (.*)$/gm)].some(([, title = '']) => {
    // The rule of the usual renderers: lower case, punctuation out, spaces to dashes.
    const slug = title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    return slug === anchor.toLowerCase();
  });
}

/** Every code has one heading on its page, and every heading is a code. */
export function checkCodesDocumented(files: readonly SourceFile[], lists: CodeLists): string[] {
  const page = files.find((file) => file.path === lists.page);
  if (page === undefined) return [`${lists.page}: is not there`];
  const headings = [...page.text.matchAll(/^### (\S+)$/gm)].map(([, code = '']) => code);
  const wanted = new Set(lists.codes);
  return [
    ...[...wanted].filter((code) => !headings.includes(code)).map((code) => `${code}: no heading`),
    ...headings.filter((code) => !wanted.has(code)).map((code) => `${code}: no such code`),
    ...headings.filter((code, at) => headings.indexOf(code) !== at).map((code) => `${code}: twice`),
  ].map((what) => `${lists.page}: ${what}`);
}

/** Every code is named by at least one test, in quotes. */
export function checkCodesTested(files: readonly SourceFile[], codes: readonly string[]): string[] {
  const tests = files.filter((file) => file.path.endsWith('.ts') && isCodeTest(file.path));
  return [...new Set(codes)]
    .filter((code) => !tests.some((file) => file.text.includes(`'${code}'`)))
    .map((code) => `${code}: no test names it`);
}

function isCodeTest(path: string): boolean {
  return (path.startsWith('test/') && !path.startsWith('test/tidy')) || path.endsWith('.test.ts');
}

/** Every npm command that a page or CI names is one that package.json has. */
export function checkCommands(files: readonly SourceFile[]): string[] {
  const manifest = files.find((file) => file.path === 'package.json')?.text ?? '{}';
  const scripts = Object.keys((JSON.parse(manifest) as { scripts?: object }).scripts ?? {});
  const found: string[] = [];
  for (const { path, text } of files.filter((file) => /\.(md|yml)$|^\.ci\//.test(file.path))) {
    for (const match of text.matchAll(/\bnpm (?:run (?:--silent )?([\w:-]+)|(start|test)\b)/g)) {
      const name = match[1] ?? match[2] ?? '';
      const at = `${path}:${lineAt(text, match.index)}`;
      if (!scripts.includes(name)) found.push(`${at}: package.json has no script ${name}`);
    }
  }
  return found;
}

// Spelled in two parts, so that the search does not find itself.
const UNFINISHED = new RegExp(`(//|\\*|#).*\\b(${'TO'}DO|${'FIX'}ME|X${'XX'})\\b`);
const MACHINE_FOLDER = new RegExp(`(^|[^\\w.~-])/(${'wo'}rk|${'ro'}ot)/\\w`);
const REGISTRY = new RegExp(`https?://${'regis'}try\\.`);

/** Nothing is left for later, and nothing names a folder or registry of the machine it was written on. */
export function checkMarks(files: readonly SourceFile[]): string[] {
  const found: string[] = [];
  for (const { path, text } of files) {
    const isCode = /\.(ts|mjs)$/.test(path);
    text.split('\n').forEach((line, index) => {
      const at = `${path}:${index + 1}`;
      if (isCode && UNFINISHED.test(line)) found.push(`${at}: unfinished work`);
      if (MACHINE_FOLDER.test(line)) found.push(`${at}: a folder of one machine`);
      if (REGISTRY.test(line)) found.push(`${at}: a registry's address`);
    });
  }
  return found;
}
