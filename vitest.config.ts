import process from 'node:process';
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { PytestReporter } from './tools/pytest-report.ts';

const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  throw new Error(
    `FieldVault needs Node 24 or newer, this is ${process.version}. Run \`npm test\`: it brings its own.`,
  );
}

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    setupFiles: ['tools/test-setup.ts'],
    reporters: ['default', new PytestReporter()],
    // A process per file: a test that hangs or breaks a native library takes only itself down. Threads were not faster.
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: [
        '**/*.test.ts',
        '**/*.d.ts',
        // Compiled by AssemblyScript, and what it wrote: neither is run as it stands.
        'src/kernels/assembly/**',
        'src/kernels/generated/**',
      ],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 90 },
    },
  },
});

export default config;
