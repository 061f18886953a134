import {
  checkExports,
  checkFileNames,
  checkRoomPages,
  checkSizes,
  checkTestWords,
  checkWords,
} from './code-checks.ts';
import {
  checkCycles,
  checkDeadFiles,
  checkDecoders,
  checkDoor,
  checkOutsideModules,
  checkRooms,
  checkTargets,
} from './import-checks.ts';
import type { ParsedFile } from './parse.ts';

/** One check, the fault that it must catch, and the same file without the fault. */
export interface Rule {
  readonly name: string;
  readonly check: (files: readonly ParsedFile[]) => string[];
  readonly faults: readonly Fault[];
}

/** What the planted files are, by path; `says` is part of the one complaint expected, null for none. */
export interface Fault {
  readonly files: Readonly<Record<string, string>>;
  readonly says: string | null;
}

const DOC = '/** A thing. */\n';
/** Every check over parsed files, with its planted faults. */
export const RULES: readonly Rule[] = [
  {
    name: 'rooms import only where the table allows, through the door',
    check: checkRooms,
    faults: [
      { files: { 'src/vault/a.ts': "import '../codec/index.ts';" }, says: 'vault may not import' },
      { files: { 'src/vault/a.ts': "import '../store/stage.ts';" }, says: 'the way into that' },
      { files: { 'src/vault/a.ts': "import './index.ts';" }, says: 'not its index' },
      { files: { 'src/vault/a.ts': "export { x } from '../sync/index.ts';" }, says: 'may not' },
      { files: { 'src/vault/a.ts': "type A = import('../sync/index.ts').A;" }, says: 'may not' },
      { files: { 'src/vault/a.ts': "await import('../sync/index.ts');" }, says: 'may not' },
      { files: { 'src/vault/a.ts': "import '../../test/a.ts';" }, says: 'outside src' },
      { files: { 'src/vault/deep/a.ts': "import '../../codec/index.ts';" }, says: 'may not' },
      { files: { 'src/attic/a.ts': '' }, says: 'not in the table' },
      { files: { 'src/cli/a.ts': "import '../platform/index.ts';" }, says: 'may not import' },
      { files: { 'src/demo/a.ts': "import '../vault/index.ts';" }, says: 'may not import' },
      { files: { 'src/testing/a.ts': "import '../cli/index.ts';" }, says: 'may not import' },
      { files: { 'src/fieldvault.ts': "import './demo/index.ts';" }, says: 'may not import' },
      { files: { 'src/index.ts': "export { a } from './vault/a.ts';" }, says: 'the way into' },
      { files: { 'test/a.test.ts': "import '../src/vault/line.ts';" }, says: 'the way into' },
      { files: { 'src/vault/a.ts': "import '../store/index.ts'; import './b.ts';" }, says: null },
      {
        files: { 'src/vault/a.test.ts': "import './index.ts'; import '../testing/index.ts';" },
        says: null,
      },
      { files: { 'src/demo/a.ts': "import '../index.ts'; import './b.ts';" }, says: null },
      { files: { 'test/a.test.ts': "import '../src/vault/index.ts';" }, says: null },
    ],
  },
  {
    name: 'modules of Node and packages stay in their rooms',
    check: checkOutsideModules,
    faults: [
      { files: { 'src/vault/a.ts': "import 'node:fs';" }, says: 'may not import node:fs' },
      { files: { 'src/vault/a.ts': "import 'node:fs/promises';" }, says: 'node:fs/promises' },
      { files: { 'src/testing/a.ts': "import 'node:worker_threads';" }, says: 'worker_threads' },
      { files: { 'src/codec/a.ts': "import 'node:zlib';" }, says: 'node:zlib' },
      { files: { 'src/backup/a.ts': "import { env } from 'node:process';" }, says: 'node:process' },
      { files: { 'src/vault/a.ts': "import sharp from 'sharp';" }, says: 'may not import sharp' },
      { files: { 'src/platform/a.ts': "import 'commander';" }, says: 'commander' },
      { files: { 'src/vault/a.ts': 'await import(name);' }, says: 'what a value names' },
      { files: { 'src/platform/a.ts': 'await import(name);' }, says: null },
      { files: { 'src/platform/a.ts': "import 'node:fs'; import 'piscina';" }, says: null },
      { files: { 'src/vault/a.ts': "import 'node:crypto';" }, says: null },
      { files: { 'src/vault/a.test.ts': "import 'node:fs';" }, says: null },
    ],
  },
  {
    name: 'the public door only forwards names',
    check: checkDoor,
    faults: [
      { files: { 'src/index.ts': "import './fieldvault.ts';" }, says: 'does not import' },
      { files: { 'src/index.ts': `${DOC}export const a = 1;` }, says: 'forward a by name' },
      { files: { 'src/index.ts': "export * from './fieldvault.ts';" }, says: 'forward *' },
      { files: { 'src/index.ts': "export { a, type B } from './fieldvault.ts';" }, says: null },
    ],
  },
  {
    name: 'a decoder never imports an encoder',
    check: checkDecoders,
    faults: [
      { files: { 'src/codec/decode-jpeg.ts': "import './encode-jpeg.ts';" }, says: 'decoder' },
      { files: { 'src/codec/jpeg/decoder.ts': "import './encoder.ts';" }, says: 'decoder' },
      { files: { 'src/codec/encode-jpeg.ts': "import './decode-jpeg.ts';" }, says: null },
    ],
  },
  {
    name: 'no file imports itself by way of others',
    check: checkCycles,
    faults: [
      {
        files: {
          'src/base/a.ts': "import './b.ts';",
          'src/base/b.ts': "import './c.ts';",
          'src/base/c.ts': "import type { A } from './a.ts';",
        },
        says: 'src/base/a.ts -> src/base/b.ts -> src/base/c.ts -> src/base/a.ts',
      },
      {
        files: {
          'src/base/a.ts': "import './b.ts'; import './c.ts';",
          'src/base/b.ts': "import './c.ts';",
          'src/base/c.ts': '',
        },
        says: null,
      },
    ],
  },
  {
    name: 'every source is reached from an entry',
    check: checkDeadFiles,
    faults: [
      {
        files: {
          'src/index.ts': '',
          'src/base/a.ts': '',
          'src/base/a.test.ts': "import './a.ts';",
        },
        says: 'src/base/a.ts: nothing',
      },
      {
        files: {
          'src/index.ts': "export { a } from './base/index.ts';",
          'src/base/index.ts': "export { a } from './a.ts';",
          'src/base/a.ts': "new Worker(new URL('./worker.ts', import.meta.url));",
          'src/base/worker.ts': "await import('./task.ts');",
          'src/base/task.ts': '',
        },
        says: null,
      },
    ],
  },
  {
    name: 'relative imports name files that are there',
    check: checkTargets,
    faults: [
      { files: { 'src/base/a.ts': "new URL('./gone.ts', import.meta.url);" }, says: 'gone.ts' },
      { files: { 'src/base/a.ts': "import './a.ts';" }, says: null },
    ],
  },
  {
    name: 'clocks, timers, randomness and environment enter through platform',
    check: checkWords,
    faults: [
      { files: { 'src/vault/a.ts': 'Date.now();' }, says: 'src/vault/a.ts:1: Date.now' },
      { files: { 'src/vault/a.ts': '\nnew Date();' }, says: 'src/vault/a.ts:2: new Date()' },
      { files: { 'src/vault/a.ts': 'Date();' }, says: 'new Date()' },
      { files: { 'src/vault/a.ts': 'const r = Math.random;' }, says: 'Math.random' },
      { files: { 'src/vault/a.ts': 'crypto.randomUUID();' }, says: 'crypto.randomUUID' },
      { files: { 'src/vault/a.ts': "import { randomBytes } from 'node:crypto';" }, says: 'random' },
      { files: { 'src/vault/a.ts': 'setTimeout(run, 1);' }, says: 'setTimeout' },
      { files: { 'src/vault/a.ts': 'globalThis.setInterval(run, 1);' }, says: 'setInterval' },
      { files: { 'src/vault/a.ts': 'performance.now();' }, says: 'performance' },
      { files: { 'src/vault/a.ts': 'process.env.HOME;' }, says: 'process.env' },
      { files: { 'src/vault/a.ts': "process['env'];" }, says: 'process.env' },
      { files: { 'src/cli/a.ts': 'process.exit(1);' }, says: 'process.exit' },
      { files: { 'src/codec/a.ts': 'export async function a() { await b; }' }, says: 'await' },
      { files: { 'src/cli/a.ts': 'process.exitCode = 1; process.stdout.write(a);' }, says: null },
      { files: { 'src/vault/a.ts': 'new Date(0); world.clock.setTimeout();' }, says: null },
      { files: { 'src/vault/a.ts': '// Date.now()\nconst a = "Math.random()";' }, says: null },
      { files: { 'src/platform/a.ts': 'Date.now(); process.env; setTimeout(run);' }, says: null },
    ],
  },
  {
    name: 'tests neither sleep nor mock, leave the others out or go without a word',
    check: checkTestWords,
    faults: [
      { files: { 'src/base/a.test.ts': "it.only('a', () => {});" }, says: 'it.only' },
      { files: { 'test/a.test.ts': "describe.each([1]).only('a', () => {});" }, says: 'only' },
      { files: { 'test/a.test.ts': "vi.mock('./a.ts');" }, says: 'vi.mock' },
      { files: { 'src/base/a.test.ts': 'setTimeout(done, 100);' }, says: 'setTimeout' },
      {
        files: { 'test/a.test.ts': "describe.skipIf(no)('a', () => {});" },
        says: 'describe.skipIf',
      },
      { files: { 'test/a.test.ts': "it.todo('a');" }, says: 'it.todo' },
      { files: { 'test/a.test.ts': "context.skip('no exiftool');" }, says: null },
      { files: { 'test/peers/a.test.ts': 'setTimeout(kill, 100);' }, says: null },
    ],
  },
  {
    name: 'files, functions, parameter lists and export lists stay small',
    check: checkSizes,
    faults: [
      { files: { 'src/base/a.ts': '\n'.repeat(400).concat('a();') }, says: '401 lines' },
      {
        files: { 'src/base/a.ts': `function long() {${'\n'.repeat(70)}}` },
        says: 'long has 71 lines',
      },
      { files: { 'src/base/a.ts': 'const f = (a, b, c, d, e) => a;' }, says: 'f has 5 param' },
      { files: { 'src/base/a.ts': 'class A { m(a, b, c, d, e) {} }' }, says: 'm has 5 parameters' },
      {
        files: { 'src/base/a.ts': 'interface A { m(a: 1, b: 1, c: 1, d: 1, e: 1): 1 }' },
        says: 'm has 5 parameters',
      },
      {
        files: { 'src/base/a.ts': 'export const a=1,b=1,c=1,d=1,e=1,f=1,g=1,h=1,i=1;' },
        says: '9 exports',
      },
      { files: { 'src/base/a.ts': `function f(a, b, c, d) {${'\n'.repeat(69)}}` }, says: null },
      { files: { 'a.test.ts': `describe('a', () => {${'\n'.repeat(99)}});` }, says: null },
    ],
  },
  {
    name: 'exports are named and say what they are',
    check: checkExports,
    faults: [
      { files: { 'src/base/a.ts': 'export default 1;' }, says: 'default export' },
      { files: { 'src/base/a.ts': 'const a = 1;\nexport { a as default };' }, says: 'default' },
      { files: { 'src/base/a.ts': '// A thing.\nexport const a = 1;' }, says: 'a has no doc' },
      { files: { 'src/base/a.ts': '/* A thing. */\nexport interface A {}' }, says: 'A has no doc' },
      {
        files: { 'src/base/a.ts': `${DOC}export type A = 1;\nexport function b() {}` },
        says: 'src/base/a.ts:3: b has no doc',
      },
      { files: { 'src/base/a.ts': `${DOC}export abstract class A {}` }, says: null },
      { files: { 'vitest.config.ts': 'export default 1;' }, says: null },
    ],
  },
  {
    name: 'a door opens with what its room is',
    check: checkRoomPages,
    faults: [
      { files: { 'src/base/index.ts': "export { a } from './a.ts';" }, says: 'src/base/index.ts' },
      { files: { 'src/base/index.ts': `${DOC}export { a } from './a.ts';` }, says: null },
    ],
  },
  {
    name: 'file names are kebab-case and name things',
    check: checkFileNames,
    faults: [
      { files: { 'src/base/readFile.ts': '' }, says: 'kebab-case' },
      { files: { 'src/base/string-utils.ts': '' }, says: 'utils names a drawer' },
      { files: { 'test/helpers.ts': '' }, says: 'helpers names a drawer' },
      { files: { 'src/base/map-pool.test.ts': '' }, says: null },
    ],
  },
];
