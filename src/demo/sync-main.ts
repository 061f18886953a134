import process from 'node:process';
import { EXIT, formatCount, processOutside } from '../cli/index.ts';
import { makeScratchFolder, openWorld } from '../index.ts';
import { runExpedition } from './expedition.ts';
import { removeFolderTree } from './scratch.ts';
import { Screen } from './screen.ts';

const outside = processOutside();
const screen = new Screen(outside.stdout);
const world = openWorld();
try {
  const scratch = await makeScratchFolder('fieldvault-expedition');
  screen.title('FieldVault: a two-week expedition comes home to the studio');
  const end = await runExpedition({
    world,
    scratch,
    studio: `${scratch}/studio/vault`,
    // A bar would be drawn into the story.
    outside: { ...outside, stderr: { write: (text) => outside.stdout.write(text) } },
    tell: (text) => {
      screen.line();
      screen.line(`* ${text}`);
    },
  });
  const isGood = end.wrong.length === 0;
  screen.verdict(
    isGood,
    isGood
      ? `${formatCount(end.frames, 'frame')} of two cameras stand in three vaults, every byte read; ${formatCount(end.conflicts, 'conflict')} settled.`
      : end.wrong.join('; '),
  );
  if (isGood) await removeFolderTree(world, scratch);
  else screen.line(`        Everything is still in ${scratch}.`);
  process.exitCode = isGood ? EXIT.done : EXIT.failed;
} finally {
  await world.workers.close();
}
