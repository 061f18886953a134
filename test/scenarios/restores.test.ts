import { beforeEach, describe, expect, it } from 'vitest';
import { PROFILES } from '../../src/testing/index.ts';
import { FieldKit, told } from './field-kit.ts';

let kit: FieldKit;
const TO = '/home/back';
const FRAMES = {
  'DCIM/100EOS/IMG_0001.CR3': 'the first frame',
  'DCIM/100EOS/IMG_0001.xmp': 'five stars',
  'DCIM/100EOS/IMG_0002.CR3': 'the second frame',
  'DCIM/101EOS/IMG_0003.CR3': 'the third frame',
  'notes.txt': 'light at dawn',
};
const ALL: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(FRAMES).map(([path, text]) => [`EOS_DIGITAL/${path}`, text]),
);

beforeEach(async () => {
  kit = await FieldKit.open();
  await kit.protect(kit.insert('/media/EOS_DIGITAL', FRAMES));
});

function stored(name: string): string {
  const paths = kit.disk.stage.paths(`${kit.vault}/originals`);
  return paths.find((path) => path.includes(`/${name}~`)) ?? expect.fail(name);
}

describe('a restore into a folder that is not empty', () => {
  it('keeps what stands there with other content, and says so', async () => {
    kit.put(TO, { 'EOS_DIGITAL/notes.txt': 'my newer notes', 'mine.txt': 'mine' });
    const given = await kit.restore('latest', { to: TO });
    expect(told(given.report)).toEqual(['FILE_EXISTS EOS_DIGITAL/notes.txt']);
    expect(given.report.files).toBe(4);
    expect(given.files).toEqual({
      ...ALL,
      'EOS_DIGITAL/notes.txt': 'my newer notes',
      'mine.txt': 'mine',
    });
  });

  it('replaces it where that was asked for', async () => {
    kit.put(TO, { 'EOS_DIGITAL/notes.txt': 'my newer notes' });
    const given = await kit.restore('latest', { to: TO, overwrite: true });
    expect(given.report).toMatchObject({ files: 5, issueCount: 0 });
    expect(given.files).toEqual(ALL);
  });

  it('counts what is there already with the right content, and writes nothing anew', async () => {
    await kit.restore('latest', { to: TO });
    const before = kit.disk.faults.changes;
    const again = await kit.restore('latest', { to: TO });
    expect(again.report).toMatchObject({ files: 5, alreadyThere: 5, issueCount: 0 });
    expect(again.files).toEqual(ALL);
    // Probes of names, times of folders, and their syncs: no file is written.
    expect(kit.disk.faults.changes - before).toBeLessThan(40);
  });

  it('never replaces a folder by a file, asked or not', async () => {
    kit.put(TO, { 'EOS_DIGITAL/notes.txt/inside.txt': 'a folder of that name' });
    const given = await kit.restore('latest', { to: TO, overwrite: true });
    expect(told(given.report)).toEqual(['FILE_EXISTS EOS_DIGITAL/notes.txt']);
    expect(given.files['EOS_DIGITAL/notes.txt/inside.txt']).toBe('a folder of that name');
  });

  it('gives a folder another name where a file is in its way', async () => {
    kit.put(TO, { 'EOS_DIGITAL/DCIM/100EOS': 'a file of that name' });
    for (const round of [1, 2]) {
      const given = await kit.restore('latest', { to: TO });
      expect(told(given.report)).toEqual(['NAME_CHANGED EOS_DIGITAL/DCIM/100EOS']);
      expect(given.report, `round ${round}`).toMatchObject({ files: 5 });
      expect(given.files).toMatchObject({
        'EOS_DIGITAL/DCIM/100EOS': 'a file of that name',
        'EOS_DIGITAL/DCIM/100EOS~2/IMG_0001.CR3': 'the first frame',
        'EOS_DIGITAL/DCIM/101EOS/IMG_0003.CR3': 'the third frame',
      });
    }
  });
});

describe('a restore of a part', () => {
  it.each([
    ['**/*.xmp', ['DCIM/100EOS/IMG_0001.xmp']],
    ['EOS_DIGITAL/DCIM/101EOS', ['DCIM/101EOS/IMG_0003.CR3']],
    ['DCIM/101EOS', ['DCIM/101EOS/IMG_0003.CR3']],
    ['notes.txt', ['notes.txt']],
    ['EOS_DIGITAL', Object.keys(FRAMES)],
    ['DCIM/**/IMG_000[12].CR3', ['DCIM/100EOS/IMG_0001.CR3', 'DCIM/100EOS/IMG_0002.CR3']],
    ['nothing/like/this', []],
  ])('by %s gives just that', async (path, wanted) => {
    const { files, report } = await kit.restore('latest', { path });
    expect(Object.keys(files)).toEqual(wanted.map((one) => `EOS_DIGITAL/${one}`).sort());
    expect(report).toMatchObject({ files: wanted.length, issueCount: 0 });
  });
});

describe('a restore from a damaged vault', () => {
  it('loses the damaged file alone, and names it', async () => {
    kit.disk.stage.flipBit(stored('IMG_0002'), 20);
    const { files, report } = await kit.restore();
    expect(told(report)).toEqual(['BLOB_DAMAGED EOS_DIGITAL/DCIM/100EOS/IMG_0002.CR3']);
    const { 'EOS_DIGITAL/DCIM/100EOS/IMG_0002.CR3': _, ...others } = ALL;
    expect(files).toEqual(others);
  });

  it('saves what is left of it where that was asked for, under a name that says so', async () => {
    kit.disk.stage.truncate(stored('IMG_0002'), 10);
    for (const round of [1, 2]) {
      const { files, report } = await kit.restore('latest', { to: TO, partial: true });
      expect(told(report), `round ${round}`).toEqual([
        'BLOB_DAMAGED EOS_DIGITAL/DCIM/100EOS/IMG_0002.CR3',
      ]);
      expect(files['EOS_DIGITAL/DCIM/100EOS/IMG_0002.CR3']).toBeUndefined();
      expect(files['EOS_DIGITAL/DCIM/100EOS/IMG_0002.CR3.damaged']).toBe('the second');
    }
  });

  it('reads another copy of the same content where the first one is bad', async () => {
    // Two writers at once store the same content twice.
    const copy = stored('IMG_0002');
    const mirror = await kit.plugIn('/mirror');
    await kit.protect('/media/EOS_DIGITAL', { mirrors: [mirror] });
    kit.disk.stage.erase(copy);
    expect((await kit.restore('latest', { vault: mirror })).files).toEqual(ALL);
  });

  it('finds stored files by the digits in their names where their lines are lost', async () => {
    const journal = kit.disk.stage.paths(`${kit.vault}/journal`).at(-1) ?? '';
    const text = new TextDecoder().decode(kit.disk.stage.peek(journal) ?? new Uint8Array());
    const start = text.indexOf('{"type":"blob"');
    // Two bits: one alone would be mended.
    for (const bit of [100, 207]) kit.disk.stage.flipBit(journal, start * 8 + bit);
    expect((await kit.restore()).files).toEqual(ALL);
    expect(told(await kit.check()).some((line) => line.startsWith('JOURNAL_DAMAGED'))).toBe(true);
  });
});

describe('a restore to another system', () => {
  it('says which links cannot be made there, and gives everything else', async () => {
    kit.disk.stage.plantLink('/media/shoot/best.nef', 'a.nef');
    kit.put('/media/shoot', { 'a.nef': 'a frame' });
    await kit.protect('/media/shoot');
    kit.disk.stage.mount('/stick', { profile: PROFILES.exfat });
    const { files, report } = await kit.restore('latest', { to: '/stick/back' });
    expect(told(report)).toEqual(['WRITE_FAILED shoot/best.nef']);
    expect(files).toEqual({ 'shoot/a.nef': 'a frame' });
  });

  it('that is full names what did not fit', async () => {
    kit.put('/media/big', { 'a.nef': 'a'.repeat(2000), 'b.xmp': 'small' });
    await kit.protect('/media/big');
    kit.disk.stage.mount('/stick', { profile: PROFILES.exfat, capacityBytes: 1000 });
    const { files, report } = await kit.restore('latest', { to: '/stick/back' });
    expect(told(report)).toEqual(['TARGET_FULL big/a.nef']);
    expect(files).toEqual({ 'big/b.xmp': 'small' });
  });

  it('that cannot be written at all is an error', async () => {
    kit.disk.stage.mount('/stick', { profile: PROFILES.exfat });
    kit.disk.faults.setReadOnly('/stick', true);
    await expect(kit.restore('latest', { to: '/stick/back' })).rejects.toMatchObject({
      code: 'TARGET_READ_ONLY',
    });
  });

  it('never goes into a vault', async () => {
    await expect(kit.restore('latest', { to: `${kit.vault}/back` })).rejects.toMatchObject({
      code: 'BAD_USAGE',
    });
  });
});
