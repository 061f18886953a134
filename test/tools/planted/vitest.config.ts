/** The configuration of a run with planted outcomes, started by ../pytest-report.test.ts. */
import process from 'node:process';
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { PytestReporter } from '../../../tools/pytest-report.ts';

const config: ViteUserConfig = defineConfig({
  root: import.meta.dirname,
  test: {
    include: ['*.planted.ts'],
    reporters: [new PytestReporter(process.env['PLANTED_RESULTS'])],
  },
});

export default config;
