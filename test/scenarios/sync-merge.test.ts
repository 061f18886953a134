import { describe, expect, it } from 'vitest';
import { backup, listConflicts, resolveConflict, sync } from '../../src/index.ts';
import { type DiskCall, PROFILES } from '../../src/testing/index.ts';
import { FieldKit, type Files } from './field-kit.ts';

const STUDIO = '/studio/vault';

/** A folder of a trip on the laptop, backed up in the field, synced, and given back on the studio's desk. */
async function tripOnBothSides(files: Files): Promise<FieldKit> {
  const kit = await FieldKit.open();
  await kit.plugIn('/studio');
  for (const mount of ['/laptop', '/desk']) {
    kit.disk.stage.mount(mount, { profile: PROFILES.ext4 });
    kit.world.volumes.set(mount, { id: `ID${mount}`, label: '', fileSystem: 'ext4' });
  }
  kit.put('/laptop/Trip', files);
  await kit.protect('/laptop/Trip');
  await syncNow(kit);
  await kit.restore('latest', { vault: STUDIO, to: '/desk' });
  await protectDesk(kit);
  return kit;
}

async function syncNow(kit: FieldKit, options: Parameters<typeof sync>[3] = {}) {
  return sync(kit.process(), await kit.open(), await kit.open(STUDIO), options);
}

async function protectDesk(kit: FieldKit): Promise<void> {
  await backup(kit.process(), await kit.open(STUDIO), ['/desk/Trip'], { learn: false });
}

/** What the newest snapshot gives back, the same from both vaults. */
async function merged(kit: FieldKit): Promise<Files> {
  const field = await kit.restore('latest');
  const studio = await kit.restore('latest', { vault: STUDIO });
  expect(studio.files).toEqual(field.files);
  return Object.fromEntries(
    Object.entries(field.files).map(([path, text]) => [path.replace('Trip/', ''), text]),
  );
}

function xmp(say: { minute: number; words: readonly string[]; rating?: number }): string {
  const rating = say.rating === undefined ? '' : ` xmp:Rating="${say.rating}"`;
  const items = say.words.map((word) => `<rdf:li>${word}</rdf:li>`).join('');
  const words = items === '' ? '' : `<dc:subject><rdf:Bag>${items}</rdf:Bag></dc:subject>`;
  return `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmp:MetadataDate="2026-11-22T09:0${say.minute}:00Z"${rating}>${words}</rdf:Description></rdf:RDF></x:xmpmeta>`;
}

const BEGUN = {
  'A.NEF': 'raw a',
  'A.xmp': 'a 1',
  'B.NEF': 'raw b',
  'B.xmp': 'b 1',
  'notes.txt': 'n 1',
};

describe('a folder that was edited on both sides', () => {
  it('has the changes of both in one snapshot, which both vaults hold', async () => {
    const kit = await tripOnBothSides(BEGUN);
    kit.put('/laptop/Trip', { 'A.xmp': 'a 2', 'C.NEF': 'raw c' });
    await kit.protect('/laptop/Trip');
    kit.put('/desk/Trip', { 'B.xmp': 'b 2' });
    kit.disk.stage.erase('/desk/Trip/notes.txt');
    await protectDesk(kit);
    const report = await syncNow(kit);
    expect(report).toMatchObject({ conflicts: 0, issueCount: 0 });
    expect(report.merges[0]).toMatchObject({ source: 'Trip', deletions: ['notes.txt'] });
    expect(await merged(kit)).toEqual({
      'A.NEF': 'raw a',
      'A.xmp': 'a 2',
      'B.NEF': 'raw b',
      'B.xmp': 'b 2',
      'C.NEF': 'raw c',
    });
    const { ledger } = await kit.open(STUDIO);
    expect(ledger.replicas.tombstones.map(({ path }) => path)).toEqual(['notes.txt']);
  });

  it('keeps both versions of what both changed, under names that are the same everywhere', async () => {
    const kit = await tripOnBothSides(BEGUN);
    kit.put('/laptop/Trip', { 'notes.txt': 'from the field' });
    await kit.protect('/laptop/Trip');
    kit.put('/desk/Trip', { 'notes.txt': 'from the desk' });
    await protectDesk(kit);
    const report = await syncNow(kit);
    expect(report.conflicts).toBe(1);
    const files = await merged(kit);
    const notes = Object.entries(files).filter(([path]) => path.startsWith('notes'));
    expect(notes.map(([, text]) => text).sort()).toEqual(['from the desk', 'from the field']);
    const [conflict] = (await kit.open()).ledger.replicas.open();
    expect(files[conflict?.field.path ?? '']).toBe('from the field');
    expect(files[conflict?.studio.path ?? '']).toBe('from the desk');
  });

  it('follows a file that one side renamed and the other one edited', async () => {
    const kit = await tripOnBothSides(BEGUN);
    kit.disk.stage.erase('/laptop/Trip/A.xmp');
    kit.put('/laptop/Trip', { 'selects/A.xmp': 'a 1' });
    await kit.protect('/laptop/Trip');
    kit.put('/desk/Trip', { 'A.xmp': 'a 2' });
    await protectDesk(kit);
    expect((await syncNow(kit)).conflicts).toBe(0);
    const files = await merged(kit);
    expect(files['selects/A.xmp']).toBe('a 2');
    expect(files['A.xmp']).toBeUndefined();
  });

  it('has one sidecar of two, with the rating of one side and the keywords of both', async () => {
    const kit = await tripOnBothSides({
      'A.NEF': 'raw a',
      'A.xmp': xmp({ minute: 0, words: ['sea'] }),
    });
    const field = { minute: 5, words: ['sea', 'storm'], rating: 2 };
    kit.put('/laptop/Trip', { 'A.xmp': xmp(field) });
    await kit.protect('/laptop/Trip');
    kit.put('/desk/Trip', { 'A.xmp': xmp({ minute: 9, words: ['sea', 'print'] }) });
    await protectDesk(kit);
    expect(await syncNow(kit)).toMatchObject({ conflicts: 0, issueCount: 0 });
    const files = await merged(kit);
    expect(Object.keys(files).sort()).toEqual(['A.NEF', 'A.xmp']);
    expect(files['A.xmp']).toContain('xmp:Rating="2"');
    expect(files['A.xmp']?.match(/<rdf:li>\w+/g)?.sort()).toEqual(
      ['print', 'sea', 'storm'].map((word) => `<rdf:li>${word}`),
    );
    expect((await kit.check()).issues).toEqual([]);
    expect((await kit.check(STUDIO)).issues).toEqual([]);
  });

  it('says which property of a sidecar both sides changed, and keeps the one that lost', async () => {
    const kit = await tripOnBothSides({ 'A.NEF': 'raw a', 'A.xmp': xmp({ minute: 0, words: [] }) });
    kit.put('/laptop/Trip', { 'A.xmp': xmp({ minute: 5, words: [], rating: 2 }) });
    await kit.protect('/laptop/Trip');
    kit.put('/desk/Trip', { 'A.xmp': xmp({ minute: 9, words: [], rating: 5 }) });
    await protectDesk(kit);
    await syncNow(kit);
    const [conflict] = listConflicts(await kit.open());
    expect(conflict).toMatchObject({ what: 'xmp-properties', path: 'A.xmp' });
    expect(conflict?.message).toContain('xmp:Rating');
    expect((await merged(kit))['A.xmp']).toContain('xmp:Rating="5"');
    await resolveConflict(kit.process(), await kit.open(), conflict?.conflict ?? '', {
      take: 'field',
    });
    expect((await kit.restore('latest')).files['Trip/A.xmp']).toContain('xmp:Rating="2"');
  });

  it('gives back one side of a sidecar that was really merged', async () => {
    const kit = await tripOnBothSides({ 'A.NEF': 'raw a', 'A.xmp': xmp({ minute: 0, words: [] }) });
    kit.put('/laptop/Trip', { 'A.xmp': xmp({ minute: 5, words: ['sea'], rating: 2 }) });
    await kit.protect('/laptop/Trip');
    kit.put('/desk/Trip', { 'A.xmp': xmp({ minute: 9, words: ['print'], rating: 5 }) });
    await protectDesk(kit);
    await syncNow(kit);
    const [conflict] = listConflicts(await kit.open());
    const both = (await merged(kit))['A.xmp'];
    expect(both).toContain('sea');
    expect(both).toContain('print');
    await resolveConflict(kit.process(), await kit.open(), conflict?.conflict ?? '', {
      take: 'field',
    });
    const settled = (await kit.restore('latest')).files['Trip/A.xmp'];
    expect(settled).toBe(xmp({ minute: 5, words: ['sea'], rating: 2 }));
  });

  it('lets the side win that was asked for, wherever a sync was cut off before', async () => {
    let cuts = 0;
    for (let at = 0; at < 14; at += 1) {
      const kit = await tripOnBothSides(BEGUN);
      kit.put('/desk/Trip', { 'notes.txt': 'of the studio' });
      await protectDesk(kit);
      kit.put('/laptop/Trip', { 'notes.txt': 'of the field' });
      await kit.protect('/laptop/Trip');
      let writes = 0;
      const isCut = ({ kind, path }: DiskCall): boolean => {
        if (kind === 'write' && path.includes('/journal/')) writes += 1;
        return writes === at;
      };
      kit.disk.faults.add({ when: isCut, error: 'EIO', times: 1 });
      await syncNow(kit, { strategy: 'field-wins' }).catch(() => (cuts += 1));
      kit.disk.faults.clear();
      await syncNow(kit, { strategy: 'field-wins' });
      expect({ at, notes: (await merged(kit))['notes.txt'] }).toEqual({
        at,
        notes: 'of the field',
      });
    }
    expect(cuts).toBeGreaterThan(5);
  });

  it('is merged once: the next sync finds nothing to do, and later edits go on from there', async () => {
    const kit = await tripOnBothSides(BEGUN);
    kit.put('/laptop/Trip', { 'A.xmp': 'a 2' });
    await kit.protect('/laptop/Trip');
    await syncNow(kit);
    const journals = kit.disk.stage.paths('/drive/vault/journal').length;
    expect((await syncNow(kit)).merges).toEqual([]);
    expect(kit.disk.stage.paths('/drive/vault/journal')).toHaveLength(journals);
    kit.put('/laptop/Trip', { 'A.xmp': 'a 3' });
    await kit.protect('/laptop/Trip');
    kit.put('/desk/Trip', { 'B.xmp': 'b 3' });
    await protectDesk(kit);
    expect(await syncNow(kit)).toMatchObject({ conflicts: 0, issueCount: 0 });
    expect(await merged(kit)).toMatchObject({ 'A.xmp': 'a 3', 'B.xmp': 'b 3' });
  });

  it('loses no edit where the studio has a clock that is days behind', async () => {
    const kit = await tripOnBothSides(BEGUN);
    const rightMs = kit.world.clock.nowMs();
    kit.world.clock.jumpTo(rightMs - 9 * 86_400_000);
    kit.put('/desk/Trip', { 'B.xmp': 'b 2, by the desk' });
    await protectDesk(kit);
    kit.world.clock.jumpTo(rightMs + 3_600_000);
    kit.put('/laptop/Trip', { 'A.xmp': 'a 2, by the field' });
    await kit.protect('/laptop/Trip');
    expect(await syncNow(kit)).toMatchObject({ conflicts: 0, issueCount: 0 });
    expect(await merged(kit)).toMatchObject({
      'A.xmp': 'a 2, by the field',
      'B.xmp': 'b 2, by the desk',
    });
  });

  it('takes nothing for deleted where nobody knows which of two alike came first', async () => {
    const kit = await FieldKit.open();
    await kit.plugIn('/studio');
    for (const mount of ['/laptop', '/desk']) {
      kit.disk.stage.mount(mount, { profile: PROFILES.ext4 });
    }
    kit.put('/laptop/Trip', { 'A.NEF': 'raw a', 'notes.txt': 'field', 'field.txt': 'f' });
    await kit.protect('/laptop/Trip');
    kit.put('/desk/Trip', { 'A.NEF': 'raw a', 'notes.txt': 'of the desk', 'desk.txt': 'd' });
    await protectDesk(kit);
    expect(await syncNow(kit)).toMatchObject({ conflicts: 1 });
    expect(Object.values(await merged(kit)).sort()).toEqual([
      'd',
      'f',
      'field',
      'of the desk',
      'raw a',
    ]);
  });

  it('becomes one also where two field vaults are synced into the studio at the same time', async () => {
    const kit = await tripOnBothSides(BEGUN);
    await kit.plugIn('/second');
    await sync(kit.process(), await kit.open(), await kit.open('/second/vault'));
    kit.put('/laptop/Trip', { 'A.xmp': 'a 2, first drive' });
    await kit.protect('/laptop/Trip');
    kit.put('/laptop/Trip', { 'notes.txt': 'n 2, second drive' });
    await backup(kit.process(), await kit.open('/second/vault'), ['/laptop/Trip'], {
      learn: false,
    });
    kit.put('/desk/Trip', { 'B.xmp': 'b 2, desk' });
    await protectDesk(kit);
    const both = ['/drive/vault', '/second/vault'].map(async (root, index) => {
      const host = { name: 'studio', processId: 70 + index, isRunning: () => true };
      return sync({ ...kit.world, host }, await kit.open(root), await kit.open(STUDIO));
    });
    for (const report of await Promise.all(both)) expect(report.issueCount).toBe(0);
    for (const root of ['/second/vault', '/drive/vault', '/second/vault']) {
      await sync(kit.process(), await kit.open(root), await kit.open(STUDIO));
    }
    expect(await merged(kit)).toEqual({
      ...BEGUN,
      'A.xmp': 'a 2, first drive',
      'B.xmp': 'b 2, desk',
      'notes.txt': 'n 2, second drive',
    });
    const { files } = await kit.restore('latest', { vault: '/second/vault' });
    expect(Object.keys(files)).toHaveLength(5);
    for (const root of [kit.vault, '/second/vault', STUDIO]) {
      expect((await kit.check(root)).issues).toEqual([]);
    }
  });

  it('never mixes two cards that only share their label', async () => {
    const kit = await FieldKit.open();
    await kit.plugIn('/studio');
    kit.insert('/a/EOS', { 'IMG_1.CR3': 'first camera' }, { id: 'AAAA' });
    await kit.protect('/a/EOS');
    kit.insert('/b/EOS', { 'IMG_1.CR3': 'second camera' }, { id: 'BBBB' });
    await backup(kit.process(), await kit.open(STUDIO), ['/b/EOS'], { learn: false });
    expect(await syncNow(kit)).toMatchObject({ merges: [], blobsCopied: 2, conflicts: 0 });
  });
});

describe('a conflict', () => {
  async function conflicting(): Promise<{ readonly kit: FieldKit; readonly id: string }> {
    const kit = await tripOnBothSides(BEGUN);
    kit.put('/laptop/Trip', { 'notes.txt': 'from the field' });
    await kit.protect('/laptop/Trip');
    kit.put('/desk/Trip', { 'notes.txt': 'from the desk' });
    await protectDesk(kit);
    await syncNow(kit);
    const [conflict] = listConflicts(await kit.open(STUDIO));
    return { kit, id: conflict?.conflict ?? '' };
  }

  it.each([
    ['field', ['from the field']],
    ['studio', ['from the desk']],
    ['both', ['from the desk', 'from the field']],
  ] as const)('is settled by a person: %s; and the other vault hears of it', async (take, left) => {
    const { kit, id } = await conflicting();
    const settlement = await resolveConflict(
      kit.process(),
      await kit.open(STUDIO),
      id.slice(0, 6),
      { take, who: 'H' },
    );
    expect(settlement.conflict).toMatchObject({ path: 'notes.txt', settled: { take, who: 'H' } });
    const report = await syncNow(kit);
    expect(report).toMatchObject({ conflicts: 0, merges: [] });
    expect(listConflicts(await kit.open())).toEqual([]);
    expect(listConflicts(await kit.open(), { isAll: true })).toHaveLength(1);
    const files = await merged(kit);
    const notes = Object.entries(files).filter(([path]) => path.startsWith('notes'));
    expect(notes.map(([, text]) => text).sort()).toEqual(left);
    if (take !== 'both') expect(notes.map(([path]) => path)).toEqual(['notes.txt']);
  });

  it('is settled once, and only where there is one', async () => {
    const { kit, id } = await conflicting();
    await resolveConflict(kit.process(), await kit.open(), id, { take: 'both' });
    for (const [name, why] of [
      [id, /settled before/],
      ['zzzz', /is no conflict/],
    ] as const) {
      const again = resolveConflict(kit.process(), await kit.open(), name, { take: 'field' });
      await expect(again).rejects.toMatchObject({ code: 'BAD_USAGE' });
      await expect(again).rejects.toThrow(why);
    }
  });

  it('stands once, however often and wherever it is merged', async () => {
    const { kit, id } = await conflicting();
    await kit.plugIn('/third');
    const third = async () => kit.open('/third/vault');
    await sync(kit.process(), await kit.open(), await third());
    await sync(kit.process(), await kit.open(STUDIO), await third());
    expect(listConflicts(await third()).map(({ conflict }) => conflict)).toEqual([id]);
  });
});
