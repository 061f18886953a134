import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { backup } from '../../src/backup/index.ts';
import { findFrames, learn, openVault, parseQuery } from '../../src/index.ts';
import { simWorld, tinyShoot, writeShoot } from '../../src/testing/index.ts';
import { createVault } from '../../src/vault/index.ts';

const page = readFileSync(new URL('../../docs/finding.md', import.meta.url), 'utf8');
/** The first column of the table. */
const queries = [...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, query = '']) => query);

it('the ten queries of docs/finding.md are understood and answered', async () => {
  const world = simWorld(4);
  world.disk.stage.makeFolders('/drive');
  await writeShoot(world.disk, '/card', tinyShoot(5));
  await backup(world, await createVault(world, '/drive/v'), ['/card']);
  await learn(world, await openVault(world, '/drive/v'));
  const vault = await openVault(world, '/drive/v');
  const localMs = Date.UTC(2026, 10, 22, 12);
  const counts = new Map<string, number>();
  for (const query of queries) {
    const { frames } = await findFrames(world, vault, parseQuery(query, { localMs }));
    counts.set(query, frames.length);
  }
  expect(counts.size).toBe(10);
  // The simulated shoot has stars, sidecars, voice notes and bursts; it was taken on 21 November at six in the morning.
  const found = [...counts].filter(([, count]) => count > 0).map(([query]) => query);
  expect(found).toEqual(
    expect.arrayContaining([
      'rating>=4 date:"last 7 days"',
      'kind:raw -has:xmp',
      'has:audio',
      'burst=* rating>=3',
    ]),
  );
});
