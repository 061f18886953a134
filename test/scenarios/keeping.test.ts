import { beforeEach, describe, expect, it } from 'vitest';
import { repair, status } from '../../src/backup/index.ts';
import { check, VaultWriter } from '../../src/vault/index.ts';
import { formatLine } from '../peers/format-1-lines.ts';
import { FieldKit, told } from './field-kit.ts';

let kit: FieldKit;
let first: string;
const CARD = '/media/EOS_DIGITAL';

/** Two snapshots; the first alone has a picture, a version of a sidecar, and a note. */
beforeEach(async () => {
  kit = await FieldKit.open();
  kit.insert(CARD, {
    'DCIM/IMG_0001.CR3': 'the first frame',
    'DCIM/IMG_0001.xmp': 'three stars',
    'DCIM/IMG_0002.CR3': 'a blurred frame',
    'notes.txt': 'a note',
  });
  first = (await kit.protect(CARD)).snapshot;
  kit.disk.stage.erase(`${CARD}/DCIM/IMG_0002.CR3`);
  kit.disk.stage.erase(`${CARD}/notes.txt`);
  kit.put(CARD, { 'DCIM/IMG_0001.xmp': 'five stars!' });
  await kit.protect(CARD);
});

const LATEST = {
  'EOS_DIGITAL/DCIM/IMG_0001.CR3': 'the first frame',
  'EOS_DIGITAL/DCIM/IMG_0001.xmp': 'five stars!',
};

/** Names of the stored files without digits. */
function stored(): string[] {
  return kit.disk.stage
    .paths(`${kit.vault}/originals`)
    .map((path) => path.slice(path.lastIndexOf('/') + 1).replace(/~[0-9a-f]+/, ''))
    .filter((name) => !name.startsWith('SHA256SUMS'))
    .sort();
}

describe('forget and prune', () => {
  it('take nothing while a snapshot needs it', async () => {
    expect(await kit.prune()).toMatchObject({ dropped: [], keptCaptures: [], leftOver: 0 });
    expect(stored()).toHaveLength(5);
  });

  it('take old sidecars and notes of a forgotten snapshot, and never a picture by themselves', async () => {
    await kit.forget(first);
    const report = await kit.prune();
    expect(report.dropped).toHaveLength(2);
    expect(report.keptCaptures.map(({ at }) => at)).toEqual([expect.stringContaining('IMG_0002~')]);
    expect(stored()).toEqual(['IMG_0001.CR3', 'IMG_0001.xmp', 'IMG_0002.CR3']);
    expect((await kit.restore()).files).toEqual(LATEST);
    expect(await kit.check()).toMatchObject({ issues: [], leftOver: 0, blobs: 3 });
  });

  it('take a picture only where a person named it', async () => {
    await kit.forget(first);
    expect((await kit.prune({ captures: ['**/IMG_0009.*'] })).keptCaptures).toHaveLength(1);
    const report = await kit.prune({ captures: ['EOS_DIGITAL/DCIM/IMG_0002.CR3'] });
    expect(report.dropped.map(({ at }) => at)).toEqual([expect.stringContaining('IMG_0002~')]);
    expect(stored()).toEqual(['IMG_0001.CR3', 'IMG_0001.xmp']);
    expect((await kit.restore()).files).toEqual(LATEST);
    expect((await kit.check()).issues).toEqual([]);
  });

  it('take no picture that a snapshot needs, even where it is named', async () => {
    const report = await kit.prune({ captures: ['**'] });
    expect(report.dropped).toEqual([]);
    expect(stored()).toHaveLength(5);
  });

  it('say beforehand what would go, and then take nothing', async () => {
    await kit.forget(first);
    const plan = await kit.prune({ dryRun: true });
    expect(plan.dropped).toHaveLength(2);
    expect(stored()).toHaveLength(5);
    expect((await kit.prune()).dropped).toEqual(plan.dropped);
  });

  it('leave all snapshots there to forget by any unique start of an id, and none twice', async () => {
    await kit.forget(first.slice(0, 10));
    await expect(kit.forget(first)).rejects.toMatchObject({ code: 'NO_SUCH_SNAPSHOT' });
    await expect(kit.restore(first)).rejects.toMatchObject({ code: 'NO_SUCH_SNAPSHOT' });
    expect((await kit.restore()).files).toEqual(LATEST);
  });

  it('lose nothing of a source whose every snapshot was forgotten and that comes again', async () => {
    await kit.forget(first);
    await kit.forget('latest');
    await kit.prune();
    expect(stored()).toEqual(['IMG_0001.CR3', 'IMG_0002.CR3']);
    expect(await kit.protect(CARD)).toMatchObject({ files: 2, newBlobs: 1, issueCount: 0 });
    expect((await kit.restore()).files).toEqual(LATEST);
  });

  it('leave nothing that a later snapshot could claim: what cannot be read again is not in it', async () => {
    await kit.forget(first);
    await kit.forget('latest');
    await kit.prune();
    kit.disk.faults.add({
      when: (call) => call.kind === 'read' && call.path.endsWith('.xmp'),
      error: 'EIO',
      times: 10,
    });
    expect(told(await kit.protect(CARD))).toEqual(['UNREADABLE EOS_DIGITAL/DCIM/IMG_0001.xmp']);
    const { files, report } = await kit.restore();
    expect(files).toEqual({ 'EOS_DIGITAL/DCIM/IMG_0001.CR3': 'the first frame' });
    expect(report.issues).toEqual([]);
    expect((await kit.check()).issues).toEqual([]);
  });

  it('leave a folder that the system can still check by its own means', async () => {
    await kit.forget(first);
    await kit.prune({ captures: ['**'] });
    const lists = kit.disk.stage
      .paths(`${kit.vault}/originals`)
      .filter((path) => path.includes('SHA256'));
    const names = lists.flatMap((path) => {
      const text = new TextDecoder().decode(kit.disk.stage.peek(path) ?? new Uint8Array());
      return [...text.matchAll(/ {2}(.+)$/gm)].map(([, name = '']) =>
        name.replace(/~[0-9a-f]+/, ''),
      );
    });
    expect(names.sort()).toEqual(stored());
  });
});

describe('a vault that lost a part of its journal', () => {
  function journals(): string[] {
    return kit.disk.stage.paths(`${kit.vault}/journal`);
  }

  it('says so when the whole journal is gone, and keeps every file', async () => {
    for (const path of journals()) kit.disk.stage.erase(path);
    const found = await kit.check();
    expect(found.damaged).toBeGreaterThan(0);
    const codes = new Set(found.issues.map(({ code }) => code));
    expect(codes).toEqual(new Set(['JOURNAL_DAMAGED', 'BLOB_UNKNOWN']));
    await expect(kit.prune()).rejects.toMatchObject({ code: 'DAMAGED' });
    expect(stored()).toHaveLength(5);
  });

  it.each([0, 1])('says so for ever when file %i is gone, and prunes nothing', async (index) => {
    kit.disk.stage.erase(journals()[index] ?? '');
    expect(told(await kit.check()).join()).toContain('JOURNAL_DAMAGED');
    await expect(kit.prune()).rejects.toMatchObject({ code: 'DAMAGED' });
    await expect(kit.prune({ dryRun: true })).rejects.toMatchObject({ code: 'DAMAGED' });
    // The card protects itself again; what is lost stays said, and nothing is ever pruned by a guess.
    expect(await kit.protect(CARD)).toMatchObject({ files: 2, issueCount: 0 });
    expect((await kit.restore()).files).toEqual(LATEST);
    expect(told(await kit.check()).join()).toContain('JOURNAL_DAMAGED');
    await expect(kit.prune()).rejects.toMatchObject({ code: 'DAMAGED' });
    expect(stored().filter((name) => name.startsWith('IMG_0002'))).toHaveLength(1);
  });

  it('says so when the newest file is gone, until all that it named is protected again', async () => {
    kit.disk.stage.erase(journals()[2] ?? '');
    expect(told(await kit.check()).join()).toContain('JOURNAL_DAMAGED');
    await expect(kit.prune()).rejects.toMatchObject({ code: 'DAMAGED' });
    expect(await kit.protect(CARD)).toMatchObject({ files: 2, issueCount: 0 });
    expect(await kit.check()).toMatchObject({ issues: [] });
    await kit.prune();
    expect((await kit.restore()).files).toEqual(LATEST);
    expect((await kit.restore(first)).report.issues).toEqual([]);
  });

  it('prunes nothing after a line was lost, and as ever after a line was mended', async () => {
    const path = journals()[1] ?? '';
    const text = new TextDecoder().decode(kit.disk.stage.peek(path) ?? new Uint8Array());
    const start = text.indexOf('{"type":"entry"') * 8;
    await kit.forget(first);
    kit.disk.stage.flipBit(path, start + 100);
    expect((await kit.prune({ dryRun: true })).dropped).toHaveLength(2);
    kit.disk.stage.flipBit(path, start + 207);
    await expect(kit.prune()).rejects.toMatchObject({ code: 'DAMAGED' });
  });

  it('prunes nothing while a journal file cannot be read', async () => {
    const path = journals()[1] ?? '';
    kit.disk.faults.add({
      when: (call) => call.path === path && call.kind === 'read',
      error: 'EIO',
      times: Number.POSITIVE_INFINITY,
    });
    await expect(kit.prune()).rejects.toMatchObject({ code: 'DAMAGED' });
    kit.disk.faults.clear();
    expect((await kit.prune()).dropped).toEqual([]);
    expect((await kit.restore(first)).report.issues).toEqual([]);
  });
});

describe('a writer that was closed as dead and was only slow', () => {
  /** Cuts a backup off, lets the next writer close its journal file, and lets it go on writing there. */
  async function writeOn(line: Uint8Array): Promise<string> {
    kit.put(CARD, { 'late.txt': 'a late note' });
    kit.disk.faults.losePowerAtChange(kit.disk.faults.changes + 20);
    await kit.protect(CARD).catch(() => {});
    kit.disk.faults.powerOn();
    const path = journals().at(-1) ?? '';
    await kit.protect(CARD);
    const before = kit.disk.stage.peek(path) ?? new Uint8Array();
    kit.disk.stage.plant(path, Buffer.concat([before, line]));
    return path;
  }

  const journals = (): string[] => kit.disk.stage.paths(`${kit.vault}/journal`);

  it('is read as any other, and its lines are no damage', async () => {
    const line = formatLine({ type: 'forget', snapshots: [first], time: '' });
    await writeOn(line);
    expect((await kit.open()).ledger.forgotten.has(first)).toBe(true);
    expect(await kit.check()).toMatchObject({ issues: [], damaged: 0 });
    expect(await kit.prune()).toMatchObject({ isInterrupted: false });
  });

  it('may leave a torn tail, and a damaged line of it is damage', async () => {
    const line = formatLine({ type: 'alive', time: '' });
    const path = await writeOn(line.subarray(0, 9));
    expect(await kit.check()).toMatchObject({ issues: [] });
    const bytes = kit.disk.stage.peek(path) ?? new Uint8Array();
    kit.disk.stage.plant(path, Buffer.concat([bytes, Buffer.from('lost\n'), line]));
    expect(told(await kit.check())).toEqual([expect.stringContaining('JOURNAL_DAMAGED journal/')]);
  });

  it('must not have changed what it was closed with', async () => {
    const path = await writeOn(formatLine({ type: 'alive', time: '' }));
    const bytes = kit.disk.stage.peek(path) ?? new Uint8Array();
    const open = bytes.indexOf(0x0a) + 1;
    const other = formatLine({ type: 'alive', time: 'another line' });
    kit.disk.stage.plant(path, Buffer.concat([bytes.slice(0, open), other, bytes.slice(open)]));
    expect(told(await kit.check())).toEqual([expect.stringContaining('JOURNAL_DAMAGED journal/')]);
  });
});

describe('a file in the vault that is none of ours', () => {
  it('is not touched by prune, and check says so', async () => {
    const at = 'originals/2026/2026-11-22/my selection.jpg';
    kit.disk.stage.plant(`${kit.vault}/${at}`, 'put there by hand');
    expect(await kit.check()).toMatchObject({ leftOver: 0, unknown: [at], issues: [] });
    expect((await kit.prune()).unknown).toEqual([at]);
    expect(kit.disk.stage.peek(`${kit.vault}/${at}`)).not.toBeNull();
  });
});

describe('what interrupted work left', () => {
  it('is counted by check as prune will take it', async () => {
    const at = kit.disk.stage
      .paths(`${kit.vault}/originals`)
      .find((path) => path.includes('0001~'));
    kit.disk.stage.plant((at ?? '').replace('IMG_0001~', 'IMG_0001_again~'), 'the first frame');
    expect(await kit.check()).toMatchObject({ leftOver: 1, unknown: [], issues: [] });
    expect(await kit.prune()).toMatchObject({ leftOver: 1, unknown: [] });
    expect(await kit.check()).toMatchObject({ leftOver: 0 });
  });

  it('is not what a writer at work has under way', async () => {
    const vault = await kit.open();
    const writer = await VaultWriter.open(kit.process(), vault);
    kit.disk.stage.plant(writer.partPath(), 'half a frame');
    const world = { ...kit.world, host: { ...kit.world.host, isRunning: () => true } };
    expect(await check(world, await kit.open())).toMatchObject({ leftOver: 0 });
    // Once its process is no more, the file waits for the next writer to clear it.
    const later = { ...kit.world, host: { ...kit.world.host, isRunning: () => false } };
    expect(await check(later, await kit.open())).toMatchObject({ leftOver: 1 });
    await kit.prune();
    expect(kit.disk.stage.paths(`${kit.vault}/incoming`)).toEqual([]);
  });
});

describe('a damaged vault', () => {
  it('is mended from another one, and by the card itself', async () => {
    const mirror = await kit.plugIn('/mirror');
    await kit.protect(CARD, { mirrors: [mirror] });
    const path = kit.disk.stage
      .paths(`${kit.vault}/originals`)
      .find((one) => one.includes('IMG_0001~') && one.endsWith('.CR3'));
    kit.disk.stage.flipBit(path ?? '', 7);
    const found = await kit.check();
    expect(found.damaged).toBe(1);
    const done = await repair(kit.process(), await kit.open(), found, {
      from: await kit.open(mirror),
    });
    expect(done).toMatchObject({ unrepaired: [] });
    expect(done.repaired).toHaveLength(1);
    expect(await kit.check()).toMatchObject({ issues: [], leftOver: 0 });
    expect((await kit.restore()).files).toEqual(LATEST);
  });

  it('tells its state: what is in it, of which sources, since when', async () => {
    const told = await status(kit.process(), await kit.open());
    expect(told).toMatchObject({ snapshots: 2, blobs: 5, damaged: 0, unfinished: 0 });
    expect(told.sources).toMatchObject([{ source: 'EOS_DIGITAL', files: 2, isUnfinished: false }]);
  });
});
