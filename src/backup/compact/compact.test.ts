import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { BlobId } from '../../base/index.ts';
import { RECODED_BYTES_MAX } from '../../forms/index.ts';
import {
  type DiskCall,
  PROFILES,
  type SimWorld,
  shootFrame,
  simCamera,
  simWorld,
  writeNef,
} from '../../testing/index.ts';
import { createVault, Ledger, openVault, type Vault } from '../../vault/index.ts';
import { backup } from '../backup.ts';
import { checkVault } from '../check-vault.ts';
import { snapshotsOf } from '../list-paths.ts';
import { prune } from '../prune.ts';
import { repair } from '../repair.ts';
import { restore } from '../restore.ts';
import { candidatesOf } from './candidates.ts';
import { compact } from './compact.ts';
import { savingsOf } from './savings.ts';

let world: SimWorld;

const FACTS = {
  make: 'NIKON CORPORATION',
  model: 'SimCam',
  serial: '1',
  lens: 'Sim 24-120mm f/4',
  takenLocalMs: 1_795_241_525_250,
  offsetMinutes: 60,
  iso: 400,
  aperture: 4,
  shutterPerSecond: 250,
  focalLength: 50,
  exposureStops: 0,
  place: null,
  shutterCount: 77,
  drive: 'single',
} as const;

const CARD = new Map<string, Uint8Array>([
  ['DCIM/A.NEF', nef(1)],
  ['DCIM/B.NEF', nef(2)],
  ['notes.txt', text(1, 3000)],
  ['film.mov', noise(3, 60_000)],
  ['small.txt', text(9, 9)],
]);

/** Two frames of a burst: the same scene, other noise, the hand moved a little. */
function nef(noiseSeed: number): Uint8Array {
  const camera = simCamera({ seed: 5, width: 192, height: 128, bits: 14, iso: 100, cfa: 'RGGB' });
  const shift = { x: 2 * noiseSeed, y: 2 };
  const frame = shootFrame(camera, { noiseSeed, shift });
  const small = { width: 16, height: 12, pixels: new Uint8Array(16 * 12 * 3).fill(99) };
  const full = Uint8Array.from({ length: 9000 }, (_byte, at) => (at * 37 + noiseSeed) & 127);
  const previews = { full: jpegLike(full), small, smallJpeg: jpegLike(full.subarray(90)) };
  return writeNef(frame, { facts: FACTS, previews: { ...previews, developed: null }, order: 'II' });
}

/** The same file with more folders of the TIFF at its end, each with a preview (TIFF 6.0, tags 0x201 and 0x202). */
function withPreviews(file: Uint8Array, count: number): Uint8Array {
  const preview = jpegLike(new Uint8Array(9000).map((_byte, at) => (at * 31) & 127));
  const bytes = new Uint8Array(file.length + 1 + count * (30 + preview.length + 1));
  bytes.set(file);
  const view = new DataView(bytes.buffer);
  let link = 4;
  while (view.getUint32(link, true) !== 0) {
    const folder = view.getUint32(link, true);
    link = folder + 2 + 12 * view.getUint16(folder, true);
  }
  let at = file.length + (file.length & 1);
  for (let index = 0; index < count; index += 1) {
    view.setUint32(link, at, true);
    view.setUint16(at, 2, true);
    for (const [entry, tag, value] of [
      [0, 0x201, at + 30],
      [1, 0x202, preview.length],
    ] as const) {
      view.setUint16(at + 2 + 12 * entry, tag, true);
      view.setUint16(at + 4 + 12 * entry, 4, true);
      view.setUint32(at + 6 + 12 * entry, 1, true);
      view.setUint32(at + 10 + 12 * entry, value, true);
    }
    link = at + 26;
    bytes.set(preview, at + 30);
    at += 30 + preview.length + (preview.length & 1);
  }
  return bytes;
}

function jpegLike(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from([0xff, 0xd8, 0xff, 0xdb, ...bytes, 0xff, 0xd9]);
}

function text(version: number, lines: number): Uint8Array {
  const line = (index: number): string =>
    index % 97 === version ? `edited ${index * version * 7919}` : `line ${(index * 7919) % 10_007}`;
  return new TextEncoder().encode(Array.from({ length: lines }, (_, at) => line(at)).join('\n'));
}

function noise(seed: number, length: number): Uint8Array {
  const blocks = Math.ceil(length / 32);
  const bytes = Array.from({ length: blocks }, (_, at) => [
    ...createHash('sha256').update(`${seed} ${at}`).digest(),
  ]);
  return Uint8Array.from(bytes.flat()).subarray(0, length);
}

const open = (path = '/drive/one'): Promise<Vault> => openVault(world, path);
const id = (bytes: Uint8Array | undefined): BlobId =>
  createHash('sha256')
    .update(bytes ?? '')
    .digest('hex') as BlobId;
const originals = (): string[] => world.disk.stage.paths('/drive/one/originals');
const named = (part: string): string => originals().find((path) => path.includes(part)) ?? '';

beforeEach(async () => {
  world = simWorld(3);
  for (const [path, bytes] of CARD) world.disk.stage.plant(`/card/${path}`, bytes);
  world.disk.stage.mount('/drive', { profile: PROFILES.ext4 });
  const vault = await createVault(world, '/drive/one');
  await backup(world, vault, ['/card'], { mirrors: [await createVault(world, '/drive/two')] });
});

const NEVER = { siblingOf: () => null };
const BURST = {
  siblingOf: (blob: BlobId) =>
    blob === id(CARD.get('DCIM/B.NEF')) ? id(CARD.get('DCIM/A.NEF')) : null,
};

async function mustComeBack(contents: ReadonlyMap<string, Uint8Array> = CARD): Promise<void> {
  const vault = await open();
  const check = await checkVault(world, vault, { readData: true });
  expect(check).toMatchObject({ damaged: 0, issueCount: 0, leftOver: 0 });
  const snapshot = snapshotsOf(vault).at(-1);
  if (snapshot === undefined) throw new Error('no snapshot');
  const to = `/out/${world.random.hex(8)}`;
  const report = await restore(world, vault, snapshot, { to });
  expect(report.issueCount).toBe(0);
  for (const [path, bytes] of contents) {
    expect(id(world.disk.stage.peek(`${to}/card/${path}`) ?? undefined), path).toBe(id(bytes));
  }
}

/** What the system's own tool says of each list: every line names a file with this digest. */
function listsAreRight(): void {
  const lists = originals().filter((path) => path.includes('SHA256SUMS'));
  expect(lists.length).toBeGreaterThan(0);
  const listed = new Set<string>();
  for (const list of lists) {
    const folder = list.slice(0, list.lastIndexOf('/'));
    const lines = new TextDecoder().decode(world.disk.stage.peek(list) ?? undefined).split('\n');
    for (const line of lines.filter((one) => one !== '')) {
      const path = `${folder}/${line.slice(66)}`;
      expect(id(world.disk.stage.peek(path) ?? undefined), path).toBe(line.slice(0, 64));
      listed.add(path);
    }
  }
  expect([...listed].sort()).toEqual(originals().filter((path) => !path.includes('SHA256SUMS')));
}

describe('compact()', () => {
  it('stores RAW, text and previews in fewer bytes, and gives every byte back', async () => {
    const report = await compact(world, await open(), NEVER);
    expect(report).toMatchObject({ blobs: 3, withoutGain: 1, left: 0, stoppedBy: null });
    expect(report.byKind['raw-single'].blobs).toBe(2);
    expect(report.byKind.zstd.blobs).toBe(1);
    expect(report.bytesAfter).toBeLessThan(report.bytesBefore);
    expect(named('A~')).toMatch(/\.NEF\.fvc$|\.preview\.jpg$/);
    expect(originals().some((path) => path.endsWith('.preview.jpg'))).toBe(true);
    expect(originals().some((path) => path.endsWith('.NEF'))).toBe(false);
    expect(originals().some((path) => path.endsWith('.mov'))).toBe(true);
    listsAreRight();
    await mustComeBack();
    expect(savingsOf((await open()).ledger).byKind).toEqual(report.byKind);
  });

  it('keeps previews as they are, to be opened by anything', async () => {
    await compact(world, await open(), NEVER);
    const preview = originals().find(
      (path) => path.includes('A~') && path.endsWith('.preview.jpg'),
    );
    const bytes = world.disk.stage.peek(preview ?? '');
    expect([...(bytes ?? []).slice(0, 2)]).toEqual([0xff, 0xd8]);
    world.disk.stage.erase(preview ?? '');
    const { issues } = await checkVault(world, await open());
    expect(issues.map(({ path, message }) => [`/drive/one/${path}`, message])).toEqual([
      [preview, expect.stringMatching(/not there any more.*RAW file .* cannot be given back/)],
    ]);
  });

  it.each([
    ['beside it', 1, true],
    ['inside where they are too many', 6, false],
  ])('recodes a RAW file with all its previews: %s', async (_, count, isBeside) => {
    const file = withPreviews(nef(4), count);
    world.disk.stage.plant('/card/DCIM/C.NEF', file);
    await backup(world, await open(), ['/card']);
    await compact(world, await open(), NEVER);
    const [place] = (await open()).ledger.blobs.get(id(file))?.places ?? [];
    expect(place?.form).toBe('raw-recoded');
    expect(place?.parts !== undefined).toBe(isBeside);
    await mustComeBack(new Map([...CARD, ['DCIM/C.NEF', file]]));
  });

  it('has nothing left to do the second time, and tries nothing in vain again', async () => {
    await compact(world, await open(), NEVER);
    const again = await compact(world, await open(), NEVER);
    expect(again).toMatchObject({ blobs: 0, withoutGain: 0, left: 0 });
  });

  it('stores a frame of a burst beside its sibling, which then needs nobody and stays', async () => {
    const report = await compact(world, await open(), BURST);
    expect(report.byKind['raw-burst'].blobs).toBe(1);
    await mustComeBack();
    const { ledger } = await open();
    expect(ledger.blobs.get(id(CARD.get('DCIM/B.NEF')))?.places[0]?.needs).toEqual([
      id(CARD.get('DCIM/A.NEF')),
    ]);
    expect(ledger.blobs.get(id(CARD.get('DCIM/A.NEF')))?.places[0]?.needs).toBeUndefined();
    // Its own snapshot is gone, but another frame needs it.
    world.disk.stage.erase('/card/DCIM/A.NEF');
    await backup(world, await open(), ['/card']);
    await prune(world, await open(), { captures: ['**/A.NEF'] });
    await mustComeBack(new Map([...CARD].filter(([path]) => path !== 'DCIM/A.NEF')));
  });

  it('leaves alone what it may not touch, and lets nobody depend where that is not allowed', async () => {
    const select = id(CARD.get('DCIM/A.NEF'));
    await compact(world, await open(), { mayCompact: (blob) => blob !== select });
    expect(originals().filter((path) => path.endsWith('.NEF'))).toHaveLength(1);
    const report = await compact(world, await open(), { ...BURST, mustStandAlone: () => true });
    expect(report.byKind['raw-single'].blobs).toBe(1);
    await mustComeBack();
  });

  it('stores a later version of a file as a change of an earlier one', async () => {
    world.disk.stage.plant('/card/notes.txt', text(2, 3000));
    await backup(world, await open(), ['/card']);
    world.disk.stage.plant('/card/notes.txt', text(3, 3000));
    await backup(world, await open(), ['/card']);
    const report = await compact(world, await open(), NEVER);
    expect(report.byKind.delta.blobs).toBe(2);
    expect(report.byKind.delta.bytesAfter).toBeLessThan(report.byKind.zstd.bytesAfter);
    await mustComeBack(new Map([...CARD, ['notes.txt', text(3, 3000)]]));
  });

  it('does nothing on battery unless told', async () => {
    world.power.state = { isOnBattery: true, charge: 0.4 };
    const report = await compact(world, await open(), NEVER);
    expect(report).toMatchObject({ blobs: 0, left: 4, stoppedBy: 'battery' });
    expect((await compact(world, await open(), { ...NEVER, onBattery: true })).blobs).toBe(3);
  });

  it('begins nothing when its time is up or it is told to stop, and goes on the next time', async () => {
    const late = await compact(world, await open(), { ...NEVER, maxMinutes: 0 });
    expect(late).toMatchObject({ blobs: 0, left: 4, stoppedBy: 'time' });
    const stopped = await compact(world, await open(), { ...NEVER, signal: AbortSignal.abort() });
    expect(stopped).toMatchObject({ blobs: 0, left: 4, stoppedBy: 'signal' });
    await mustComeBack();
    expect((await compact(world, await open(), NEVER)).blobs).toBe(3);
  });

  it('leaves alone what is too large to be held in memory', () => {
    const ledger = new Ledger();
    for (const [digits, size] of [
      ['a', RECODED_BYTES_MAX],
      ['b', RECODED_BYTES_MAX + 1],
    ] as const) {
      ledger.apply({
        type: 'blob',
        blob: digits.repeat(64) as BlobId,
        size,
        form: 'verbatim',
        at: `originals/2026/2026-11-22/pano~${digits}.tif`,
        head: digits.repeat(16),
        verified: 'direct',
        time: '2026-11-22T09:00:00.000Z',
      });
    }
    expect(candidatesOf(ledger, {}).map(({ sizeBytes }) => sizeBytes)).toEqual([RECODED_BYTES_MAX]);
  });

  it('never replaces what is damaged, and says so', async () => {
    world.disk.stage.flipBit(named('A~'), 70);
    const report = await compact(world, await open(), NEVER);
    expect(report.issues).toMatchObject([{ code: 'BLOB_DAMAGED' }]);
    expect(originals().filter((path) => path.endsWith('.NEF'))).toHaveLength(1);
  });

  it.each([
    ['for a while: makes room by what fits and goes on', 1, { blobs: 3, left: 0, stoppedBy: null }],
    ['for good: loses nothing and says so', 99, { blobs: 0, left: 3, stoppedBy: 'full' }],
  ])('when the drive is full %s', async (_, times, expected) => {
    const when = ({ kind, path, sizeBytes = 0 }: DiskCall): boolean =>
      kind === 'write' && path.includes('/incoming/') && sizeBytes > 1000;
    world.disk.faults.add({ when, error: 'ENOSPC', times });
    expect(await compact(world, await open(), NEVER)).toMatchObject(expected);
    world.disk.faults.clear();
    await mustComeBack();
  });
});

describe('what is damaged after it was compacted', () => {
  it.each(['.fvc', '.preview.jpg', '.zst'])(
    'a %s file is found, named and mended',
    async (ending) => {
      await compact(world, await open(), BURST);
      const path = originals().find((one) => one.endsWith(ending)) ?? '';
      world.disk.stage.flipBit(path, 40);
      const found = await checkVault(world, await open(), { readData: true });
      expect(found.damagedPaths.map((at) => `/drive/one/${at}`)).toEqual([path]);
      const report = await repair(world, await open(), found, { from: await open('/drive/two') });
      expect(report.repaired).toHaveLength(1);
      listsAreRight();
      await mustComeBack();
    },
  );

  it('names how many are lost with it where others were stored beside it', async () => {
    await compact(world, await open(), BURST);
    const key = originals().find((one) => /A~.*\.fvc$/.test(one)) ?? '';
    world.disk.stage.erase(key);
    const found = await checkVault(world, await open());
    const lost = found.issues.filter(({ message }) =>
      message.includes('one other original is lost'),
    );
    expect(lost.map(({ path }) => `/drive/one/${path}`)).toEqual([key]);
    // The other frame of the burst is not damaged itself.
    expect(found.damaged).toBe(1);
  });

  it('is mended from another vault that has only the compacted form', async () => {
    await compact(world, await open('/drive/two'), BURST);
    for (const path of originals().filter((one) => one.endsWith('.NEF'))) {
      world.disk.stage.flipBit(path, 4000);
    }
    const found = await checkVault(world, await open(), { readData: true });
    expect(found.damaged).toBe(2);
    const report = await repair(world, await open(), found, { from: await open('/drive/two') });
    expect(report.repaired).toHaveLength(2);
    await mustComeBack();
  });
});
