import { beforeEach, describe, expect, it } from 'vitest';
import { type BackupReport, backup, forget, prune } from '../../src/backup/index.ts';
import { FieldVaultError, LIMITS } from '../../src/base/index.ts';
import type { World } from '../../src/platform/index.ts';
import {
  type DiskCall,
  PROFILES,
  type SimDisk,
  withDisk,
  withoutSync,
} from '../../src/testing/index.ts';
import { check, listSnapshots, openVault } from '../../src/vault/index.ts';
import { FieldKit } from './field-kit.ts';

let kit: FieldKit;

beforeEach(async () => {
  kit = await FieldKit.open({ profile: PROFILES.exfat });
});

/** A process that runs beside others, with several workers, on this machine unless told. */
function beside(processId: number, hostName = 'sim-host'): World {
  const isRunning = (other: number): boolean => other < 1000;
  const { world } = kit;
  const host = { name: hostName, processId, isRunning };
  return { ...world, workers: { ...world.workers, count: 4 }, host };
}

async function protectBeside(processId: number, sources: readonly string[]): Promise<BackupReport> {
  const world = beside(processId);
  return backup(world, await openVault(world, kit.vault), sources);
}

function frames(label: string, count: number, text: (index: number) => string): string {
  const files = Array.from({ length: count }, (_, index) => [`DCIM/${index}.NEF`, text(index)]);
  return kit.insert(`/media/${label}`, Object.fromEntries(files));
}

async function restoreOf(report: BackupReport): Promise<readonly string[]> {
  const { files, report: given } = await kit.restore(report.snapshot);
  expect(given.issues).toEqual([]);
  return Object.values(files).sort();
}

/** Names that the lists of the vault give, and names of the stored files: both sorted. */
function listedAndStored(): { listed: string[]; stored: string[] } {
  const paths = kit.disk.stage.paths(`${kit.vault}/originals`);
  const lists = paths.filter((path) => path.includes('/SHA256SUMS-'));
  const listed = lists.flatMap((path) => {
    const text = new TextDecoder().decode(kit.disk.stage.peek(path) ?? new Uint8Array());
    const folder = path.slice(0, path.lastIndexOf('/'));
    return [...text.matchAll(/^[0-9a-f]{64} {2}(.+)$/gm)].map((line) => `${folder}/${line[1]}`);
  });
  return { listed: listed.sort(), stored: paths.filter((path) => !lists.includes(path)).sort() };
}

describe('two backups at once', () => {
  it('of a thousand files each lose none', async () => {
    const cards = ['A', 'B'].map((label) => frames(label, 1000, (n) => `${label} frame ${n}`));
    const reports = await Promise.all(
      cards.map((card, index) => protectBeside(101 + index, [card])),
    );
    for (const [index, report] of reports.entries()) {
      expect(report).toMatchObject({ files: 1000, newBlobs: 1000, issueCount: 0 });
      const label = 'AB'[index];
      const wanted = Array.from({ length: 1000 }, (_, n) => `${label} frame ${n}`);
      expect(await restoreOf(report)).toEqual(wanted.sort());
    }
    expect(await kit.check()).toMatchObject({ blobs: 2000, issues: [], leftOver: 0 });
    const { listed, stored } = listedAndStored();
    expect(listed).toEqual(stored);
  });

  it('of the same thousand contents lose none', async () => {
    const cards = ['A', 'B'].map((label) => frames(label, 1000, (n) => `frame ${n}`));
    const reports = await Promise.all(
      cards.map((card, index) => protectBeside(101 + index, [card])),
    );
    const wanted = Array.from({ length: 1000 }, (_, n) => `frame ${n}`).sort();
    for (const report of reports) {
      expect(report).toMatchObject({ files: 1000, issueCount: 0 });
      expect(await restoreOf(report)).toEqual(wanted);
    }
    expect(await kit.check()).toMatchObject({ blobs: 1000, issues: [], leftOver: 0 });
    expect(await kit.prune()).toMatchObject({ dropped: [], unknown: [] });
    expect(await restoreOf(reports[0] as BackupReport)).toEqual(wanted);
  });

  it('of the same card end in two snapshots of it', async () => {
    const card = frames('A', 60, (n) => `frame ${n}`);
    const reports = await Promise.all([protectBeside(101, [card]), protectBeside(102, [card])]);
    const wanted = Array.from({ length: 60 }, (_, n) => `frame ${n}`).sort();
    for (const report of reports) expect(await restoreOf(report)).toEqual(wanted);
    expect(listSnapshots((await kit.open()).ledger)).toHaveLength(2);
    expect(await protectBeside(103, [card])).toMatchObject({ newBlobs: 0, files: 60 });
  });

  it('use one vault object each, or share one', async () => {
    const cards = ['A', 'B'].map((label) => frames(label, 100, (n) => `${label} frame ${n}`));
    const shared = await kit.open();
    const reports = await Promise.all(
      cards.map((card, index) => backup(beside(101 + index), shared, [card])),
    );
    for (const report of reports) {
      expect(report).toMatchObject({ files: 100, issueCount: 0 });
      expect(await restoreOf(report)).toHaveLength(100);
    }
    expect((await kit.check()).issues).toEqual([]);
  });
});

describe('a backup and a prune', () => {
  it('at once: one of the two gives way, wherever they meet, and nothing is lost', async () => {
    const card = frames('A', 12, (n) => `frame ${n}`);
    await kit.protect(card);
    await kit.forget('latest');
    const template = kit.disk.clone();
    const ends: Record<string, number> = {};
    for (let step = 1, isMet = true; isMet; step += 3) {
      const disk = template.clone({ seed: step });
      disk.useClock(() => kit.world.clock.nowMs());
      const meeting = await meetAt(disk, step, card);
      isMet = meeting.isMet;
      ends[meeting.end] = (ends[meeting.end] ?? 0) + 1;
    }
    expect(Object.keys(ends).sort()).toEqual(['both ran', 'prune gave way']);
  });

  /** Starts a prune just before the step of a backup, lets both end, and looks. */
  async function meetAt(
    disk: SimDisk,
    step: number,
    card: string,
  ): Promise<{ isMet: boolean; end: string }> {
    const on = (processId: number): World => withDisk(beside(processId), disk);
    const first = disk.faults.steps;
    let pruning: Promise<string> | null = null;
    const startPrune = async (): Promise<string> => {
      const world = on(202);
      await prune(world, await openVault(world, kit.vault), { captures: ['**'] });
      return 'both ran';
    };
    disk.faults.changeAt(first + step, () => {
      pruning = startPrune().catch((error: unknown) => codeOf(error, 'prune gave way'));
    });
    const world = on(201);
    const vault = await openVault(world, kit.vault);
    const backed = await backup(world, vault, [card]).catch((error: unknown) =>
      codeOf(error, 'backup gave way'),
    );
    const pruned = pruning === null ? 'both ran' : await pruning;
    const opened = await openVault(world, kit.vault);
    const found = await check(world, opened, { readData: true });
    expect(found.issues, `met at ${step}`).toEqual([]);
    if (typeof backed !== 'string') {
      expect(backed).toMatchObject({ files: 12, issueCount: 0 });
      expect(listSnapshots(opened.ledger).at(-1)).toMatchObject({ id: backed.snapshot, files: 12 });
    }
    return { isMet: pruning !== null, end: typeof backed === 'string' ? backed : pruned };
  }

  it('that holds its lease: the backup is refused, and can be done afterwards', async () => {
    const card = frames('A', 12, (n) => `frame ${n}`);
    let refused: unknown = null;
    kit.disk.faults.add({
      when: (call: DiskCall) => call.kind === 'syncFolder' && call.path.endsWith('/leases'),
      run: () => {
        refused = protectBeside(301, [card]).catch((error: unknown) => error);
      },
    });
    const world = beside(302);
    await prune(world, await openVault(world, kit.vault));
    expect(await refused).toMatchObject({ code: 'LEASED', retry: 'later' });
    expect(await protectBeside(303, [card])).toMatchObject({ files: 12, issueCount: 0 });
    expect((await kit.check()).issues).toEqual([]);
  });
});

describe('an act that lasts for hours', () => {
  const MINUTE_MS = 60_000;

  /** Lets six minutes pass at every so many calls: files are large, drives are slow. */
  function slowDown(calls: number): void {
    kit.disk.faults.add({
      when: ({ step }) => step % calls === 0,
      run: () => kit.world.clock.advance(6 * MINUTE_MS),
      times: Number.POSITIVE_INFINITY,
    });
  }

  it('keeps prune away to its end, on other machines too', async () => {
    const card = frames('A', 40, (n) => `frame ${n}`);
    const refused: Promise<unknown>[] = [];
    for (const frame of ['3', '17', '38']) {
      kit.disk.faults.add({
        when: ({ kind, path }) => kind === 'read' && path.endsWith(`/${frame}.NEF`),
        run: () => {
          const world = beside(602, 'studio-mac');
          const pruning = openVault(world, kit.vault).then((vault) => prune(world, vault));
          refused.push(pruning.catch((error: unknown) => error));
        },
      });
    }
    slowDown(40);
    const startMs = kit.world.clock.monotonicMs();
    expect(await protectBeside(601, [card])).toMatchObject({ files: 40, issueCount: 0 });
    expect(kit.world.clock.monotonicMs() - startMs).toBeGreaterThan(60 * MINUTE_MS);
    const ends = await Promise.all(refused);
    expect(ends).toHaveLength(3);
    for (const end of ends) expect(end).toMatchObject({ code: 'LEASED' });
    kit.disk.faults.clear();
    expect(await kit.check()).toMatchObject({ issues: [], leftOver: 0 });
  });

  it('keeps backups away while it prunes, on other machines too', async () => {
    const card = frames('A', 40, (n) => `frame ${n}`);
    kit.put(card, Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`${n}.xmp`, `${n}`])));
    await kit.protect(card);
    await kit.forget('latest');
    const refused: Promise<unknown>[] = [];
    let removals = 0;
    kit.disk.faults.add({
      when: ({ kind, path }) => kind === 'removeFile' && path.includes('/originals/'),
      run: () => {
        removals += 1;
        if (removals !== 2 && removals !== 60) return;
        const world = beside(604, 'studio-mac');
        const backing = openVault(world, kit.vault).then((vault) => backup(world, vault, [card]));
        refused.push(backing.catch((error: unknown) => error));
      },
      times: Number.POSITIVE_INFINITY,
    });
    slowDown(60);
    // Removals take turns with what the others do.
    const removeFile = async (path: string): Promise<void> => {
      for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
      return kit.disk.removeFile(path);
    };
    const slow = { ...withoutSync(kit.disk, () => false), removeFile };
    const world = withDisk(beside(603), slow);
    expect((await prune(world, await openVault(world, kit.vault))).dropped).toHaveLength(200);
    const ends = await Promise.all(refused);
    expect(ends).toHaveLength(2);
    for (const end of ends) expect(end).toMatchObject({ code: 'LEASED' });
    kit.disk.faults.clear();
    expect(await protectBeside(605, [card])).toMatchObject({ files: 240, issueCount: 0 });
    expect(await kit.check()).toMatchObject({ issues: [] });
  });
});

describe('a vault that was opened before others changed it', () => {
  it('is read again before anything is built on it', async () => {
    const card = frames('A', 3, (n) => `frame ${n}`);
    kit.put(card, { 'notes.txt': 'a note', 'a.xmp': 'rated' });
    await kit.protect(card);
    const opened = await kit.open();
    // Meanwhile, elsewhere: the snapshot is forgotten, and note and sidecar are pruned.
    await kit.forget('latest');
    expect((await kit.prune()).dropped).toHaveLength(2);
    const report = await backup(kit.process(), opened, [card]);
    expect(report).toMatchObject({ files: 5, newBlobs: 2, issueCount: 0 });
    expect(await restoreOf(report)).toHaveLength(5);
    // Who opened it sees what happened since.
    expect(listSnapshots(opened.ledger).map(({ id }) => id)).toEqual([report.snapshot]);
  });
});

describe('a computer that falls asleep in the middle of a backup', () => {
  /** The backup's computer sleeps for an hour before its second batch; then `meanwhile` is done. */
  async function sleepDuring(
    card: string,
    meanwhile: () => Promise<unknown>,
  ): Promise<BackupReport> {
    const base = beside(701);
    let batches = 0;
    const run: World['workers']['run'] = async (task, input) => {
      if (task.name === 'stageBatch') batches += 1;
      if (task.name === 'stageBatch' && batches === 2) {
        kit.world.clock.jumpTo(kit.world.clock.nowMs() + 60 * 60_000);
        await meanwhile();
      }
      return base.workers.run(task, input);
    };
    const world = { ...base, workers: { ...base.workers, count: 1, run } };
    return backup(world, await openVault(world, kit.vault), [card]);
  }

  it('goes on when it wakes and nobody came', async () => {
    const card = frames('A', 40, (n) => `frame ${n}`);
    const report = await sleepDuring(card, async () => {});
    expect(report).toMatchObject({ files: 40, issueCount: 0 });
    expect((await kit.check()).issues).toEqual([]);
  });

  it('stops when somebody took it for dead and pruned; what it had acknowledged is there', async () => {
    const card = frames('A', 40, (n) => `frame ${n}`);
    kit.put(card, { 'DCIM/0.xmp': 'rated', 'DCIM/39.xmp': 'rated too' });
    await kit.protect(card);
    // The sleeper believes that these contents are in the vault; meanwhile they are pruned.
    const moved = kit.insert('/media/B', { 'DCIM/0.xmp': 'rated', 'DCIM/39.xmp': 'rated too' });
    kit.put(
      moved,
      Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`${n}.NEF`, `new ${n}`])),
    );
    const sleeping = sleepDuring(moved, async () => {
      const world = beside(702, 'studio-mac');
      const first = listSnapshots((await openVault(world, kit.vault)).ledger)[0]?.id ?? '';
      await forget(world, await openVault(world, kit.vault), [first]);
      await prune(world, await openVault(world, kit.vault));
    });
    await expect(sleeping).rejects.toMatchObject({ code: 'LEASED', retry: 'now' });
    expect((await kit.check()).issues).toEqual([]);
    expect(await protectBeside(703, [moved])).toMatchObject({ files: 32, issueCount: 0 });
    expect((await kit.check()).issues).toEqual([]);
    expect(await restoreOf(await protectBeside(704, [moved]))).toHaveLength(32);
  });
});

describe('a backup that crashed', () => {
  /** A backup that dies in the middle, on this machine or another. */
  async function crash(hostName: string): Promise<string> {
    const card = frames('A', 40, (n) => `frame ${n}`);
    const world = beside(5000, hostName);
    const vault = await openVault(world, kit.vault);
    kit.disk.faults.losePowerAtChange(kit.disk.faults.changes + 150);
    await expect(backup(world, vault, [card])).rejects.toMatchObject({ code: 'TARGET_GONE' });
    kit.disk.faults.clear();
    kit.disk.faults.powerOn();
    return card;
  }

  it('does not block prune: its process runs no more', async () => {
    const card = await crash('sim-host');
    const world = beside(402);
    await prune(world, await openVault(world, kit.vault));
    expect(await protectBeside(403, [card])).toMatchObject({ files: 40, issueCount: 0 });
    expect((await kit.check()).issues).toEqual([]);
  });

  it('on another machine blocks prune for a quarter of an hour, and never a backup', async () => {
    const card = await crash('studio-mac');
    const world = beside(402);
    const tryPrune = async (): Promise<unknown> => prune(world, await openVault(world, kit.vault));
    await expect(tryPrune()).rejects.toMatchObject({ code: 'LEASED' });
    expect(await protectBeside(403, [card])).toMatchObject({ files: 40, issueCount: 0 });
    kit.world.clock.advance(LIMITS.leaseMs);
    await expect(tryPrune()).resolves.toMatchObject({ dropped: [] });
    expect((await kit.check()).issues).toEqual([]);
  });
});

function codeOf(error: unknown, end: string): string {
  if (error instanceof FieldVaultError && error.code === 'LEASED') return end;
  throw error;
}
