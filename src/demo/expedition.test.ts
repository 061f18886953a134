import { expect, it } from 'vitest';
import { PROFILES, simWorld } from '../testing/index.ts';
import { runExpedition } from './expedition.ts';

it('a two-week expedition comes home: cut, edited on both sides, damaged, and whole in the end', async () => {
  const world = simWorld(14);
  world.disk.stage.mount('/trip', { profile: PROFILES.exfat });
  let said = '';
  const write = (text: string): void => {
    said += text;
  };
  const end = await runExpedition({
    world,
    scratch: '/trip',
    studio: '/trip/studio/vault',
    outside: {
      stdout: { write },
      stderr: { write },
      onInterrupt: () => () => {},
      absolutePath: (path) => path,
    },
    tell: (text) => write(`* ${text}\n`),
  });
  expect({ wrong: end.wrong, said: end.wrong.length > 0 ? said : '' }).toEqual({
    wrong: [],
    said: '',
  });
  expect(end).toMatchObject({ frames: 28, conflicts: 1 });
  // The link broke twice, and the merge is explained.
  expect(said.match(/goes on where it stopped\.\n/g)?.length).toBeGreaterThanOrEqual(2);
  expect(said).toMatch(
    /Trip: both sides had changed it since snapshot [0-9a-f]{16}; merged, 6 files/,
  );
  expect(said).toMatch(/left out: {2}old list\.txt: deleted on one side/);
  expect(said).toMatch(/conflict: {2}[0-9a-f]{8} captions\.txt: Both sides changed this file/);
  expect(said.match(/healed:/g)).toHaveLength(3);
}, 60_000);
