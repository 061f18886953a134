import { beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/base/index.ts';
import { type DiskCall, PROFILES } from '../../src/testing/index.ts';
import { FieldKit, told } from './field-kit.ts';

let kit: FieldKit;
let card: string;

const FRAMES = {
  'DCIM/IMG_0001.CR3': 'the first frame',
  'DCIM/IMG_0002.CR3': 'the second frame',
  'DCIM/IMG_0003.CR3': 'the third frame',
};
const ALL = Object.fromEntries(
  Object.entries(FRAMES).map(([path, text]) => [`EOS_DIGITAL/${path}`, text]),
);

beforeEach(async () => {
  kit = await FieldKit.open();
  card = kit.insert('/media/EOS_DIGITAL', FRAMES);
});

/** Calls of this kind on a path that ends so; reads are those that copy, not the look into a file before that. */
function on(kind: DiskCall['kind'], end: string): (call: DiskCall) => boolean {
  return ({ kind: called, path, sizeBytes }) =>
    called === kind && path.endsWith(end) && sizeBytes !== LIMITS.scoutBytesMax;
}

/** Something happens the next time a call fits. */
function once(when: (call: DiskCall) => boolean, run: () => void): void {
  kit.disk.faults.add({ when, run });
}

describe('a file', () => {
  it('that changes once while it is read is read again, and protected as it is then', async () => {
    once(on('read', 'IMG_0002.CR3'), () => kit.put(card, { 'DCIM/IMG_0002.CR3': 'still writing' }));
    const report = await kit.protect(card);
    expect(report).toMatchObject({ files: 3, issueCount: 0 });
    const given = await kit.restore();
    expect(given.files).toEqual({ ...ALL, 'EOS_DIGITAL/DCIM/IMG_0002.CR3': 'still writing' });
  });

  it('that never stops changing is named, and all others are protected', async () => {
    let writes = 0;
    kit.disk.faults.add({
      when: on('read', 'IMG_0002.CR3'),
      run: () => {
        writes += 1;
        kit.put(card, { 'DCIM/IMG_0002.CR3': 'x'.repeat(writes) });
      },
      times: 100,
    });
    const report = await kit.protect(card);
    expect(told(report)).toEqual(['CHANGED_WHILE_READ EOS_DIGITAL/DCIM/IMG_0002.CR3']);
    expect(writes).toBe(LIMITS.changedWhileReadTriesMax);
    const { 'EOS_DIGITAL/DCIM/IMG_0002.CR3': _, ...others } = ALL;
    expect((await kit.restore()).files).toEqual(others);
    kit.disk.faults.clear();
    expect(await kit.protect(card)).toMatchObject({ files: 3, newBlobs: 1, issueCount: 0 });
  });

  it('that cannot be read is named, and all others are protected', async () => {
    kit.disk.faults.add({ when: on('read', 'IMG_0002.CR3'), error: 'EIO', times: 100 });
    const report = await kit.protect(card);
    expect(told(report)).toEqual(['UNREADABLE EOS_DIGITAL/DCIM/IMG_0002.CR3']);
    expect(report.files).toBe(2);
    expect((await kit.check()).issues).toEqual([]);
  });

  it('that cannot be read any more keeps the content it had in the snapshot', async () => {
    kit.put(card, { 'DCIM/IMG_0002.xmp': 'three stars' });
    await kit.protect(card);
    kit.put(card, { 'DCIM/IMG_0002.xmp': 'four stars!' });
    kit.disk.faults.add({ when: on('read', 'IMG_0002.xmp'), error: 'EIO', times: 100 });
    const report = await kit.protect(card);
    expect(told(report)).toEqual(['UNREADABLE EOS_DIGITAL/DCIM/IMG_0002.xmp']);
    const given = await kit.restore();
    expect(given.files['EOS_DIGITAL/DCIM/IMG_0002.xmp']).toBe('three stars');
  });

  it('whose copy does not read back right is written again', async () => {
    once(on('sync', '.part'), () => {
      const part = kit.disk.stage
        .paths('/drive/vault/incoming')
        .find((path) => path.endsWith('1.part'));
      if (part !== undefined) kit.disk.stage.flipBit(part, 3);
    });
    const report = await kit.protect(card);
    expect(report).toMatchObject({ files: 3, newBlobs: 3, issueCount: 0 });
    expect((await kit.check()).issues).toEqual([]);
  });

  it('whose copy never reads back right is named', async () => {
    kit.disk.faults.add({
      when: on('sync', '.part'),
      run: (call) => kit.disk.stage.flipBit(call.path, 3),
      times: 1000,
    });
    const report = await kit.protect(card);
    expect(told(report)).toEqual(
      [1, 2, 3].map((frame) => `WRITE_FAILED EOS_DIGITAL/DCIM/IMG_000${frame}.CR3`),
    );
    expect(report).toMatchObject({ files: 0, newBlobs: 0 });
    expect((await kit.check()).issues).toEqual([]);
  });
});

describe('a folder', () => {
  it('that cannot be listed keeps its earlier state, and is named', async () => {
    await kit.protect(card);
    kit.put(card, { 'MISC/new.txt': 'new' });
    kit.disk.faults.add({ when: on('listFolder', 'DCIM'), error: 'EACCES', times: 100 });
    const report = await kit.protect(card);
    expect(told(report)).toEqual(['FOLDER_UNREADABLE EOS_DIGITAL/DCIM']);
    expect((await kit.restore()).files).toEqual({ ...ALL, 'EOS_DIGITAL/MISC/new.txt': 'new' });
  });
});

describe('the drive of the vault', () => {
  it('that is full takes what still fits, names the rest, and takes it once there is room', async () => {
    const small = await FieldKit.open();
    // The vault's own files are there already.
    const own = small.disk.stage.usedBytes('/drive') + LIMITS.reserveBytes;
    small.disk.stage.setCapacity('/drive', own + 350_000);
    const big = 'b'.repeat(300_000);
    const source = small.insert('/media/EOS_DIGITAL', {
      ...FRAMES,
      'DCIM/MVI_0004.MOV': big,
      'DCIM/MVI_0005.MOV': `${big}!`,
    });
    const report = await small.protect(source);
    expect(told(report)).toEqual(['TARGET_FULL EOS_DIGITAL/DCIM/MVI_0005.MOV']);
    expect(report).toMatchObject({ files: 4, isFull: true });
    expect((await small.check()).issues).toEqual([]);
    small.disk.stage.setCapacity('/drive', own + 900_000);
    expect(await small.protect(source)).toMatchObject({ files: 5, newBlobs: 1, issueCount: 0 });
    expect((await small.restore()).files['EOS_DIGITAL/DCIM/MVI_0005.MOV']).toBe(`${big}!`);
  });

  it('that has not even room for the journal is an error, and nothing is changed', async () => {
    kit.disk.stage.setCapacity('/drive', kit.disk.stage.usedBytes('/drive'));
    await expect(kit.protect(card)).rejects.toMatchObject({
      code: 'TARGET_FULL',
      retry: 'after-user-acts',
    });
    kit.disk.stage.setCapacity('/drive', 100_000_000);
    expect(await kit.protect(card)).toMatchObject({ files: 3, issueCount: 0 });
    expect((await kit.check()).issues).toEqual([]);
  });

  it('that is write-protected is an error; checking and restoring from it work', async () => {
    await kit.protect(card);
    kit.disk.faults.setReadOnly('/drive', true);
    await expect(kit.protect(card)).rejects.toMatchObject({ code: 'TARGET_READ_ONLY' });
    expect((await kit.check()).issues).toEqual([]);
    expect((await kit.restore()).files).toEqual(ALL);
  });

  it('that is pulled out in the middle is an error; what was acknowledged is there', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`DCIM/IMG_1${100 + index}.CR3`, `frame ${index}`]),
    );
    kit.put(card, many);
    once(on('read', 'IMG_1130.CR3'), () => kit.disk.faults.vanish('/drive'));
    await expect(kit.protect(card)).rejects.toMatchObject({ code: 'TARGET_GONE' });
    await expect(kit.protect(card)).rejects.toMatchObject({ code: 'NOT_A_VAULT' });
    kit.disk.faults.comeBack('/drive');
    expect((await kit.check()).issues).toEqual([]);
    const again = await kit.protect(card);
    expect(again).toMatchObject({ files: 43, issueCount: 0 });
    // Several batches had been acknowledged, and were not copied again.
    expect(again.newBlobs).toBeLessThan(43);
    expect(Object.keys((await kit.restore()).files)).toHaveLength(43);
  });

  it('that does not promise durability is used, and a word is said', async () => {
    const weak = await FieldKit.open({ profile: { ...PROFILES.ext4, sync: 'weak' } });
    const report = await weak.protect(weak.insert('/media/EOS_DIGITAL', FRAMES));
    expect(told(report)).toEqual(['WEAK_DURABILITY /drive/vault']);
    expect(report).toMatchObject({ isWeak: true, files: 3 });
  });
});

describe('a mirror', () => {
  it('gets the same files, and restores them alone', async () => {
    const mirror = await kit.plugIn('/mirror');
    const report = await kit.protect(card, { mirrors: [mirror] });
    expect(report.mirrors).toEqual([
      { path: mirror, state: 'complete', newBlobs: 3, bytesStored: expect.any(Number) },
    ]);
    expect((await kit.restore('latest', { vault: mirror })).files).toEqual(ALL);
    expect((await kit.check(mirror)).issues).toEqual([]);
  });

  it('that is pulled out in the middle is given up, and the main vault gets everything', async () => {
    const mirror = await kit.plugIn('/mirror');
    once(on('read', 'IMG_0002.CR3'), () => kit.disk.faults.vanish('/mirror'));
    const report = await kit.protect(card, { mirrors: [mirror] });
    expect(told(report)).toEqual(['MIRROR_LOST /mirror/vault']);
    expect(report).toMatchObject({ files: 3, newBlobs: 3, mirrors: [{ state: 'lost' }] });
    kit.disk.faults.comeBack('/mirror');
    const again = await kit.protect(card, { mirrors: [mirror] });
    expect(again).toMatchObject({ issueCount: 0, newBlobs: 0, mirrors: [{ state: 'complete' }] });
    expect((await kit.restore('latest', { vault: mirror })).files).toEqual(ALL);
    expect((await kit.check(mirror)).issues).toEqual([]);
  });

  it('that cannot be written at the start is not used, and said so', async () => {
    const mirror = await kit.plugIn('/mirror');
    kit.disk.faults.setReadOnly('/mirror', true);
    const report = await kit.protect(card, { mirrors: [mirror] });
    expect(told(report)).toEqual(['MIRROR_LOST /mirror/vault']);
    expect((await kit.restore()).files).toEqual(ALL);
  });

  it('that is full keeps what fits, and the main vault gets everything', async () => {
    const mirror = await kit.plugIn('/mirror', { capacityBytes: LIMITS.reserveBytes + 200_000 });
    kit.put(card, { 'DCIM/MVI_0004.MOV': 'm'.repeat(300_000) });
    const report = await kit.protect(card, { mirrors: [mirror] });
    expect(told(report)).toEqual(['TARGET_FULL EOS_DIGITAL/DCIM/MVI_0004.MOV']);
    expect(report).toMatchObject({ files: 4, isFull: false, mirrors: [{ newBlobs: 3 }] });
    expect((await kit.restore('latest', { vault: mirror })).files).toEqual(ALL);
  });

  it('that joins later gets what it lacks, and no more', async () => {
    await kit.protect(card);
    const mirror = await kit.plugIn('/mirror');
    const report = await kit.protect(card, { mirrors: [mirror] });
    expect(report).toMatchObject({ newBlobs: 0, mirrors: [{ newBlobs: 3, state: 'complete' }] });
    expect((await kit.restore('latest', { vault: mirror })).files).toEqual(ALL);
  });
});
