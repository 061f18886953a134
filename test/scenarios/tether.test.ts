import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/base/index.ts';
import { openVault } from '../../src/index.ts';
import { MemoryCamera, type MemoryFile } from '../../src/testing/index.ts';
import { FieldKit, told } from './field-kit.ts';
import { begin } from './tether-kit.ts';

const SOURCE = 'Memory Camera';

function frame(number: number, extension = 'CR3', more: Partial<MemoryFile> = {}): MemoryFile {
  const name = `IMG_${String(number).padStart(4, '0')}.${extension}`;
  const capturedLocal = `2026-11-22T10:00:${String(number % 60).padStart(2, '0')}`;
  const bytes = new TextEncoder().encode(`${extension} of frame ${number}`.repeat(3));
  return { name, bytes, capturedLocal, ...more };
}

/** A frame larger than one read. */
function large(number: number, reads = 3): MemoryFile {
  const bytes = new Uint8Array(reads * LIMITS.captureReadBytes - 1000).fill(number);
  return frame(number, 'CR3', { bytes });
}

function path(file: MemoryFile): string {
  return `${SOURCE}/DCIM/100SIMUL/${file.name}`;
}

/** What a vault gives back of the newest session, as text by path. */
async function given(kit: FieldKit, vault?: string): Promise<Readonly<Record<string, string>>> {
  const { files } = await kit.restore('latest', vault === undefined ? {} : { vault });
  return files;
}

function textOf({ bytes }: MemoryFile): string {
  return new TextDecoder().decode(bytes);
}

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
    expect(told(session)).toEqual([`FRAME_NOT_TAKEN ${path(frame(1, 'JPG'))}`]);
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
    expect(told(session)).toEqual([`CAMERA_FULL ${SOURCE}`]);
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
