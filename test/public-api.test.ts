import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as door from '../src/index.ts';
import * as testingDoor from '../src/testing/index.ts';
import { NAMES, TESTING_NAMES } from './public-names.ts';
import { type ParsedFile, parseFile } from './tidy/parse.ts';
import {
  listPublicNames,
  listUncalled,
  listUndocumented,
  type PublicName,
} from './tidy/public-names.ts';
import { UNPARSED } from './tidy/rooms.ts';
import { readProject } from './tidy/source.ts';

const project = readProject(join(import.meta.dirname, '..'))
  .filter(({ path }) => path.endsWith('.ts') && !UNPARSED.some((folder) => path.startsWith(folder)))
  .map(parseFile);
const tests = project.filter(
  ({ path }) => path.endsWith('.test.ts') && path !== 'test/public-api.test.ts',
);
const names = listPublicNames(project, 'src/index.ts');
const testingNames = listPublicNames(project, 'src/testing/index.ts');

/** Those of the names that are functions (classes are not) when the module is loaded, whatever the source looks like. */
function functionsOf(all: readonly PublicName[], module: Readonly<Record<string, unknown>>) {
  return all.filter(({ name }) => {
    const value = module[name];
    return typeof value === 'function' && !String(value).startsWith('class');
  });
}

function plant(files: Readonly<Record<string, string>>): ParsedFile[] {
  return Object.entries(files).map(([path, text]) => parseFile({ path, text }));
}

describe('the public door', () => {
  it('exports exactly the names of the list', () => {
    expect(names.map(({ name }) => name)).toEqual(NAMES);
    expect(Object.keys(door).filter((name) => !NAMES.includes(name))).toEqual([]);
  });

  it('documents every name where it is declared', () => {
    expect(listUndocumented(names)).toEqual([]);
  });

  it('has every function called by a test', () => {
    const functions = functionsOf(names, door);
    expect(functions.length).toBeGreaterThan(10);
    expect(listUncalled(functions, tests)).toEqual([]);
  });
});

describe('the door for tests', () => {
  it('exports exactly the names of the list', () => {
    expect(testingNames.map(({ name }) => name)).toEqual(TESTING_NAMES);
    expect(Object.keys(testingDoor).filter((name) => !TESTING_NAMES.includes(name))).toEqual([]);
  });

  it('documents every name where it is declared', () => {
    expect(listUndocumented(testingNames)).toEqual([]);
  });
});

describe('listPublicNames()', () => {
  const house = plant({
    'src/index.ts':
      "export { a as b, type T } from './room/index.ts'; export { own } from './own.ts';",
    'src/own.ts': "import { c } from './room/index.ts';\nexport { c as own };",
    'src/room/index.ts': "export * from './a.ts'; export { gone } from './a.ts';",
    'src/room/a.ts':
      '/** A. */\nexport function a() {}\n/** T. */\nexport type T = 1;\nexport const c = 1;',
  });
  const found = listPublicNames(house, 'src/index.ts');

  it('follows every name through every door to its declaration', () => {
    expect(found.map(({ name, places }) => [name, ...places.map(({ path }) => path)])).toEqual([
      ['T', 'src/index.ts', 'src/room/index.ts', 'src/room/a.ts'],
      ['b', 'src/index.ts', 'src/room/index.ts', 'src/room/a.ts'],
      ['own', 'src/index.ts', 'src/own.ts', 'src/room/index.ts', 'src/room/a.ts'],
    ]);
  });

  it('tells which has no doc comment, and which leads nowhere', () => {
    expect(listUndocumented(found)).toEqual(['own']);
    expect(listUndocumented(listPublicNames(house, 'src/room/index.ts'))).toEqual(['c', 'gone']);
  });

  it.each([
    ["import { b } from '../src/index.ts';\nb();", []],
    ["import { b as x } from '../src/index.ts';\nawait x<number>(1);", []],
    ["import * as fv from '../src/index.ts';\nfv.b();", []],
    ["import { a } from '../src/room/index.ts';\na();", []],
    ["import { b } from '../src/index.ts';\nexpect(b).toBeDefined();", ['b']],
    ["import { b } from './elsewhere.ts';\nb();", ['b']],
    ["import { a } from '../src/index.ts';\nx.b(); nob();", ['b']],
  ])('takes %j as a test with %j uncalled', (text, uncalled) => {
    const functions = found.filter(({ name }) => name === 'b');
    expect(listUncalled(functions, plant({ 'test/a.test.ts': text }))).toEqual(uncalled);
  });
});
