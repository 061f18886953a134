import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/base/index.ts';
import { openVault, tetherWith } from '../../src/index.ts';
import { MemoryCamera } from '../../src/testing/index.ts';
import { FieldKit, told } from './field-kit.ts';
import { begin, frame, given, large, passTime, path, SOURCE, textOf } from './tether-kit.ts';

describe('a photographer who shoots tethered', () => {
  it('has every RAW and JPEG on two vaults, and comes home with exactly these bytes', async () => {
    const kit = await FieldKit.open();
    const mirror = await kit.plugIn('/mirror');
    const camera = new MemoryCamera();
    const session = await begin(kit.world, camera, { mirrors: [mirror] });
    const shots = [frame(1), frame(1, 'JPG'), frame(2), frame(2, 'JPG')];
    camera.shoot(...shots);
    await session.until(4);
    const report = await session.end();
    expect(report).toMatchObject({ taken: 4, left: 0, isInterrupted: true, failure: null });
    expect(report.mirrors).toMatchObject([{ state: 'complete', newBlobs: 4 }]);
    expect(session.issues).toEqual([]);
    const wanted = Object.fromEntries(shots.map((file) => [path(file), textOf(file)]));
    expect(await given(kit)).toEqual(wanted);
    expect(await given(kit, mirror)).toEqual(wanted);
    expect((await kit.check()).issues).toEqual([]);
    // Nothing is ever removed from a camera.
    expect(camera.files).toHaveLength(4);
  });

  it('finds what lay on the card too, the newest first, unless told to leave it', async () => {
    const kit = await FieldKit.open();
    const camera = new MemoryCamera();
    camera.put(frame(1), frame(2), frame(3));
    const session = await begin(kit.world, camera);
    await session.until(3);
    expect(await session.end()).toMatchObject({ taken: 3, fromCard: 3 });
    expect(session.safe).toEqual([path(frame(3)), path(frame(2)), path(frame(1))]);
    const other = new MemoryCamera();
    other.put(frame(7));
    const onlyNew = await begin(kit.world, other, { takesExisting: false });
    await onlyNew.when(() => other.log.includes('list'));
    other.shoot(frame(8));
    await onlyNew.until(1);
    expect(await onlyNew.end()).toMatchObject({ taken: 1, fromCard: 0 });
    expect(onlyNew.safe).toEqual([path(frame(8))]);
  });

  it('gets frames first that only the memory of the camera has, and frees it when they are safe', async () => {
    const kit = await FieldKit.open();
    const camera = new MemoryCamera();
    camera.put(frame(1), frame(2));
    const session = await begin(kit.world, camera);
    camera.shoot(frame(3), frame(4, 'CR3', { isOnlyInMemory: true }));
    await session.until(4);
    await session.end();
    expect(session.safe[0]).toBe(path(frame(4)));
    expect(camera.log.filter((line) => line.startsWith('acknowledge IMG_0004'))).toHaveLength(1);
    expect(camera.files.map(({ name }) => name)).not.toContain('IMG_0004.CR3');
  });

  it('loses nothing of a burst of a hundred that comes faster than the link', async () => {
    const kit = await FieldKit.open();
    const camera = new MemoryCamera();
    const session = await begin(kit.world, camera);
    for (let number = 1; number <= 100; number += 1) {
      camera.shoot(frame(number), frame(number, 'JPG'));
    }
    await session.until(200);
    expect(await session.end()).toMatchObject({ taken: 200, left: 0, issueCount: 0 });
    expect(Object.keys(await given(kit))).toHaveLength(200);
  });
});

describe('when the link breaks', () => {
  it('in the middle of a frame, the frame is continued where it was cut', async () => {
    const kit = await FieldKit.open();
    const camera = new MemoryCamera();
    const session = await begin(kit.world, camera);
    camera.faults.cutAfterBytes = 2 * LIMITS.captureReadBytes;
    camera.faults.refusedConnects = 3;
    const shot = large(1);
    camera.shoot(shot);
    await session.until(1);
    const report = await session.end();
    expect(report).toMatchObject({ resumed: 1, reconnects: 1, taken: 1 });
    expect(report.bytesRead).toBe(shot.bytes.length - 2 * LIMITS.captureReadBytes);
    expect(told(session)).toEqual([`CAMERA_GONE ${SOURCE}`]);
    expect(await given(kit)).toEqual({ [path(shot)]: textOf(shot) });
  });

  it('and the camera cannot read from the middle, the frame is begun again', async () => {
    const kit = await FieldKit.open();
    const camera = new MemoryCamera({ hasPartialRead: false });
    const session = await begin(kit.world, camera);
    camera.faults.cutAfterBytes = LIMITS.captureReadBytes;
    const shot = large(1);
    camera.shoot(shot);
    await session.until(1);
    const report = await session.end();
    expect(report).toMatchObject({ resumed: 0, reconnects: 1, taken: 1 });
    expect(report.bytesRead).toBe(shot.bytes.length);
    expect(await given(kit)).toEqual({ [path(shot)]: textOf(shot) });
  });

  it('frames that were shot meanwhile are found on the card', async () => {
    const kit = await FieldKit.open();
    const camera = new MemoryCamera();
    const session = await begin(kit.world, camera);
    camera.shoot(frame(1));
    await session.until(1);
    camera.faults.refusedConnects = 5;
    camera.drop();
    camera.shoot(frame(2), frame(2, 'JPG'));
    await session.until(3);
    expect(await session.end()).toMatchObject({ taken: 3, reconnects: 1, left: 0, known: 0 });
  });

  it('no unfinished file has a name of its own, and none is left behind', async () => {
    const kit = await FieldKit.open();
    const camera = new MemoryCamera();
    const session = await begin(kit.world, camera);
    camera.faults.cutAfterBytes = LIMITS.captureReadBytes;
    camera.faults.refusedConnects = 1_000_000;
    camera.shoot(large(1));
    await session.when(() => session.issues.length > 0);
    const report = await session.end();
    expect(report.taken).toBe(0);
    const { stage } = kit.disk;
    expect(stage.paths('/drive/vault/originals')).toEqual([]);
    expect(stage.paths('/drive/vault/incoming')).toEqual([]);
  });

  it('and the camera stays away, the session ends with an error and what is safe stays', async () => {
    const kit = await FieldKit.open();
    const camera = new MemoryCamera();
    const session = await begin(kit.world, camera, { patienceMs: 60_000 });
    camera.shoot(frame(1));
    await session.until(1);
    camera.faults.refusedConnects = 1_000_000;
    camera.drop();
    const report = await session.ended();
    expect(report.failure?.code).toBe('CAMERA_GONE');
    expect(report.isInterrupted).toBe(false);
    expect(Object.keys(await given(kit))).toEqual([path(frame(1))]);
  });

  it('and with it goes what only the memory had, that is said by name', async () => {
    const kit = await FieldKit.open();
    const camera = new MemoryCamera();
    const session = await begin(kit.world, camera);
    camera.onRead = () => camera.switchOff();
    camera.put(frame(1, 'CR3', { isOnlyInMemory: true }));
    await session.when(() => told(session).length > 1);
    await session.end();
    expect(told(session)).toContain(`FRAME_NOT_TAKEN ${path(frame(1))}`);
  });
});

it('a vault holds a frame once, tethered and then read from the card', async () => {
  const kit = await FieldKit.open();
  const camera = new MemoryCamera();
  const session = await begin(kit.world, camera);
  camera.shoot(frame(1), frame(1, 'JPG'));
  await session.until(2);
  await session.end();
  const card = kit.insert('/media/EOS_DIGITAL', {
    'DCIM/100SIMUL/IMG_0001.CR3': textOf(frame(1)),
    'DCIM/100SIMUL/IMG_0001.JPG': textOf(frame(1, 'JPG')),
  });
  expect(await kit.protect(card)).toMatchObject({ files: 2, newBlobs: 0, bytesStored: 0 });
  const vault = await openVault(kit.world, kit.vault);
  expect(vault.ledger.blobs.size).toBe(2);
});

it("a maker's SDK is tied in by a function, and removes nothing either", async () => {
  const kit = await FieldKit.open();
  const camera = new MemoryCamera({ canCapture: true });
  const vault = await openVault(kit.world, kit.vault);
  let capture: () => Promise<void> = async () => {};
  const session = tetherWith(kit.world, vault, () => camera.open(), {
    framesMax: 2,
    learn: false,
    onCamera: (found) => {
      capture = found.capture;
    },
    onFrame: ({ path: safe }) => {
      expect(safe.startsWith(SOURCE)).toBe(true);
      if (safe.includes('IMG_0001')) void capture();
    },
  });
  camera.shoot(frame(1));
  const report = await passTime(kit.world.clock, session);
  expect(report).toMatchObject({ taken: 2, learned: null, isInterrupted: false });
  expect(camera.files).toHaveLength(2);
});

it('a vault is no mirror of itself', async () => {
  const kit = await FieldKit.open();
  const vault = await openVault(kit.world, kit.vault);
  const again = await openVault(kit.world, kit.vault);
  const camera = new MemoryCamera();
  const session = tetherWith(kit.world, vault, () => camera.open(), { mirrors: [again] });
  await expect(session).rejects.toMatchObject({ code: 'BAD_USAGE' });
});
