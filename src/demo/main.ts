import process from 'node:process';
import { EXIT, processOutside } from '../cli/index.ts';
import { absolutePath, makeScratchFolder, openWorld } from '../index.ts';
import { demoShoot } from '../testing/index.ts';
import { runDemo } from './run-demo.ts';

const words = process.argv.slice(2);
if (words.length > 1 || words[0]?.startsWith('-') === true) {
  process.stderr.write(
    'npm start                a simulated shoot\nnpm start -- <folder>    a folder of yours, which is only read\n',
  );
  process.exitCode = EXIT.wrongUsage;
} else {
  const world = openWorld();
  try {
    const exit = await runDemo(world, processOutside(), {
      scratch: await makeScratchFolder('fieldvault-demo'),
      folder: words[0] === undefined ? null : absolutePath(words[0]),
      shoot: demoShoot(2026),
    });
    process.exitCode ??= exit;
  } finally {
    await world.workers.close();
  }
}
