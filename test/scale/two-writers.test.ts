import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import {
  check,
  createVault,
  findSnapshot,
  openVault,
  openWorld,
  restore,
} from '../../src/index.ts';
import { ActProcess } from '../peers/acts.ts';
import { Card, contentOf } from '../peers/card.ts';
import { differences } from '../peers/judge.ts';

const world = openWorld();
const scratch = mkdtempSync(join(tmpdir(), 'fieldvault-two-'));
afterAll(async () => {
  await world.workers.close();
  rmSync(scratch, { recursive: true });
});

/** A card of 1,000 files, half of them the same on every card. */
function fillCard(name: string): Card {
  const card = new Card(join(scratch, name));
  for (let index = 0; index < 1000; index += 1) {
    const seed = index % 2 === 0 ? `shared ${index}` : `${name} ${index}`;
    card.write(`DCIM/IMG_${index}.CR2`, contentOf(seed, 5000 + index * 37));
  }
  return card;
}

test('two processes protect 1,000 files each into one vault at once, half of them the same: both lose nothing', async () => {
  const cards = [fillCard('CARD_A'), fillCard('CARD_B')];
  const vault = join(scratch, 'vault');
  await createVault(world, vault);
  const acts = cards.map(({ folder }) => {
    return new ActProcess({ act: 'backup', vault, paths: [folder] });
  });
  // Both are warm before either begins: they meet.
  for (const act of acts) await act.ready;
  await Promise.all(acts.map((act) => act.go()));
  const ends = await Promise.all(acts.map((act) => act.ended));
  for (const { report, failure, text } of ends) {
    expect(failure, text).toBeNull();
    expect(report).toMatchObject({ files: 1000, issues: [], issueCount: 0 });
  }
  const opened = await openVault(world, vault);
  const checked = await check(world, opened, { readData: true });
  expect(checked).toMatchObject({ blobs: 1500, damaged: 0, issues: [], leftOver: 0 });
  for (const [index, card] of cards.entries()) {
    const to = join(scratch, `to-${index}`);
    const snapshot = findSnapshot(opened, ends[index]?.report?.snapshot ?? '');
    const report = await restore(world, opened, snapshot, { to });
    expect(report).toMatchObject({ files: 1000, issues: [] });
    expect(differences(card, to)).toEqual([]);
  }
  const stored = ends.reduce((sum, { report }) => sum + (report?.newBlobs ?? 0), 0);
  const places = [...opened.ledger.blobs.values()].reduce(
    (sum, blob) => sum + blob.places.length,
    0,
  );
  console.log(`two writers at once: 1,500 contents, ${stored} copies stored in ${places} files`);
}, 120_000);
