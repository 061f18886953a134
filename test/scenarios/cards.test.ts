import { beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/base/index.ts';
import { FieldKit, told } from './field-kit.ts';

let kit: FieldKit;

beforeEach(async () => {
  kit = await FieldKit.open();
});

const FRAMES = {
  'DCIM/100EOS/IMG_0001.CR3': 'the first frame',
  'DCIM/100EOS/IMG_0001.xmp': 'five stars',
  'DCIM/100EOS/IMG_0002.CR3': 'the second frame',
  'DCIM/100EOS/IMG_0003.CR3': 'the third frame',
};

/** The files of a card as a restore lays them out. */
function below(source: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => [`${source}/${path}`, text]),
  );
}

describe('a card', () => {
  it('is protected and comes back with every byte, name and time', async () => {
    const card = kit.insert('/media/EOS_DIGITAL', FRAMES);
    const report = await kit.protect(card);
    expect(report).toMatchObject({ files: 4, newBlobs: 4, unchanged: 0, issueCount: 0 });
    const { files, report: given, to } = await kit.restore();
    expect(files).toEqual(below('EOS_DIGITAL', FRAMES));
    expect(given).toMatchObject({ files: 4, issueCount: 0 });
    const path = 'DCIM/100EOS/IMG_0001.CR3';
    const [was, is] = [
      await kit.disk.stat(`${card}/${path}`),
      await kit.disk.stat(`${to}/EOS_DIGITAL/${path}`),
    ];
    expect(is?.mtimeMs).toBe(was?.mtimeMs);
    expect((await kit.check()).issues).toEqual([]);
  });

  it('that did not change costs no reading and no space', async () => {
    const card = kit.insert('/media/EOS_DIGITAL', FRAMES);
    await kit.protect(card);
    const again = await kit.protect(card);
    expect(again).toMatchObject({ files: 4, newBlobs: 0, bytesStored: 0, issueCount: 0 });
    expect(again.unchanged).toBeGreaterThanOrEqual(3);
  });

  it('that is pulled out in the middle is named, and done to its end when it is put back', async () => {
    const card = kit.insert('/media/EOS_DIGITAL', FRAMES);
    kit.disk.faults.add({
      when: ({ kind, path, sizeBytes }) =>
        kind === 'read' && path.endsWith('IMG_0002.CR3') && sizeBytes !== LIMITS.scoutBytesMax,
      run: () => kit.disk.faults.vanish(card),
    });
    const cut = await kit.protect(card);
    expect(told(cut)).toEqual(['SOURCE_VANISHED EOS_DIGITAL']);
    expect(cut.issues[0]?.message).toContain('2 of its files are NOT protected');
    expect((await kit.check()).issues).toEqual([]);
    // What was copied before is safe.
    expect((await kit.restore()).files).toEqual({
      'EOS_DIGITAL/DCIM/100EOS/IMG_0001.CR3': 'the first frame',
      'EOS_DIGITAL/DCIM/100EOS/IMG_0001.xmp': 'five stars',
    });
    kit.disk.faults.comeBack(card);
    const done = await kit.protect(card);
    expect(done).toMatchObject({ files: 4, newBlobs: 2, issueCount: 0 });
    expect((await kit.restore()).files).toEqual(below('EOS_DIGITAL', FRAMES));
  });

  it('that is pulled out never makes files look deleted', async () => {
    const card = kit.insert('/media/EOS_DIGITAL', FRAMES);
    await kit.protect(card);
    kit.put(card, { 'DCIM/100EOS/IMG_0004.CR3': 'the fourth frame' });
    kit.disk.faults.add({
      when: (call) => call.kind === 'listFolder' && call.path.endsWith('100EOS'),
      run: () => kit.disk.faults.vanish(card),
    });
    const cut = await kit.protect(card);
    expect(cut.issueCount).toBeGreaterThan(0);
    expect((await kit.restore()).files).toEqual(below('EOS_DIGITAL', FRAMES));
  });

  it('that is not there is an error before anything is done', async () => {
    const card = kit.insert('/media/EOS_DIGITAL', FRAMES);
    await expect(kit.protect([card, '/media/OTHER'])).rejects.toMatchObject({
      code: 'SOURCE_MISSING',
    });
    await expect(kit.restore()).rejects.toMatchObject({ code: 'NO_SUCH_SNAPSHOT' });
  });

  it('with the same frames in the second slot is stored once and restored twice', async () => {
    const slots = [kit.insert('/media/SLOT_1', FRAMES), kit.insert('/media/SLOT_2', FRAMES)];
    const report = await kit.protect(slots);
    expect(report).toMatchObject({ files: 8, newBlobs: 4, issueCount: 0 });
    expect((await kit.restore()).files).toEqual({
      ...below('SLOT_1', FRAMES),
      ...below('SLOT_2', FRAMES),
    });
  });

  it('that was copied to a folder before is known by its content', async () => {
    await kit.protect(kit.insert('/media/EOS_DIGITAL', FRAMES));
    kit.put('/home/import', below('monday', FRAMES));
    const report = await kit.protect('/home/import/monday');
    expect(report).toMatchObject({ files: 4, newBlobs: 0, bytesStored: 0, issueCount: 0 });
    expect((await kit.restore()).files).toEqual(below('monday', FRAMES));
  });

  it('with the label of another one in the same run keeps a folder of its own', async () => {
    const first = kit.insert('/media/a', FRAMES, { label: 'EOS_DIGITAL', id: 'AAAA-1111' });
    const other = { 'DCIM/100EOS/IMG_0001.CR3': 'another first frame' };
    const second = kit.insert('/media/b', other, { label: 'EOS_DIGITAL', id: 'BBBB-2222' });
    const report = await kit.protect([first, second]);
    expect(report).toMatchObject({ files: 5, newBlobs: 5, issueCount: 0 });
    expect((await kit.restore()).files).toEqual({
      ...below('EOS_DIGITAL', FRAMES),
      ...below('EOS_DIGITAL (2)', other),
    });
  });

  it('with the label of another one in a later run begins anew: nothing of the other looks deleted', async () => {
    const first = kit.insert('/media/card', FRAMES, { label: 'EOS_DIGITAL', id: 'AAAA-1111' });
    const { snapshot } = await kit.protect(first);
    const other = { 'DCIM/100EOS/IMG_0001.CR3': 'another first frame' };
    const second = kit.insert('/media/card', other, { label: 'EOS_DIGITAL', id: 'BBBB-2222' });
    const report = await kit.protect(second);
    expect(report).toMatchObject({ files: 1, newBlobs: 1, issueCount: 0 });
    expect((await kit.restore(snapshot)).files).toEqual(below('EOS_DIGITAL', FRAMES));
    expect((await kit.restore()).files).toEqual(below('EOS_DIGITAL', other));
  });

  it('that was formatted and filled again leaves the old pictures in the earlier snapshot', async () => {
    const card = kit.insert('/media/EOS_DIGITAL', FRAMES);
    const { snapshot } = await kit.protect(card);
    for (const path of Object.keys(FRAMES)) kit.disk.stage.erase(`${card}/${path}`);
    const next = { 'DCIM/100EOS/IMG_0001.CR3': 'a new first frame' };
    kit.put(card, next);
    const report = await kit.protect(card);
    // Without an id of the volume, a used number looks like a changed picture: said, and both are kept.
    expect(told(report)).toEqual(['CAPTURE_CHANGED EOS_DIGITAL/DCIM/100EOS/IMG_0001.CR3']);
    expect((await kit.restore(snapshot)).files).toEqual(below('EOS_DIGITAL', FRAMES));
    expect((await kit.restore()).files).toEqual(below('EOS_DIGITAL', next));
    expect((await kit.prune()).dropped).toEqual([]);
  });
});

describe('a source', () => {
  it('leaves out what systems leave behind, and says so', async () => {
    const litter = ['._IMG_0001.CR3', '.DS_Store', 'Thumbs.db', 'System Volume Information/x'];
    const card = kit.insert('/media/EOS_DIGITAL', FRAMES);
    kit.put(card, Object.fromEntries(litter.map((path) => [`DCIM/${path}`, 'litter'])));
    const report = await kit.protect(card);
    expect(report.leftOut).toEqual({
      count: 4,
      names: expect.arrayContaining([
        '._IMG_0001.CR3',
        '.DS_Store',
        'Thumbs.db',
        'System Volume Information',
      ]),
    });
    expect(report.issueCount).toBe(0);
    expect((await kit.restore()).files).toEqual(below('EOS_DIGITAL', FRAMES));
  });

  it('may hold the vault, which is not backed up into itself', async () => {
    kit.put('/drive', { 'shoot/IMG_0001.CR3': 'a frame' });
    const first = await kit.protect('/drive');
    expect(first).toMatchObject({ files: 1, issueCount: 0 });
    const second = await kit.protect('/drive');
    expect(second).toMatchObject({ files: 1, newBlobs: 0, issueCount: 0 });
    expect((await kit.restore()).files).toEqual({ 'drive/shoot/IMG_0001.CR3': 'a frame' });
  });

  it('may not be the vault, nor a part of it', async () => {
    for (const path of [kit.vault, `${kit.vault}/originals`]) {
      await expect(kit.protect(path)).rejects.toMatchObject({ code: 'BAD_USAGE' });
    }
  });

  it('may be a single file, and nothing beside it comes along', async () => {
    kit.put('/home/catalogs', {
      'main.lrcat': 'all my edits',
      'main.lrcat.lock': 'no',
      '.DS_Store': '',
    });
    const report = await kit.protect('/home/catalogs/main.lrcat');
    expect(report).toMatchObject({ files: 1, issueCount: 0, leftOut: { count: 0 } });
    expect((await kit.restore()).files).toEqual({ 'main.lrcat/main.lrcat': 'all my edits' });
  });

  it('may be named by a link, which is followed only there', async () => {
    kit.put('/home/shoot', { 'a.nef': 'a frame' });
    kit.disk.stage.plantLink('/home/latest', '/home/shoot');
    expect(await kit.protect('/home/latest')).toMatchObject({ files: 1, issueCount: 0 });
    kit.disk.stage.plantLink('/home/nowhere', '/home/gone');
    await expect(kit.protect('/home/nowhere')).rejects.toMatchObject({ code: 'SOURCE_MISSING' });
  });

  it('is told from a folder of the same name elsewhere on the same drive', async () => {
    kit.world.volumes.set('/home', { id: 'FFFF-0001', label: 'Disk', fileSystem: 'apfs' });
    kit.put('/home/spring/DCIM', { 'IMG_0001.CR3': 'a crocus' });
    kit.put('/home/autumn/DCIM', { 'IMG_0001.CR3': 'a leaf' });
    const { snapshot } = await kit.protect('/home/spring/DCIM');
    expect((await kit.protect('/home/autumn/DCIM')).issues).toEqual([]);
    expect((await kit.restore(snapshot)).files).toEqual({ 'DCIM/IMG_0001.CR3': 'a crocus' });
    expect((await kit.restore()).files).toEqual({ 'DCIM/IMG_0001.CR3': 'a leaf' });
  });

  it('keeps empty files and empty folders', async () => {
    const card = kit.insert('/media/EOS_DIGITAL', { 'DCIM/empty.txt': '' });
    kit.disk.stage.makeFolders(`${card}/MISC/deeper`);
    await kit.protect(card);
    const { files, to } = await kit.restore();
    expect(files).toEqual({ 'EOS_DIGITAL/DCIM/empty.txt': '' });
    expect((await kit.disk.stat(`${to}/EOS_DIGITAL/MISC/deeper`))?.kind).toBe('folder');
  });

  it('keeps folders as deep as systems allow, and says where it stops', async () => {
    const deep = Array.from({ length: 199 }, () => 'd').join('/');
    const card = kit.insert('/media/EOS_DIGITAL', { [`${deep}/a.nef`]: 'a deep frame' });
    expect((await kit.protect(card)).issues).toEqual([]);
    expect((await kit.restore()).files).toEqual({
      [`EOS_DIGITAL/${deep}/a.nef`]: 'a deep frame',
    });
    kit.put(card, { [`${deep}/e/f/b.nef`]: 'too deep' });
    expect(told(await kit.protect(card))).toEqual([`FOLDER_UNREADABLE EOS_DIGITAL/${deep}/e/f`]);
  });

  it('records links and does not follow them; they come back as links', async () => {
    kit.put('/home/elsewhere', { 'secret.txt': 'not part of the shoot' });
    kit.put('/home/shoot', { 'a.nef': 'a frame' });
    kit.disk.stage.plantLink('/home/shoot/elsewhere', '/home/elsewhere');
    kit.disk.stage.plantLink('/home/shoot/broken', 'gone');
    kit.disk.stage.plantLink('/home/shoot/loop', '.');
    const report = await kit.protect('/home/shoot');
    expect(report).toMatchObject({ files: 1, issueCount: 0 });
    const { report: given, to } = await kit.restore();
    expect(given).toMatchObject({ files: 1, links: 3, issueCount: 0 });
    const targets = ['elsewhere', 'broken', 'loop'].map((name) =>
      kit.disk.readLink(`${to}/shoot/${name}`),
    );
    expect(await Promise.all(targets)).toEqual(['/home/elsewhere', 'gone', '.']);
  });
});
