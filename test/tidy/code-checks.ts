import type { ParsedFile } from './parse.ts';
import { DRAWER_NAMES, FORCED_DEFAULT_EXPORTS, ROOMS, SIZES } from './rooms.ts';
import { isTestFile, roomOf } from './source.ts';

/** Clocks, timers, randomness and the environment enter through `platform` alone; pure rooms never wait. */
export function checkWords(files: readonly ParsedFile[]): string[] {
  const found: string[] = [];
  for (const file of files.filter(({ path }) => path.startsWith('src/') && !isTestFile(path))) {
    const room = ROOMS[roomOf(file.path) ?? ''] ?? { imports: [] };
    for (const { word, line } of file.words) {
      const [base, member = ''] = word.split('.');
      const isAllowed =
        word === 'await'
          ? room.isSync !== true
          : room.node === 'all' || (base === 'process' && (room.process ?? []).includes(member));
      if (!isAllowed) found.push(`${file.path}:${line}: ${word} has no place in this room`);
    }
  }
  return found;
}

/** Tests neither sleep nor mock modules, leave the others out, or are skipped without a reason (`test/skip.ts`). */
export function checkTestWords(files: readonly ParsedFile[]): string[] {
  return files
    .filter((file) => isTestFile(file.path))
    .flatMap((file) =>
      file.words
        .filter(({ word }) => isBannedInTest(file.path, word))
        .map(({ word, line }) => `${file.path}:${line}: ${word} has no place in a test`),
    );
}

function isBannedInTest(path: string, word: string): boolean {
  if (/^(it|test|describe|suite|vi)\b/.test(word)) return true;
  // Real faults are made in real time; everything beside the source has a simulated clock.
  return path.startsWith('src/') && /^(setTimeout|setInterval)$/.test(word);
}

/** Files, functions, parameter lists and export lists stay small. */
export function checkSizes(files: readonly ParsedFile[]): string[] {
  const found: string[] = [];
  for (const file of files) {
    const lines = file.text.trimEnd().split('\n').length;
    if (lines > SIZES.fileLinesMax) found.push(`${file.path}: ${lines} lines`);
    for (const { name, line, lineCount, parameterCount } of file.functions) {
      const at = `${file.path}:${line}: ${name}`;
      if (lineCount > SIZES.functionLinesMax) found.push(`${at} has ${lineCount} lines`);
      if (parameterCount > SIZES.parametersMax)
        found.push(`${at} has ${parameterCount} parameters`);
    }
    // Types are the words that go with the values; a page of records is one thing, not many.
    const values = file.exports.filter((name) => !name.isType && !name.isForwarded);
    if (values.length > SIZES.exportsMax) found.push(`${file.path}: ${values.length} exports`);
  }
  return found;
}

/** Exports are named, and each says what it is. */
export function checkExports(files: readonly ParsedFile[]): string[] {
  const found: string[] = [];
  for (const file of files) {
    for (const { name, isDefault, isForwarded, hasDoc, line } of file.exports) {
      if (isDefault && !FORCED_DEFAULT_EXPORTS.includes(file.path)) {
        found.push(`${file.path}:${line}: a default export`);
      } else if (!isDefault && !isForwarded && !hasDoc) {
        found.push(`${file.path}:${line}: ${name} has no doc comment`);
      }
    }
  }
  return found;
}

/** A room's door opens with a paragraph on what the room is and is not. */
export function checkRoomPages(files: readonly ParsedFile[]): string[] {
  return files
    .filter((file) => /^src\/([^/]+\/)?index\.ts$/.test(file.path) && !file.text.startsWith('/**'))
    .map((file) => `${file.path}: does not open with what this room is`);
}

/** Names are kebab-case and name a thing, not a drawer. */
export function checkFileNames(files: readonly ParsedFile[]): string[] {
  const found: string[] = [];
  for (const { path } of files) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const parts = name.split(/[.-]/);
    if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.(test|bench|planted|config|d))?\.(ts|mjs)$/.test(name)) {
      found.push(`${path}: is not kebab-case`);
    }
    const drawer = parts.find((part) => DRAWER_NAMES.includes(part));
    if (drawer !== undefined) found.push(`${path}: ${drawer} names a drawer, not a thing`);
  }
  return found;
}
