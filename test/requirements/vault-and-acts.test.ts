import { beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/base/index.ts';
import { type DiskCall, PROFILES } from '../../src/testing/index.ts';
import { digestOf } from '../power-loss/scene.ts';
import { FieldKit, told } from '../scenarios/field-kit.ts';

/** Each name is a sentence of the task "The vault and the acts", or of the design sections it refers to. */
let kit: FieldKit;

beforeEach(async () => {
  kit = await FieldKit.open();
});

const FRAMES = { 'DCIM/A.NEF': 'frame A', 'DCIM/B.NEF': 'frame B', 'DCIM/C.NEF': 'frame C' };

/** Notes every call on the disk from now on. */
function watch(): DiskCall[] {
  const calls: DiskCall[] = [];
  kit.disk.faults.add({
    when: () => true,
    run: (call) => calls.push(call),
    times: Number.POSITIVE_INFINITY,
  });
  return calls;
}

function filesOfVault(): Map<string, string> {
  const { stage } = kit.disk;
  return new Map(
    stage.paths(kit.vault).map((path) => [path, digestOf(stage.peek(path) ?? new Uint8Array())]),
  );
}

describe('sources', () => {
  it('cards with DCIM trees, ordinary folders, catalogs', async () => {
    const card = kit.insert('/media/EOS_DIGITAL', FRAMES);
    kit.put('/home/selects', { 'alps/a.tif': 'a print' });
    kit.put('/home/catalogs', { 'main.lrcat': 'edits' });
    const report = await kit.protect([card, '/home/selects', '/home/catalogs/main.lrcat']);
    expect(report).toMatchObject({ files: 5, issueCount: 0 });
    expect((await kit.restore()).files).toEqual({
      'EOS_DIGITAL/DCIM/A.NEF': 'frame A',
      'EOS_DIGITAL/DCIM/B.NEF': 'frame B',
      'EOS_DIGITAL/DCIM/C.NEF': 'frame C',
      'selects/alps/a.tif': 'a print',
      'main.lrcat/main.lrcat': 'edits',
    });
  });

  it('operating-system litter left out by default and said so', async () => {
    const litter = [
      '._A.NEF',
      '.DS_Store',
      'Thumbs.db',
      'System Volume Information/IndexerVolumeGuid',
    ];
    const card = kit.insert('/media/EOS_DIGITAL', FRAMES);
    kit.put(card, Object.fromEntries(litter.map((path) => [path, 'litter'])));
    expect(await kit.protect(card)).toMatchObject({
      files: 3,
      leftOut: { count: 4 },
      issueCount: 0,
    });
  });

  it('links recorded, not followed', async () => {
    kit.put('/home/shoot', { 'a.nef': 'a frame' });
    kit.disk.stage.plantLink('/home/shoot/elsewhere', '/media');
    const { snapshot } = await kit.protect('/home/shoot');
    const { report, to } = await kit.restore(snapshot);
    expect(report).toMatchObject({ files: 1, links: 1 });
    expect(await kit.disk.readLink(`${to}/shoot/elsewhere`)).toBe('/media');
  });

  it('hostile and foreign names come back exactly', async () => {
    const names = ['\u0001', 'n'.repeat(255), 'CON', 'é', 'e\u0301', 'a', 'A', '\udcff'];
    kit.put('/home/shoot', Object.fromEntries(names.map((name) => [name, `named ${name}`])));
    await kit.protect('/home/shoot');
    const { files, report } = await kit.restore();
    expect(report.issues).toEqual([]);
    expect(Object.keys(files).sort()).toEqual(names.map((name) => `shoot/${name}`).sort());
  });
});

describe('change detection, known-content detection and resume', () => {
  it('size + mtime within 2 s', async () => {
    kit.put('/home/shoot', { 'a.xmp': 'rating 1' });
    await kit.protect('/home/shoot');
    const { mtimeMs } = (await kit.disk.stat('/home/shoot/a.xmp')) ?? { mtimeMs: 0 };
    for (const [driftMs, isChanged] of [
      [1999, false],
      [-1999, false],
      [2001, true],
    ] as const) {
      await kit.disk.setMtime('/home/shoot/a.xmp', mtimeMs + driftMs);
      const calls = watch();
      await kit.protect('/home/shoot');
      kit.disk.faults.clear();
      const isRead = calls.some(({ kind, path }) => kind === 'read' && path.endsWith('.xmp'));
      // The rolling sample may read it too, but not in the first runs of this path.
      expect(isRead, `${driftMs} ms`).toBe(isChanged);
    }
  });

  it('already known content is recorded, not copied', async () => {
    kit.put('/home/one', FRAMES);
    await kit.protect('/home/one');
    kit.put('/home/two', FRAMES);
    const before = kit.disk.stage.paths(`${kit.vault}/originals`);
    expect(await kit.protect('/home/two')).toMatchObject({ files: 3, newBlobs: 0 });
    expect(kit.disk.stage.paths(`${kit.vault}/originals`)).toEqual(before);
  });

  it('work commits in small batches, so a cut loses at most the batch and a new run takes up where it stopped', async () => {
    const many = Array.from({ length: 64 }, (_, index) => [`${index}.NEF`, `frame ${index}`]);
    const card = kit.insert('/media/EOS_DIGITAL', Object.fromEntries(many));
    const controller = new AbortController();
    kit.disk.faults.add({
      when: ({ kind, path }) => kind === 'openRead' && path.endsWith('/45.NEF'),
      run: () => controller.abort(),
    });
    const cut = await kit.protect(card, { signal: controller.signal });
    expect(cut.isInterrupted).toBe(true);
    const done = await kit.protect(card);
    expect(cut.newBlobs).toBeGreaterThan(0);
    expect(cut.newBlobs + done.newBlobs).toBe(64);
  });
});

describe('each trouble is a clear issue or error with a stable code, all other files protected, nothing lost', () => {
  const troubles: readonly {
    readonly name: string;
    readonly says: string;
    readonly plant: () => void | Promise<void>;
  }[] = [
    {
      name: 'a file that changes while it is read',
      says: 'CHANGED_WHILE_READ',
      plant: () => {
        let count = 0;
        kit.disk.faults.add({
          when: ({ kind, path }) => kind === 'read' && path.endsWith('B.NEF'),
          run: () => {
            count += 1;
            kit.put('/media/EOS_DIGITAL', { 'DCIM/B.NEF': 'x'.repeat(count) });
          },
          times: 100,
        });
      },
    },
    {
      name: 'a card pulled out in the middle',
      says: 'SOURCE_VANISHED',
      plant: () =>
        kit.disk.faults.add({
          when: ({ kind, path }) => kind === 'read' && path.endsWith('B.NEF'),
          run: () => kit.disk.faults.vanish('/media/EOS_DIGITAL'),
        }),
    },
    {
      name: 'an unreadable file',
      says: 'UNREADABLE',
      plant: () =>
        kit.disk.faults.add({
          when: ({ kind, path }) => kind === 'read' && path.endsWith('B.NEF'),
          error: 'EIO',
          times: 100,
        }),
    },
    {
      name: 'a full target',
      says: 'TARGET_FULL',
      plant: () => {
        kit.put('/media/EOS_DIGITAL', { 'DCIM/B.NEF': 'B'.repeat(500_000) });
        const { stage } = kit.disk;
        stage.setCapacity('/drive', stage.usedBytes('/drive') + LIMITS.reserveBytes + 400_000);
      },
    },
    {
      name: 'a vanished mirror',
      says: 'MIRROR_LOST',
      plant: () =>
        kit.disk.faults.add({
          when: ({ kind, path }) => kind === 'read' && path.endsWith('B.NEF'),
          run: () => kit.disk.faults.vanish('/mirror'),
        }),
    },
  ];

  it.each(troubles)('$name: $says', async ({ says, plant }) => {
    const card = kit.insert('/media/EOS_DIGITAL', FRAMES);
    const mirror = await kit.plugIn('/mirror');
    await plant();
    const report = await kit.protect(card, { mirrors: [mirror] });
    expect(new Set(report.issues.map(({ code }) => code))).toEqual(new Set([says]));
    expect((await kit.restore()).files).toMatchObject({ 'EOS_DIGITAL/DCIM/A.NEF': 'frame A' });
    expect((await kit.check()).issues).toEqual([]);
    kit.disk.faults.clear();
    kit.disk.stage.setCapacity('/drive', null);
    kit.put(card, FRAMES);
    expect((await kit.protect(card, { mirrors: [mirror] })).issues).toEqual([]);
    expect(Object.values((await kit.restore()).files)).toEqual(Object.values(FRAMES));
  });

  it('a read-only target: TARGET_READ_ONLY', async () => {
    const card = kit.insert('/media/EOS_DIGITAL', FRAMES);
    kit.disk.faults.setReadOnly('/drive', true);
    await expect(kit.protect(card)).rejects.toMatchObject({ code: 'TARGET_READ_ONLY' });
    kit.disk.faults.setReadOnly('/drive', false);
    expect(await kit.protect(card)).toMatchObject({ files: 3, issueCount: 0 });
  });
});

describe('copy engine', () => {
  it('read once, digest while copying, write, fsync, read back, then the name, then the journal', async () => {
    const card = kit.insert('/media/EOS_DIGITAL', { 'A.NEF': 'a'.repeat(2_500_000) });
    const calls = watch();
    await kit.protect(card);
    // What a file says of its own tier is asked for before anything is copied: that is not the copy.
    const begun = calls.findIndex(({ kind, path }) => kind === 'createNew' && /\.part$/.test(path));
    const isOfCard = (call: DiskCall): boolean =>
      call.kind === 'read' && call.path.endsWith('/A.NEF');
    expect(calls.slice(0, begun).filter(isOfCard).length).toBeLessThanOrEqual(1);
    const source = calls.slice(begun).filter(isOfCard);
    const positions = source.map(({ positionBytes }) => positionBytes);
    expect(new Set(positions).size).toBe(positions.length);
    const steps = calls
      .map(
        ({ kind, path }) =>
          `${kind} ${path.replace(/[0-9a-f]{16}/g, '#').replace(/^.*vault\//, '')}`,
      )
      .filter((step) => /^(createNew|write|sync|openRead|rename|syncFile|syncFolder) /.test(step));
    const order = [
      'createNew incoming/#/1.part',
      'write incoming/#/1.part',
      'sync incoming/#/1.part',
      'openRead incoming/#/1.part',
      'rename incoming/#/1.part',
      'syncFile originals/2026/2026-11-22/A~#.NEF',
      'syncFolder originals/2026/2026-11-22',
    ];
    const at = order.map((step) => steps.lastIndexOf(step, steps.indexOf(order[6] ?? '')));
    expect(at.every((position) => position >= 0)).toBe(true);
    expect(at).toEqual(at.toSorted((a, b) => a - b));
    const journal = steps.findIndex(
      (step, index) => index > (at[6] ?? 0) && step.startsWith('sync journal/'),
    );
    expect(journal).toBeGreaterThan(at[6] ?? 0);
  });

  it('past the page cache where the system offers it; the report says which kind of verification was done', async () => {
    const card = kit.insert('/media/EOS_DIGITAL', FRAMES);
    expect(await kit.protect(card)).toMatchObject({ verified: { direct: 3, cached: 0 } });
    const other = await FieldKit.open({ profile: PROFILES.apfs });
    const same = other.insert('/media/EOS_DIGITAL', FRAMES);
    expect(await other.protect(same)).toMatchObject({ verified: { direct: 0, cached: 3 } });
  });

  it('a failing fsync promise means weak durability: read back, warn, go on', async () => {
    const weak = await FieldKit.open({ profile: { ...PROFILES.ext4, sync: 'weak' } });
    const report = await weak.protect(weak.insert('/media/EOS_DIGITAL', FRAMES));
    expect(told(report)).toEqual([`WEAK_DURABILITY ${weak.vault}`]);
    expect(report).toMatchObject({ files: 3, newBlobs: 3 });
  });
});

describe('the vault on disk', () => {
  it('no file on removable media is ever changed in place or replaced by rename', async () => {
    const card = kit.insert('/media/EOS_DIGITAL', FRAMES);
    let before = filesOfVault();
    const acts = [
      () => kit.protect(card),
      async () => kit.put(card, { 'DCIM/A.xmp': 'rated' }),
      () => kit.protect(card),
      () => kit.check(),
      () => kit.forget('latest'),
      () => kit.prune(),
      () => kit.protect(card),
    ];
    for (const act of acts) {
      await act();
      const after = filesOfVault();
      for (const [path, digest] of before) {
        // Files may go (prune); what stays is as it was.
        if (after.has(path)) expect(after.get(path), path).toBe(digest);
      }
      before = after;
    }
  });

  it('one run of backup makes one snapshot; each source is a top-level folder of its tree', async () => {
    const card = kit.insert('/media/EOS_DIGITAL', FRAMES);
    kit.put('/home/notes', { 'a.txt': 'a note' });
    await kit.protect([card, '/home/notes']);
    const { files } = await kit.restore();
    expect(new Set(Object.keys(files).map((path) => path.split('/')[0]))).toEqual(
      new Set(['EOS_DIGITAL', 'notes']),
    );
  });

  it('digests for the system’s own tools, and the first 16 of them in each name', async () => {
    kit.put('/home/shoot', FRAMES);
    await kit.protect('/home/shoot');
    const originals = [...filesOfVault()].filter(([path]) => path.includes('/originals/'));
    const [sums, ...others] = originals
      .map(([path]) => path)
      .filter((path) => path.includes('SHA256SUMS'));
    expect(others).toEqual([]);
    const text = new TextDecoder().decode(kit.disk.stage.peek(sums ?? '') ?? new Uint8Array());
    const wanted = originals
      .filter(([path]) => path !== sums)
      .map(([path, digest]) => `${digest}  ${path.slice(path.lastIndexOf('/') + 1)}\n`);
    expect(text).toBe(wanted.join(''));
    for (const [path, digest] of originals) {
      if (path !== sums) expect(path).toContain(`~${digest.slice(0, 16)}`);
    }
  });

  it('a torn or damaged line loses only itself', async () => {
    kit.put('/home/shoot', FRAMES);
    await kit.protect('/home/shoot');
    const journal = kit.disk.stage.paths(`${kit.vault}/journal`).at(-1) ?? '';
    const text = new TextDecoder().decode(kit.disk.stage.peek(journal) ?? new Uint8Array());
    const start = text.indexOf('B.NEF","kind"') * 8;
    for (const bit of [start + 1, start + 9]) kit.disk.stage.flipBit(journal, bit);
    const { files, report } = await kit.restore();
    expect(Object.keys(files)).toEqual(['shoot/DCIM/A.NEF', 'shoot/DCIM/C.NEF']);
    expect(told(report)).toEqual(['SNAPSHOT_INCOMPLETE shoot']);
  });
});
