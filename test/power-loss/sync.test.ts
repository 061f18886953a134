import { describe, expect, it, vi } from 'vitest';
import { backup, restore } from '../../src/backup/index.ts';
import { equalBytes } from '../../src/base/index.ts';
import { sync } from '../../src/index.ts';
import type { Disk, World } from '../../src/platform/index.ts';
import {
  type DiskProfile,
  PROFILES,
  SimDisk,
  withDisk,
  withoutSync,
} from '../../src/testing/index.ts';
import { check, createVault, findSnapshot, openVault, type Vault } from '../../src/vault/index.ts';
import { noise, startProcess } from './scene.ts';
import { CUTS, type Cut, MAIN_CUTS } from './sweep.ts';

// Hundreds of runs, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 10, 22, 9);
const ROOTS = ['/field/vault', '/studio/vault'] as const;
const CARDS: Readonly<Record<string, ReadonlyMap<string, Uint8Array>>> = {
  '/field/vault': new Map([
    ['DCIM/A.CR3', noise(1, 3100)],
    ['DCIM/A.xmp', noise(2, 260)],
    ['DCIM/B.CR3', noise(3, 1700)],
  ]),
  '/studio/vault': new Map([['D.NEF', noise(4, 2100)]]),
};

/** Two vaults, each with a card of its own. */
async function twoVaults(profile: DiskProfile): Promise<SimDisk> {
  const disk = new SimDisk({ seed: 1, writeChunkBytes: 1500 });
  const life = (number: number): World => {
    return startProcess(disk, { number, nowMs: START_MS + number * HOUR_MS });
  };
  for (const [index, root] of ROOTS.entries()) {
    disk.stage.mount(root.slice(0, root.lastIndexOf('/')), { profile });
    await createVault(life(index), root);
  }
  const begun = { 'notes.txt': 'begun', 'plan.txt': 'begun', 'old.txt': 'begun' };
  await editTrip(disk, { index: 0, number: 2 }, begun);
  await syncOnce(life(3));
  for (const [index, root] of ROOTS.entries()) {
    const card = `/card${index}`;
    disk.stage.mount(card, { profile });
    for (const [path, bytes] of CARDS[root] ?? []) disk.stage.plant(`${card}/${path}`, bytes);
    const world = life(4 + index);
    await backup(world, await openVault(world, root), [card]);
  }
  await editTrip(
    disk,
    { index: 1, number: 6 },
    { 'notes.txt': 'studio', 'plan.txt': 'begun', 'layout.txt': 'studio' },
  );
  await editTrip(
    disk,
    { index: 0, number: 7 },
    { 'notes.txt': 'field', 'plan.txt': 'field', 'old.txt': 'begun' },
  );
  return disk;
}

/** What the trip's folder holds once both sides' edits are merged: contents, whatever their names. */
const MERGED = ['field', 'field', 'studio', 'studio'];

/** A folder of the same name on each side's computer: the studio's began as a copy of the field's. */
async function editTrip(
  disk: SimDisk,
  { index, number }: { readonly index: 0 | 1; readonly number: number },
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const folder = `/desk${index}/Trip`;
  disk.stage.makeFolders(folder);
  for (const path of disk.stage.paths(folder)) disk.stage.erase(path);
  const nowMs = START_MS + number * HOUR_MS;
  for (const [path, text] of Object.entries(files)) {
    disk.stage.plant(`${folder}/${path}`, text, nowMs);
  }
  const world = startProcess(disk, { number, nowMs });
  await backup(world, await openVault(world, ROOTS[index]), [folder]);
}

interface Life {
  readonly number: number;
  readonly disguise?: ((disk: Disk) => Disk) | undefined;
}

function process(disk: SimDisk, { number, disguise }: Life): World {
  const world = startProcess(disk, { number, nowMs: START_MS + number * HOUR_MS });
  return disguise === undefined ? world : withDisk(world, disguise(disk));
}

async function syncOnce(world: World): ReturnType<typeof sync> {
  const [field, studio] = await openBoth(world);
  return sync(world, field, studio);
}

async function openBoth(world: World): Promise<readonly [Vault, Vault]> {
  return [await openVault(world, ROOTS[0]), await openVault(world, ROOTS[1])];
}

/** What is wrong after a cut: before the next sync, in it, and after it. */
async function judge(disk: SimDisk): Promise<string[]> {
  const wrong: string[] = [];
  const first = process(disk, { number: 50 });
  for (const vault of await openBoth(first)) {
    const { issues } = await check(first, vault, { readData: true });
    if (issues.length > 0) wrong.push(`${vault.root} after the cut: ${JSON.stringify(issues)}`);
    await mustRestore(first, vault, vault.root, wrong);
  }
  const report = await syncOnce(process(disk, { number: 60 }));
  if (report.issueCount > 0) wrong.push(`the next sync: ${JSON.stringify(report.issues)}`);
  const last = process(disk, { number: 70 });
  for (const vault of await openBoth(last)) {
    const found = await check(last, vault, { readData: true });
    if (found.issues.length > 0) wrong.push(`${vault.root}: ${JSON.stringify(found.issues)}`);
    if (found.awaited > 0) wrong.push(`${vault.root}: ${found.awaited} did not arrive`);
    for (const root of ROOTS) await mustRestore(last, vault, root, wrong);
  }
  await mustBeMerged(last, wrong);
  const again = await syncOnce(process(disk, { number: 80 }));
  if (again.blobsCopied > 0 || again.bytesSent > 0) wrong.push('a third sync found work');
  return wrong;
}

/** Both vaults have the same newest snapshot, and it holds what both sides edited. */
async function mustBeMerged(world: World, wrong: string[]): Promise<void> {
  const { stage } = world.disk as SimDisk;
  const newest = new Set<string>();
  for (const [index, vault] of (await openBoth(world)).entries()) {
    const snapshot = findSnapshot(vault.ledger, 'latest');
    newest.add(snapshot.id);
    const to = `/merged/${index}`;
    await restore(world, vault, snapshot, { to });
    const texts = stage
      .paths(to)
      .map((path) => new TextDecoder().decode(stage.peek(path) ?? undefined));
    if (texts.sort().join() !== MERGED.join()) wrong.push(`${vault.root} merged to ${texts}`);
    if (vault.ledger.replicas.open().length !== 1) wrong.push(`${vault.root}: not one conflict`);
  }
  if (newest.size !== 1) wrong.push('the vaults differ in what is the newest snapshot');
}

/** The card that was protected in `of` comes back from a vault. */
async function mustRestore(world: World, vault: Vault, of: string, wrong: string[]): Promise<void> {
  const source = of === ROOTS[0] ? 'card0' : 'card1';
  const run = [...vault.ledger.runs.values()].find((one) => {
    return one.sources.some((record) => record.source === source);
  });
  if (run === undefined) {
    wrong.push(`${vault.root} does not know ${source}`);
    return;
  }
  const to = `/back/${vault.root}/${source}/${world.host.processId}`;
  const report = await restore(world, vault, findSnapshot(vault.ledger, run.id), { to });
  if (report.issueCount > 0) wrong.push(`${vault.root}: ${JSON.stringify(report.issues)}`);
  const { stage } = world.disk as SimDisk;
  for (const [path, bytes] of CARDS[of] ?? []) {
    const back = stage.peek(`${to}/${source}/${path}`);
    if (back === null || !equalBytes(back, bytes)) wrong.push(`${vault.root}: ${path} is wrong`);
  }
}

interface Sweep {
  readonly profile: DiskProfile;
  readonly cuts: readonly Cut[];
  readonly stride?: number;
  readonly disguise?: (disk: Disk) => Disk;
  /** The cut only ends the process; its lines are seen, and the power goes after the next sync began. */
  readonly isKill?: boolean;
}

async function sweep(options: Sweep): Promise<{ runs: number; wrong: string[] }> {
  const template = await twoVaults(options.profile);
  const wrong: string[] = [];
  let runs = 0;
  let isOver = false;
  for (let change = 1; !isOver; change += options.stride ?? 1) {
    for (const cut of options.cuts) {
      const disk = template.clone({ seed: cut.seed });
      disk.faults.losePowerAtChange(change);
      await syncOnce(process(disk, { number: 40, disguise: options.disguise })).catch(() => {});
      isOver = !disk.faults.isOff;
      disk.faults.clear();
      if (options.isKill === true) disk.faults.powerOn();
      else disk.powerLoss(cut.mode);
      runs += 1;
      const found = await judge(disk).catch((error: unknown) => [String(error)]);
      wrong.push(...found.map((text) => `change ${change}, ${cut.mode} ${cut.seed}: ${text}`));
      if (wrong.length > 4) return { runs, wrong };
    }
  }
  return { runs, wrong };
}

describe.each(['ext4', 'exfat', 'fat32'] as const)('on %s', (fileSystem) => {
  const profile = PROFILES[fileSystem];

  it('a sync loses nothing and goes on, whenever the power goes', async () => {
    const { runs, wrong } = await sweep({ profile, cuts: MAIN_CUTS, stride: 3 });
    expect(wrong).toEqual([]);
    expect(runs).toBeGreaterThan(50);
  });
});

it('a sync that is killed between any two steps is finished by the next one', async () => {
  const { wrong } = await sweep({
    profile: PROFILES.exfat,
    cuts: CUTS.slice(0, 1),
    isKill: true,
  });
  expect(wrong).toEqual([]);
});

it('a sweep over a disk that swallows the syncs of stored files finds what they cost', async () => {
  const { wrong } = await sweep({
    profile: PROFILES.fat32,
    cuts: MAIN_CUTS,
    disguise: (disk) =>
      withoutSync(disk, ({ path }) => path.includes('/originals') || path.includes('/incoming')),
  });
  expect(wrong).not.toEqual([]);
});
