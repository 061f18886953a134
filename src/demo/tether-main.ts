import process from 'node:process';
import { EXIT, processOutside } from '../cli/index.ts';
import { makeScratchFolder, openWorld } from '../index.ts';
import { runTetherDemo } from './run-tether-demo.ts';

if (process.argv.length > 2) {
  process.stderr.write(
    'npm run demo:tether    a simulated camera shoots, and its cable is pulled\n',
  );
  process.exitCode = EXIT.wrongUsage;
} else {
  const world = openWorld();
  try {
    const scratch = await makeScratchFolder('fieldvault-tether');
    process.exitCode ??= await runTetherDemo(world, processOutside(), { scratch });
  } finally {
    await world.workers.close();
  }
}
