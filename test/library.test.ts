import { describe, expect, it } from 'vitest';
import {
  absolutePath,
  backup,
  createVault,
  type FrameFacts,
  findSnapshot,
  listPaths,
  listSnapshots,
  makeScratchFolder,
  matches,
  openVault,
  openWorld,
  Progress,
  parseQuery,
  QueryError,
  status,
  watchProgress,
} from '../src/index.ts';
import { simWorld, tinyShoot, writeShoot } from '../src/testing/index.ts';

describe('the library, as a program would use it', () => {
  it('protects a card and says what is in the vault', async () => {
    const world = simWorld(7);
    const shoot = await writeShoot(world.disk, '/card', tinyShoot(7));
    world.disk.stage.makeFolders('/drive');
    const vault = await createVault(world, '/drive/vault', { label: 'Field A' });
    const progress = new Progress();
    const report = await backup(world, vault, ['/card'], { progress });
    expect(report).toMatchObject({ files: shoot.files.length, bytes: shoot.bytes, issueCount: 0 });
    expect(progress.bytesDone).toBe(shoot.bytes);

    const again = await openVault(world, '/drive/vault');
    const [snapshot] = listSnapshots(again);
    expect(snapshot).toEqual(findSnapshot(again, 'latest'));
    const files = [...listPaths(again, findSnapshot(again, 'latest'))].filter(
      (entry) => entry.kind === 'file',
    );
    expect(files.map((entry) => entry.path).sort()).toEqual(
      shoot.files.map((file) => `card/${file.path}`).sort(),
    );
    expect(await status(world, again)).toMatchObject({
      label: 'Field A',
      snapshots: 1,
      blobs: report.newBlobs,
      damaged: 0,
      unfinished: 0,
      sources: [{ source: 'card', files: shoot.files.length, isUnfinished: false }],
    });
  });

  it('shows progress four times a second until it is told to stop', () => {
    const world = simWorld(1);
    let ticks = 0;
    const stop = watchProgress(world, new Progress(), () => {
      ticks += 1;
    });
    world.clock.advance(1000);
    stop();
    world.clock.advance(1000);
    expect(ticks).toBe(4);
  });

  it('answers the filter language in memory', () => {
    const now = { localMs: Date.UTC(2026, 10, 22) };
    const frame: FrameFacts = {
      id: 'frame',
      paths: ['CARD/DCIM/100NCZ_8/DSC_0001.NEF'],
      camera: 'NIKON Z 9',
      lens: null,
      serial: null,
      iso: 800,
      aperture: null,
      shutterSeconds: null,
      focal: null,
      takenMs: Date.UTC(2026, 10, 21),
      rating: 4,
      label: null,
      pick: null,
      keywords: ['lion'],
      collections: [],
      tier: null,
      burst: null,
      kinds: ['raw'],
      sizeBytes: 25_000_000,
      latitude: null,
      longitude: null,
      hasIssue: false,
      isProtected: false,
      isBest: false,
      sharpness: null,
      tags: {},
    };
    expect(matches(parseQuery('rating>=4 lion date:yesterday', now), frame)).toBe(true);
    expect(matches(parseQuery('rating>=5 or has:gps', now), frame)).toBe(false);
    expect(() => parseQuery('ratng>3', now)).toThrow(QueryError);
  });

  it('makes scratch folders of its own, on the real disk', async () => {
    const world = openWorld();
    const folder = await makeScratchFolder('library-test');
    try {
      expect(absolutePath(folder)).toBe(folder);
      expect(await world.disk.listFolder(folder)).toEqual([]);
    } finally {
      await world.disk.removeFolder(folder);
      await world.workers.close();
    }
  });
});
