/** What one room may use. */
export interface Room {
  /** Rooms whose `index.ts` it may import. */
  readonly imports: readonly string[];
  /** Packages it may import; a vendor's name stays in the one room that knows it. */
  readonly packages?: readonly string[];
  /** Modules of Node beyond {@link PURE_NODE_MODULES}; `'none'` bans those too, `'all'` allows everything. */
  readonly node?: readonly string[] | 'none' | 'all';
  /** Members of `process` it may use. */
  readonly process?: readonly string[];
  /** Pure mathematics: nothing in it waits. */
  readonly isSync?: boolean;
}

/** Modules of Node that compute and touch nothing outside the process. */
export const PURE_NODE_MODULES: readonly string[] = [
  'node:buffer',
  'node:crypto',
  'node:path',
  'node:path/posix',
  'node:string_decoder',
  'node:url',
  'node:util',
  'node:zlib',
];

const INNER_ROOMS = [
  'base',
  'kernels',
  'platform',
  'codec',
  'query',
  'metadata',
  'analysis',
  'store',
  'vault',
  'priority',
  'forms',
  'search',
  'learn',
  'backup',
  'capture',
  'rescue',
  'sync',
];

/**
 * The house: each room below `src/` and what it may import. The architecture page shows the same table.
 * `.` stands for the public door `src/index.ts`.
 */
export const ROOMS: Readonly<Record<string, Room>> = {
  base: { imports: [], node: 'none' },
  kernels: { imports: ['base'], node: 'none' },
  platform: {
    imports: ['base'],
    packages: [
      '@parcel/watcher',
      '@photostructure/fs-metadata',
      'piscina',
      'systeminformation',
      'usb',
    ],
    node: 'all',
    process: ['*'],
  },
  codec: { imports: ['base', 'kernels'], node: 'none', isSync: true },
  query: { imports: ['base'], packages: ['picomatch'], isSync: true },
  metadata: {
    imports: ['base', 'platform'],
    packages: ['exifreader', 'exiftool-vendored', 'saxes'],
    node: ['node:sqlite'],
  },
  analysis: { imports: ['base', 'kernels', 'codec', 'platform'], packages: ['sharp'] },
  store: {
    imports: ['base', 'platform'],
    packages: ['@aws-sdk/client-s3', '@smithy/node-http-handler'],
  },
  vault: { imports: ['base', 'platform', 'store'] },
  forms: { imports: ['base', 'codec', 'platform', 'store', 'vault'] },
  priority: { imports: ['base', 'query'], packages: ['yaml'], isSync: true },
  search: { imports: ['base', 'platform', 'query'], node: ['node:sqlite'] },
  learn: {
    imports: [
      'base',
      'platform',
      'query',
      'metadata',
      'analysis',
      'store',
      'vault',
      'forms',
      'priority',
      'search',
    ],
  },
  backup: {
    imports: [
      'base',
      'platform',
      'query',
      'metadata',
      'analysis',
      'store',
      'vault',
      'forms',
      'priority',
    ],
    packages: ['picomatch'],
  },
  capture: { imports: ['base', 'platform'] },
  rescue: { imports: ['base', 'platform', 'codec', 'metadata'] },
  sync: { imports: ['base', 'platform', 'metadata', 'query', 'store', 'vault', 'priority'] },
  cli: {
    imports: ['.'],
    packages: ['commander'],
    node: ['node:process', 'node:console'],
    process: ['stdout', 'stderr', 'argv', 'exitCode', 'versions'],
  },
  demo: {
    imports: ['.', 'cli', 'testing'],
    node: ['node:process', 'node:console'],
    process: ['stdout', 'stderr', 'argv', 'exitCode', 'env'],
  },
  testing: {
    imports: ['.', ...INNER_ROOMS],
    packages: ['fast-check', 'sharp', 'vitest'],
    node: ['node:assert/strict', 'node:http', 'node:net', 'node:sqlite'],
  },
};

/** Rooms the composition and the public door may import: all but those that stand on the door themselves. */
export const DOOR_IMPORTS: readonly string[] = INNER_ROOMS;

/** Where the program begins: a file that none of these reaches is dead. */
export const ENTRIES: readonly string[] = [
  'src/index.ts',
  'src/cli/main.ts',
  // What recover.html gets.
  'src/codec/decoders.ts',
  'src/demo/main.ts',
  'src/demo/sync-main.ts',
  'src/demo/simcam.ts',
  'src/demo/tether-main.ts',
  'src/testing/index.ts',
];

/** Nothing is parsed here: another language, what a compiler wrote, and planted faults. */
export const UNPARSED: readonly string[] = [
  'src/kernels/assembly/',
  'src/kernels/generated/',
  'test/tools/planted/',
];

/** Files that a tool forces to have a default export. */
export const FORCED_DEFAULT_EXPORTS: readonly string[] = ['vitest.config.ts'];

/** Hard limits of docs/style.md. */
export const SIZES = {
  fileLinesMax: 400,
  functionLinesMax: 70,
  parametersMax: 4,
  exportsMax: 8,
} as const;

/** What a file name must not be called: a drawer, not a thing. */
export const DRAWER_NAMES: readonly string[] = [
  'common',
  'coordinator',
  'handler',
  'handlers',
  'helper',
  'helpers',
  'manager',
  'misc',
  'service',
  'util',
  'utils',
];
