import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One text file of the project; `path` is from the project's root, with '/' on every system. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const LEFT_OUT = new Set(['.git', 'node_modules', 'dist', 'coverage']);
const TEXT = /\.(ts|mjs|md|json|ya?ml|txt|html|py|sh)$|^\.ci\/run$/;

/** Reads every text file of the project, sorted by path. */
export function readProject(root: string): SourceFile[] {
  return [...listFiles(root, '')].sort().map((path) => {
    return { path, text: readFileSync(join(root, path), 'utf8') };
  });
}

function* listFiles(root: string, folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory() && !LEFT_OUT.has(entry.name)) yield* listFiles(root, path);
    else if (entry.isFile() && TEXT.test(path)) yield path;
  }
}

/** Whether the file is a test or a part of one. */
export function isTestFile(path: string): boolean {
  return path.endsWith('.test.ts') || path.startsWith('test/');
}

/** The room of a file below `src/`; `.` for the door and the composition, null outside `src/`. */
export function roomOf(path: string): string | null {
  const parts = path.split('/');
  if (parts[0] !== 'src') return null;
  return parts.length === 2 ? '.' : (parts[1] ?? null);
}

/** The line of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1))
    line++;
  return line;
}
