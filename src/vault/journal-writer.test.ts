import { expect, it } from 'vitest';
import { simWorld } from '../testing/index.ts';
import { JournalWriter } from './journal-writer.ts';
import { listJournals, readJournal } from './read-journal.ts';

const NAME = '000001-20261122T090000Z-0123456789abcdef.jsonl';
const alive = { type: 'alive', time: '2026-11-22T09:00:00.000Z' } as const;

it('seal() counts what came before it, and takes nothing that comes while it waits', async () => {
  for (let turns = 0; turns < 12; turns += 1) {
    const { disk } = simWorld(1);
    await disk.makeFolder('/journal');
    const writer = await JournalWriter.create(disk, '/journal', NAME, alive);
    const earlier = writer.commit([alive, alive]);
    const sealed = writer.seal();
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    await expect(writer.commit([alive])).rejects.toThrow('no more lines');
    await Promise.all([earlier, sealed]);
    const [name] = await listJournals(disk, '/journal');
    if (name === undefined) throw new Error('the journal is not there');
    const facts = await readJournal(disk, '/journal', name, () => {});
    expect(facts).toMatchObject({ isSealBroken: false, lines: 4, damage: [] });
  }
});

it('seal() that failed is never tried again: the file stays cut off', async () => {
  const { disk } = simWorld(1);
  await disk.makeFolder('/journal');
  const writer = await JournalWriter.create(disk, '/journal', NAME, alive);
  disk.faults.add({ when: (call) => call.kind === 'sync', error: 'EIO' });
  await expect(writer.seal()).rejects.toMatchObject({ code: 'TARGET_GONE' });
  await expect(writer.seal()).rejects.toMatchObject({ code: 'TARGET_GONE' });
  const text = new TextDecoder().decode(disk.stage.peek(`/journal/${NAME}`) ?? new Uint8Array());
  expect(text.match(/"seal"/g)).toHaveLength(1);
});
