import process from 'node:process';
import { EXIT, processOutside } from '../cli/index.ts';
import { FieldVaultError, openWorld } from '../index.ts';
import { runSimcam } from './run-simcam.ts';
import { parseSimcam, SIMCAM_USAGE } from './simcam-options.ts';

const outside = processOutside();
try {
  await runSimcam(openWorld().clock, outside, parseSimcam(process.argv.slice(2)));
} catch (error) {
  const isUsage = error instanceof FieldVaultError && error.code === 'BAD_USAGE';
  const message = error instanceof Error ? error.message : String(error);
  outside.stderr.write(`${message}\n${isUsage ? `\n${SIMCAM_USAGE}` : ''}`);
  process.exitCode = isUsage ? EXIT.wrongUsage : EXIT.failed;
}
