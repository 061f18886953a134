import { describe, expect, it } from 'vitest';
import { type SimWorld, simWorld } from '../testing/index.ts';
import { JournalWriter } from './journal-writer.ts';
import { type JournalFacts, listJournals, parseJournalName, readJournal } from './read-journal.ts';
import type { JournalRecord } from './records.ts';

const NAME = '000001-20261122T090000Z-0123456789abcdef.jsonl';
const OPEN: JournalRecord = {
  type: 'open',
  format: 1,
  vault: 'a'.repeat(32),
  label: 'Ö',
  writer: '0123456789abcdef',
  software: 'test',
  host: 'h',
  pid: 1,
  time: '2026-11-22T09:00:00.000Z',
};
const gone = (path: string): JournalRecord => ({
  type: 'gone',
  run: '00000000000000aa',
  source: 'CARD',
  path,
});

async function written(isSealed: boolean): Promise<SimWorld> {
  const world = simWorld(1);
  await world.disk.makeFolder('/journal');
  const writer = await JournalWriter.create(world.disk, '/journal', NAME, OPEN);
  await Promise.all([writer.commit([gone('a'), gone('b')]), writer.commit([gone('c')])]);
  if (isSealed) await writer.seal();
  else await writer.close();
  return world;
}

async function read(world: SimWorld): Promise<{ facts: JournalFacts; records: JournalRecord[] }> {
  const records: JournalRecord[] = [];
  const name = (await listJournals(world.disk, '/journal'))[0] ?? expect.fail('a journal');
  const facts = await readJournal(world.disk, '/journal', name, (record) => records.push(record));
  return { facts, records };
}

async function bytesOf(world: SimWorld): Promise<Uint8Array> {
  const file = await world.disk.openRead(`/journal/${NAME}`);
  const buffer = new Uint8Array((await file.facts()).sizeBytes);
  await file.read(buffer, 0);
  await file.close();
  return buffer;
}

async function rewrite(world: SimWorld, bytes: Uint8Array): Promise<void> {
  await world.disk.removeFile(`/journal/${NAME}`);
  const file = await world.disk.createNew(`/journal/${NAME}`);
  await file.write(bytes);
  await file.close();
}

const pathsOf = (records: readonly JournalRecord[]): string[] =>
  records.filter((record) => record.type === 'gone').map((record) => record.path);

describe('readJournal()', () => {
  it('gives back every record in order and believes an unbroken seal', async () => {
    const { facts, records } = await read(await written(true));
    expect(pathsOf(records)).toEqual(['a', 'b', 'c']);
    expect(facts).toMatchObject({ isSealBroken: false, damage: [], lines: 5, open: OPEN });
    expect(facts.seal).not.toBeNull();
    expect(facts.newestMs).toBe(Date.parse('2026-11-22T09:00:00.000Z'));
  });

  it('takes a torn last line of an unsealed file for no damage', async () => {
    const world = await written(false);
    const bytes = await bytesOf(world);
    await rewrite(world, bytes.subarray(0, bytes.length - 7));
    const { facts, records } = await read(world);
    expect(pathsOf(records)).toEqual(['a', 'b']);
    expect(facts).toMatchObject({ seal: null, damage: [] });
    expect(facts.wholeBytes).toBe(bytes.lastIndexOf(0x0a, bytes.length - 2) + 1);
  });

  it.each([
    ['a NUL, which power leaves of what was never written', 0, []],
    ['another byte', 0x58, [{ line: 4, state: 'mended' }]],
  ])('keeps a whole last line whose line feed is %s', async (_, byte, damage) => {
    const world = await written(false);
    const bytes = await bytesOf(world);
    bytes[bytes.length - 1] = byte;
    await rewrite(world, bytes);
    const { facts, records } = await read(world);
    expect(pathsOf(records)).toEqual(['a', 'b', 'c']);
    expect(facts.damage).toEqual(damage);
  });

  it('names spoiled last lines that still have their line feeds: they were whole once', async () => {
    const world = await written(true);
    const bytes = await bytesOf(world);
    const feeds = [...bytes].flatMap((byte, index) => (byte === 0x0a ? [index] : []));
    const start = (feeds.at(-3) ?? 0) + 1;
    for (let at = start; at < bytes.length; at += 1) if (bytes[at] !== 0x0a) bytes[at] = 0x58;
    await rewrite(world, bytes);
    const { facts, records } = await read(world);
    expect(pathsOf(records)).toEqual(['a', 'b']);
    expect(facts.damage.map(({ state }) => state)).toEqual(['lost', 'lost']);
  });

  it('names a lost line between good ones and keeps the others', async () => {
    const world = await written(false);
    const bytes = await bytesOf(world);
    const second = bytes.indexOf(0x0a) + 1;
    bytes.fill(0x58, second + 20, second + 30);
    await rewrite(world, bytes);
    const { facts, records } = await read(world);
    expect(pathsOf(records)).toEqual(['b', 'c']);
    expect(facts.damage).toEqual([{ line: 2, state: 'lost' }]);
  });

  it('names the damage of any single flipped bit of a sealed file and loses no record', async () => {
    const world = await written(true);
    const bytes = await bytesOf(world);
    for (let bit = 0; bit < bytes.length * 8; bit += 5) {
      const copy = bytes.slice();
      copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      await rewrite(world, copy);
      const { facts, records } = await read(world);
      expect(pathsOf(records), `bit ${bit}`).toEqual(['a', 'b', 'c']);
      expect(facts.damage.length > 0 || facts.isSealBroken, `bit ${bit}`).toBe(true);
    }
  });

  it('sees a line that was taken out of a sealed file', async () => {
    const world = await written(true);
    const bytes = await bytesOf(world);
    const second = bytes.indexOf(0x0a) + 1;
    const third = bytes.indexOf(0x0a, second) + 1;
    await rewrite(world, Buffer.concat([bytes.subarray(0, second), bytes.subarray(third)]));
    expect((await read(world)).facts.isSealBroken).toBe(true);
  });

  it('bounds what a file without line feeds can make it keep', async () => {
    const world = await written(false);
    await rewrite(world, new Uint8Array(5_000_000).fill(0x7b));
    const { facts, records } = await read(world);
    expect(records).toEqual([]);
    expect(facts.wholeBytes).toBe(0);
  });
});

describe('JournalWriter', () => {
  it('refuses everything after an error, so that nothing is acknowledged by chance', async () => {
    const world = simWorld(1);
    await world.disk.makeFolder('/journal');
    const writer = await JournalWriter.create(world.disk, '/journal', NAME, OPEN);
    world.disk.faults.add({ when: (call) => call.kind === 'sync', error: 'EIO', times: 1 });
    await expect(writer.commit([gone('a')])).rejects.toMatchObject({ code: 'TARGET_GONE' });
    await expect(writer.commit([gone('b')])).rejects.toMatchObject({ code: 'TARGET_GONE' });
  });

  it('says that a drive is full or write-protected by its own codes', async () => {
    const world = simWorld(1);
    await world.disk.makeFolder('/journal');
    for (const [error, code] of [
      ['ENOSPC', 'TARGET_FULL'],
      ['EROFS', 'TARGET_READ_ONLY'],
    ] as const) {
      world.disk.faults.add({ when: (call) => call.kind === 'createNew', error, times: 1 });
      const made = JournalWriter.create(world.disk, '/journal', NAME, OPEN);
      await expect(made).rejects.toMatchObject({ code });
    }
  });
});

describe('parseJournalName()', () => {
  it('knows journal files from others', () => {
    const parsed = { name: NAME, file: NAME, number: 1, writer: '0123456789abcdef' };
    expect(parseJournalName(NAME)).toEqual(parsed);
    const file = NAME.toLowerCase();
    expect(parseJournalName(file), 'as some drives list it').toEqual({ ...parsed, file });
    expect(parseJournalName('000001.jsonl')).toBeNull();
    expect(parseJournalName(`._${NAME}`)).toBeNull();
  });
});
