import { beforeAll, describe, expect, it, vi } from 'vitest';
import { restore } from '../../src/backup/index.ts';
import { equalBytes } from '../../src/base/index.ts';
import type { World } from '../../src/platform/index.ts';
import { PROFILES, type SimDisk } from '../../src/testing/index.ts';
import { check, findSnapshot, openVault, type Vault } from '../../src/vault/index.ts';
import { digestOf, noise, type Scene, SceneWriter, startProcess } from './scene.ts';

// Thousands of runs, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const ROOT = '/drive/vault';
let scene: Scene;

/** Two snapshots of six tiny files, one of them a sidecar that changed between. */
beforeAll(async () => {
  const writer = await SceneWriter.begin({ profile: PROFILES.ext4, isCardEmpty: true });
  writer.put('DCIM/100EOS/IMG_0001.JPG', noise(1, 70));
  writer.put('DCIM/100EOS/IMG_0001.xmp', noise(2, 40));
  writer.put('DCIM/100EOS/IMG_0002.JPG', noise(3, 60), 2);
  writer.put('J and * \u{1f4f7}.txt', noise(4, 20));
  writer.put('copy.txt', noise(4, 20));
  await writer.protect();
  writer.put('DCIM/100EOS/IMG_0001.xmp', noise(5, 45), 0);
  writer.put('DCIM/100EOS/IMG_0003.JPG', noise(6, 50), 0);
  writer.take('copy.txt');
  await writer.protect();
  scene = writer.end();
});

function filesOfVault(): { readonly at: string; readonly sizeBytes: number }[] {
  const { stage } = scene.disk;
  return stage.paths(ROOT).map((path) => ({
    at: path.slice(ROOT.length + 1),
    sizeBytes: stage.peek(path)?.length ?? 0,
  }));
}

const isPage = (at: string): boolean => at === 'recover.html' || at === 'READ ME FIRST.txt';

/** A world of its own in which one bit is turned. */
function flipped(at: string, bitIndex: number): { readonly world: World; readonly disk: SimDisk } {
  const disk = scene.disk.clone();
  disk.stage.flipBit(`${ROOT}/${at}`, bitIndex);
  return { world: startProcess(disk, { number: 900, nowMs: scene.startMs }), disk };
}

/** Whether `check` says that this file is damaged, and calls nothing else damaged. */
async function isNamed(world: World, at: string): Promise<boolean> {
  const report = await check(world, await openVault(world, ROOT), { readData: true });
  return report.damaged === 1 && report.issues.every((issue) => issue.path === at);
}

/** Paths of the latest snapshot that a restore does not give back exactly; they must be those it names. */
async function lostFiles(world: World, disk: SimDisk): Promise<string[]> {
  const vault = await openVault(world, ROOT);
  const report = await restore(world, vault, findSnapshot(vault.ledger, 'latest'), { to: '/out' });
  const there = new Set(disk.stage.paths('/out'));
  const lost = [...scene.card].filter(([path, bytes]) => {
    const found = there.has(`/out/${path}`) ? disk.stage.peek(`/out/${path}`) : null;
    return found === null || !equalBytes(found, bytes);
  });
  const paths = lost.map(([path]) => path).sort();
  expect(report.issues.map((issue) => issue.path).sort()).toEqual(paths);
  return paths;
}

/** Files of the latest snapshot that have the content of this stored file. */
function filesWith(at: string): string[] {
  const digits = /~([0-9a-f]{16})/.exec(at)?.[1];
  if (digits === undefined) return [];
  return [...scene.card]
    .filter(([, bytes]) => digestOf(bytes).startsWith(digits))
    .map(([path]) => path)
    .sort();
}

/** Flips one bit in every so many bytes, another bit of each byte in turn; returns what went wrong. */
async function flipThrough(at: string, sizeBytes: number, stride: number): Promise<string[]> {
  const wrong: string[] = [];
  for (let byte = 0; byte < sizeBytes; byte += stride) {
    const bit = byte * 8 + (Math.floor(byte / stride) % 8);
    const { world, disk } = flipped(at, bit);
    if (!(await isNamed(world, at))) wrong.push(`${at} bit ${bit}: not named`);
    const lost = await lostFiles(world, disk);
    if (lost.join() !== filesWith(at).join()) wrong.push(`${at} bit ${bit}: lost ${lost}`);
  }
  return wrong;
}

/** Whether opening the vault with this bit turned tells all that it told before, and says that something is wrong. */
async function judgeOpened(known: Vault, at: string, bit: number): Promise<string[]> {
  const found = await openVault(flipped(at, bit).world, ROOT);
  const isSame =
    found.identity.id === known.identity.id &&
    JSON.stringify(tellAll(found)) === JSON.stringify(tellAll(known));
  const isSaid = !found.identity.isWhole || found.journals.some((one) => one.damage.length > 0);
  if (isSame && isSaid) return [];
  return [`${at} bit ${bit}: ${isSame ? 'not said' : 'lost'}`];
}

describe('a vault in which one bit is flipped', () => {
  it('is clean without one', async () => {
    const disk = scene.disk.clone();
    const world = startProcess(disk, { number: 900, nowMs: scene.startMs });
    const report = await check(world, await openVault(world, ROOT), { readData: true });
    expect(report).toMatchObject({ damaged: 0, issueCount: 0, leftOver: 0, isWhole: true });
    expect(await lostFiles(world, disk)).toEqual([]);
  });

  it('names the file, and loses it at most: every byte of originals, sums and identity', async () => {
    const files = filesOfVault().filter(({ at }) => !isPage(at) && !at.startsWith('journal/'));
    expect(files.length).toBeGreaterThan(9);
    const wrong: string[] = [];
    for (const { at, sizeBytes } of files) wrong.push(...(await flipThrough(at, sizeBytes, 1)));
    expect(wrong).toEqual([]);
  });

  it('names the page or the journal file, and loses nothing', async () => {
    const wrong: string[] = [];
    for (const { at, sizeBytes } of filesOfVault()) {
      if (isPage(at)) wrong.push(...(await flipThrough(at, sizeBytes, 509)));
      else if (at.startsWith('journal/')) wrong.push(...(await flipThrough(at, sizeBytes, 7)));
    }
    expect(wrong).toEqual([]);
  });

  it('knows all that it knew: every bit of the newest journal file and of the identity', async () => {
    const newest = filesOfVault().findLast(({ at }) => at.startsWith('journal/'));
    const identity = filesOfVault().find(({ at }) => at === 'fieldvault.json');
    const known = await openVault({ disk: scene.disk }, ROOT);
    const wrong: string[] = [];
    for (const { at, sizeBytes } of [newest, identity].filter((file) => file !== undefined)) {
      for (let bit = 0; bit < sizeBytes * 8; bit += 1) {
        wrong.push(...(await judgeOpened(known, at, bit)));
      }
    }
    expect(wrong).toEqual([]);
  });

  it('knows all that it knew: every byte of the older journal files', async () => {
    const journals = filesOfVault().filter(({ at }) => at.startsWith('journal/'));
    const known = await openVault({ disk: scene.disk }, ROOT);
    const wrong: string[] = [];
    for (const { at, sizeBytes } of journals.slice(0, -1)) {
      for (let byte = 0; byte < sizeBytes; byte += 1) {
        wrong.push(...(await judgeOpened(known, at, byte * 8 + (byte % 8))));
      }
    }
    expect(wrong).toEqual([]);
  });
});

/** Everything a vault knows, as plain values. */
function tellAll({ ledger }: Vault): unknown {
  const runs = [...ledger.runs.values()].map((run) => ({
    ...run,
    changes: [...run.changes].map(([source, changes]) => [source, [...changes]]),
  }));
  return [[...ledger.blobs], runs, [...ledger.files], [...ledger.closed]];
}
