/**
 * Runs before every test file: `SEED=<number>` replays the random tests of a run that failed, `SLOW=1` tries ten times
 * as many cases. Without them fast-check is not even loaded here.
 */
import process from 'node:process';

const seed = process.env['SEED'];
const isSlow = process.env['SLOW'] === '1';
if (seed !== undefined || isSlow) {
  const { configureGlobal } = await import('fast-check');
  configureGlobal({
    ...(seed === undefined ? {} : { seed: Number(seed) }),
    ...(isSlow ? { numRuns: 1000 } : {}),
  });
}
