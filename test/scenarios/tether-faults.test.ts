import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/base/index.ts';
import { MemoryCamera } from '../../src/testing/index.ts';
import { FieldKit, told } from './field-kit.ts';
import { begin, frame, given, large, path, SOURCE, textOf } from './tether-kit.ts';

describe('when a camera says less or more than there is', () => {
  it('lost events are found by comparing, and told', async () => {
    const kit = await FieldKit.open();
    const camera = new MemoryCamera();
    const session = await begin(kit.world, camera);
    await session.when(() => camera.log.includes('list'));
    camera.faults.lostEvents = 2;
    camera.shoot(frame(1), frame(1, 'JPG'), frame(2));
    await session.until(3);
    const report = await session.end();
    expect(report).toMatchObject({ taken: 3, foundLate: 2, troubleCount: 0 });
    expect(told(session)).toEqual([
      `FRAME_FOUND_LATE ${path(frame(1))}`,
      `FRAME_FOUND_LATE ${path(frame(1, 'JPG'))}`,
    ]);
  });

  it('events that come twice make no second copy', async () => {
    const kit = await FieldKit.open();
    const camera = new MemoryCamera();
    const session = await begin(kit.world, camera);
    await session.when(() => camera.log.includes('list'));
    camera.faults.doubledEvents = 2;
    camera.shoot(frame(1), frame(2));
    await session.until(2);
    expect(await session.end()).toMatchObject({ taken: 2, duplicateEvents: 2 });
    expect(camera.log.filter((line) => line.startsWith('read'))).toHaveLength(2);
  });

  it('a file that grows while it is read is read again, and is whole', async () => {
    const kit = await FieldKit.open();
    const camera = new MemoryCamera();
    const session = await begin(kit.world, camera);
    await session.when(() => camera.log.includes('list'));
    const half = frame(1, 'CR3', { saidBytes: 5000 });
    const whole = frame(1);
    camera.onRead = () => camera.replace(half.name, whole);
    camera.shoot(half);
    await session.until(1);
    expect((await session.end()).troubleCount).toBe(0);
    expect(await given(kit)).toEqual({ [path(half)]: textOf(frame(1)) });
  });

  it('a size that stays wrong is told, and the bytes are kept as they are', async () => {
    const kit = await FieldKit.open();
    const camera = new MemoryCamera();
    const session = await begin(kit.world, camera);
    const shot = frame(1, 'CR3', { saidBytes: 5000 });
    camera.shoot(shot);
    await session.until(1);
    await session.end();
    expect(told(session)).toEqual([`FRAME_SIZE_WRONG ${path(shot)}`]);
    expect(await given(kit)).toEqual({ [path(shot)]: textOf(shot) });
    expect(camera.log.filter((line) => line.startsWith('read'))).toHaveLength(
      LIMITS.captureSizeTriesMax,
    );
  });

  it('a file that stays empty is not kept, and told', async () => {
    const kit = await FieldKit.open();
    const camera = new MemoryCamera();
    const session = await begin(kit.world, camera);
    camera.shoot(frame(1), frame(1, 'JPG', { bytes: new Uint8Array(0) }));
    await session.when(() => session.issues.length > 0);
    await session.end();
    expect(session.issues).toMatchObject([
      { code: 'FRAME_NOT_TAKEN', path: path(frame(1, 'JPG')) },
    ]);
    expect(session.safe).toEqual([path(frame(1))]);
  });

  it('a busy camera is asked again until it is not', async () => {
    const kit = await FieldKit.open();
    const camera = new MemoryCamera();
    const session = await begin(kit.world, camera);
    camera.faults.busyReads = 3;
    camera.shoot(frame(1));
    await session.until(1);
    await session.end();
    expect(told(session)).toEqual([`CAMERA_BUSY ${SOURCE}`]);
  });

  it('a file it refuses for good is named, and the others are taken', async () => {
    const kit = await FieldKit.open();
    const camera = new MemoryCamera();
    const session = await begin(kit.world, camera);
    camera.faults.refusedReads = LIMITS.captureTriesMax;
    camera.shoot(frame(1));
    await session.when(() => session.issues.length > 0);
    camera.shoot(frame(2));
    await session.until(1);
    const report = await session.end();
    expect(report.troubleCount).toBe(1);
    expect(told(session)).toEqual([`FRAME_NOT_TAKEN ${path(frame(1))}`]);
    expect(session.safe).toEqual([path(frame(2))]);
  });

  it('that its card is full is passed on', async () => {
    const kit = await FieldKit.open();
    const camera = new MemoryCamera();
    const session = await begin(kit.world, camera);
    camera.tellStoreFull();
    await session.when(() => session.issues.length > 0);
    await session.end();
    expect(session.issues).toMatchObject([{ code: 'CAMERA_FULL', path: SOURCE }]);
  });

  it('the same name for another shot gets a number, RAW and JPEG the same one', async () => {
    const kit = await FieldKit.open();
    const camera = new MemoryCamera();
    const session = await begin(kit.world, camera);
    const memory = { isOnlyInMemory: true, name: 'capt.CR3' };
    camera.shoot(
      frame(1, 'CR3', memory),
      frame(1, 'JPG', { ...memory, name: 'capt.JPG' }),
      frame(9, 'CR3', memory),
      frame(9, 'JPG', { ...memory, name: 'capt.JPG' }),
    );
    await session.until(4);
    await session.end();
    const folder = `${SOURCE}/DCIM/100SIMUL`;
    expect(await given(kit)).toEqual({
      [`${folder}/capt.CR3`]: textOf(frame(1)),
      [`${folder}/capt.JPG`]: textOf(frame(1, 'JPG')),
      [`${folder}/capt (2).CR3`]: textOf(frame(9)),
      [`${folder}/capt (2).JPG`]: textOf(frame(9, 'JPG')),
    });
  });

  it('another body that answers is not taken for the first', async () => {
    const kit = await FieldKit.open();
    const camera = new MemoryCamera();
    const session = await begin(kit.world, camera);
    camera.shoot(frame(1));
    await session.until(1);
    camera.faults.otherBodies = 2;
    camera.drop();
    camera.put(frame(2));
    await session.until(2);
    const messages = session.issues.map(({ message }) => message);
    expect(messages.filter((one) => one.includes('Another camera'))).toHaveLength(1);
    expect(await session.end()).toMatchObject({ taken: 2, reconnects: 1 });
  });

  it('a frame in memory is read though one of the same name could not be acknowledged', async () => {
    const kit = await FieldKit.open();
    const camera = new MemoryCamera();
    camera.faults.lostAcknowledges = 1;
    const memory = { isOnlyInMemory: true, name: 'capt0000.CR3', capturedLocal: null };
    const first = frame(1, 'CR3', memory);
    const session = await begin(kit.world, camera);
    camera.shoot(first);
    await session.until(1);
    camera.drop();
    camera.release(first);
    const bytes = first.bytes.map((byte) => byte ^ 1);
    camera.put({ ...first, bytes });
    await session.until(2);
    const report = await session.end();
    expect(report).toMatchObject({ taken: 2, left: 0 });
    expect((await kit.open()).ledger.blobs.size).toBe(2);
  });

  it('a frame that comes from the card and from the memory too is one file', async () => {
    const kit = await FieldKit.open();
    const camera = new MemoryCamera();
    const session = await begin(kit.world, camera);
    camera.shoot(frame(1));
    await session.until(1);
    camera.shoot(frame(1, 'CR3', { isOnlyInMemory: true }), frame(2));
    await session.until(2);
    expect(await session.end()).toMatchObject({ taken: 2, known: 1, shots: 2 });
    expect(Object.keys(await given(kit))).toEqual([path(frame(1)), path(frame(2))]);
  });

  it('names that lead elsewhere lead nowhere', async () => {
    const kit = await FieldKit.open();
    const camera = new MemoryCamera();
    const session = await begin(kit.world, camera);
    camera.shoot(
      frame(1, 'CR3', { name: '../../evil.CR3', folder: '/../etc' }),
      frame(2, 'CR3', { name: '' }),
    );
    await session.until(2);
    await session.end();
    expect([...session.safe].sort()).toEqual([`${SOURCE}/DCIM/100SIMUL`, `${SOURCE}/etc/evil.CR3`]);
  });
});

describe('when the program is started again', () => {
  it('it takes from the card only what no vault has yet', async () => {
    const kit = await FieldKit.open();
    const camera = new MemoryCamera();
    const first = await begin(kit.world, camera);
    camera.shoot(frame(1), frame(2));
    await first.until(2);
    await first.end();
    camera.shoot(frame(3), frame(3, 'JPG'));
    const second = await begin(kit.world, camera);
    await second.until(2);
    expect(await second.end()).toMatchObject({ taken: 2, known: 2 });
    expect(second.safe).toEqual([path(frame(3, 'JPG')), path(frame(3))]);
    expect(Object.keys(await given(kit))).toHaveLength(4);
  });

  it('also where files were named by a template and the session has another name', async () => {
    const kit = await FieldKit.open();
    const camera = new MemoryCamera();
    const naming = '{session}/{date}_{number}';
    const first = await begin(kit.world, camera, { session: 'Smith wedding', naming });
    camera.shoot(frame(1), frame(1, 'JPG'));
    await first.until(2);
    await first.end();
    expect([...first.safe].sort()).toEqual([
      `${SOURCE}/Smith wedding/2026-11-22_0001.CR3`,
      `${SOURCE}/Smith wedding/2026-11-22_0001.JPG`,
    ]);
    const second = await begin(kit.world, camera, { session: 'Evening', naming });
    camera.shoot(frame(2));
    await second.until(1);
    expect(await second.end()).toMatchObject({ taken: 1, known: 2 });
    expect(second.safe).toEqual([`${SOURCE}/Evening/2026-11-22_0002.CR3`]);
  });
});

describe('when a drive fails', () => {
  it('full: the frame is named, stays in the camera, and is taken once there is room', async () => {
    const kit = await FieldKit.open({ capacityBytes: 12_000_000 });
    const camera = new MemoryCamera();
    const session = await begin(kit.world, camera);
    camera.shoot(frame(1), large(2, 12));
    await session.until(1);
    await session.when(() => session.issues.length > 0);
    expect(told(session)).toEqual([`TARGET_FULL ${path(frame(2))}`]);
    kit.disk.stage.setCapacity('/drive', 50_000_000);
    await session.until(2);
    expect(await session.end()).toMatchObject({ taken: 2, left: 0 });
  });

  it('full to the end: what stays in the camera is named', async () => {
    const kit = await FieldKit.open({ capacityBytes: 12_000_000 });
    const camera = new MemoryCamera();
    const session = await begin(kit.world, camera);
    camera.shoot(large(1, 12), frame(2));
    await session.until(1);
    await session.when(() => session.issues.length > 0);
    const report = await session.end();
    expect(report).toMatchObject({ taken: 1, left: 1, isFull: true });
    expect(told(session)).toContain(`FRAME_NOT_TAKEN ${path(frame(1))}`);
  });

  it('the vault itself: the session ends with an error, and the mirror has a snapshot', async () => {
    const kit = await FieldKit.open();
    const mirror = await kit.plugIn('/mirror');
    const camera = new MemoryCamera();
    const session = await begin(kit.world, camera, { mirrors: [mirror] });
    camera.shoot(frame(1));
    await session.until(1);
    kit.disk.faults.vanish('/drive');
    camera.shoot(frame(2));
    await expect(session.ended()).rejects.toMatchObject({ code: 'TARGET_GONE' });
    expect(Object.keys(await given(kit, mirror))).toContain(path(frame(1)));
  });

  it('one mirror: it is given up with an issue, and the vault goes on', async () => {
    const kit = await FieldKit.open();
    const mirror = await kit.plugIn('/mirror');
    const camera = new MemoryCamera();
    const session = await begin(kit.world, camera, { mirrors: [mirror] });
    camera.shoot(frame(1));
    await session.until(1);
    kit.disk.faults.vanish('/mirror');
    camera.shoot(frame(2));
    await session.until(2);
    const report = await session.end();
    expect(report.mirrors).toMatchObject([{ state: 'lost' }]);
    expect(told(session)).toEqual([`MIRROR_LOST ${mirror}`]);
    expect(Object.keys(await given(kit))).toHaveLength(2);
  });
});
