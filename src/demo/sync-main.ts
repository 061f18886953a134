import process from 'node:process';
import { EXIT, formatCount, processOutside } from '../cli/index.ts';
import { makeScratchFolder, openWorld } from '../index.ts';
import { MemoryStore, openS3Server } from '../testing/index.ts';
import { runExpedition } from './expedition.ts';
import { removeFolderTree } from './scratch.ts';
import { Screen } from './screen.ts';

const outside = processOutside();
const screen = new Screen(outside.stdout);
const world = openWorld();
const { clock } = world;
const nowMs = (): number => clock.nowMs();
// The studio's bucket: an S3 server in this process, reached as any other by the AWS SDK. It takes every key.
const server = await openS3Server(new Map([['studio', new MemoryStore({ nowMs })]]), { nowMs });
Object.assign(process.env, {
  AWS_ENDPOINT_URL: server.endpoint,
  AWS_REGION: 'eu-north-1',
  AWS_ACCESS_KEY_ID: 'demo',
  AWS_SECRET_ACCESS_KEY: 'demo',
});
try {
  const scratch = await makeScratchFolder('fieldvault-expedition');
  screen.title('FieldVault: a two-week expedition comes home to the studio');
  const end = await runExpedition({
    world,
    scratch,
    studio: 's3://studio/vault',
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
  await server.close();
  await world.workers.close();
}
