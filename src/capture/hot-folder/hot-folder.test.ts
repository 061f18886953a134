import { describe, expect, it } from 'vitest';
import { cameraContract, type SimWorld, simWorld } from '../../testing/index.ts';
import type { CameraConnection, CameraEvent } from '../connection.ts';
import { openHotFolder } from './hot-folder.ts';

const HOT = '/pictures/Capture';
const HOUR_MS = 3_600_000;

function folder(): SimWorld {
  const world = simWorld(1);
  world.disk.stage.makeFolders(HOT);
  return world;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Time passes in small steps, and everything that can go on goes on. */
async function pass(world: SimWorld, durationMs: number): Promise<void> {
  for (let passed = 0; passed < durationMs; passed += 250) {
    world.clock.advance(250);
    for (let turns = 0; turns < 5; turns += 1) await turn();
  }
}

function tell(world: SimWorld, name: string): void {
  world.watcher.tell(`${HOT}/${name}`);
}

/** Collects what a connection tells, as `added name` and `removed name`. */
function listen(connection: CameraConnection): string[] {
  const told: string[] = [];
  const nameOf = (event: CameraEvent): string =>
    'handle' in event ? event.handle.slice(event.handle.indexOf(':') + 1) : '';
  void (async () => {
    for await (const event of connection.events()) told.push(`${event.kind} ${nameOf(event)}`);
  })();
  return told;
}

let shots = 0;

cameraContract({ describe, it }, 'a hot folder', async () => {
  const world = folder();
  const connection = await openHotFolder(world, HOT);
  return {
    connection,
    shoot: async () => {
      shots += 1;
      const name = `IMG_${shots}.CR3`;
      const bytes = Uint8Array.from({ length: 5000 }, (_, index) => (index * shots) & 255);
      world.disk.stage.plant(`${HOT}/${name}`, bytes, world.clock.nowMs() - HOUR_MS);
      tell(world, name);
      // Twice, so that it is seen to stand still.
      await pass(world, 1500);
      return { name, bytes };
    },
    close: async () => {},
  };
});

describe('a hot folder', () => {
  it('waits for a file that is still being written', async () => {
    const world = folder();
    await using connection = await openHotFolder(world, HOT);
    const told = listen(connection);
    for (const size of [100, 200, 300]) {
      world.disk.stage.plant(`${HOT}/IMG_1.CR3`, new Uint8Array(size));
      tell(world, 'IMG_1.CR3');
      await pass(world, 750);
    }
    expect(told).toEqual([]);
    await pass(world, 1500);
    expect(told).toEqual(['added IMG_1.CR3']);
    expect(await connection.list()).toMatchObject([{ name: 'IMG_1.CR3', sizeBytes: 300 }]);
  });

  it('tells in the end of a file that never stands still', async () => {
    const world = folder();
    await using connection = await openHotFolder(world, HOT);
    const told = listen(connection);
    for (let minute = 0; minute < 6 && told.length === 0; minute += 1) {
      for (let step = 0; step < 60; step += 1) {
        world.disk.stage.plant(`${HOT}/movie.MOV`, new Uint8Array(minute * 60 + step + 1));
        await pass(world, 1000);
      }
    }
    expect(told).toEqual(['added movie.MOV']);
  });

  it('tells of a file under the name it has once it is whole', async () => {
    const world = folder();
    await using connection = await openHotFolder(world, HOT);
    const told = listen(connection);
    world.disk.stage.plant(`${HOT}/IMG_1.CR3.tmp`, 'the whole frame');
    await pass(world, 3000);
    await world.disk.rename(`${HOT}/IMG_1.CR3.tmp`, `${HOT}/IMG_1.CR3`);
    tell(world, 'IMG_1.CR3');
    await pass(world, 3000);
    expect(told).toEqual(['added IMG_1.CR3']);
  });

  it('finds files without being told, and in folders below', async () => {
    const world = folder();
    await using connection = await openHotFolder(world, HOT);
    const told = listen(connection);
    world.disk.stage.plant(`${HOT}/Session 1/IMG_1.CR3`, 'a frame');
    await pass(world, 5000);
    expect(told).toEqual(['added Session 1/IMG_1.CR3']);
    expect(await connection.list()).toMatchObject([{ name: 'IMG_1.CR3', folder: 'Session 1' }]);
  });

  it('tells of a file that is written again as of another one', async () => {
    const world = folder();
    await using connection = await openHotFolder(world, HOT);
    const told = listen(connection);
    world.disk.stage.plant(`${HOT}/IMG_1.xmp`, 'no stars');
    await pass(world, 5000);
    world.disk.stage.plant(`${HOT}/IMG_1.xmp`, 'five stars');
    await pass(world, 5000);
    expect(told).toEqual(['added IMG_1.xmp', 'added IMG_1.xmp']);
    const [object] = await connection.list();
    expect(object?.handle).toBe('2:IMG_1.xmp');
  });

  it('tells of a name that comes back after it was removed as of another file', async () => {
    const world = folder();
    await using connection = await openHotFolder(world, HOT);
    const told = listen(connection);
    world.disk.stage.plant(`${HOT}/IMG_1.CR3`, 'one frame');
    await pass(world, 5000);
    const [first] = await connection.list();
    world.disk.stage.erase(`${HOT}/IMG_1.CR3`);
    await pass(world, 5000);
    world.disk.stage.plant(`${HOT}/IMG_1.CR3`, 'another frame');
    await pass(world, 5000);
    expect(told).toEqual(['added IMG_1.CR3', 'removed IMG_1.CR3', 'added IMG_1.CR3']);
    const [second] = await connection.list();
    expect(second?.handle).not.toBe(first?.handle);
  });

  it('waits for a file that is being written though its clock is behind', async () => {
    const world = folder();
    await using connection = await openHotFolder(world, HOT);
    const told = listen(connection);
    await pass(world, 1000);
    for (const size of [100, 200, 300]) {
      const longAgo = world.clock.nowMs() - HOUR_MS;
      world.disk.stage.plant(`${HOT}/IMG_1.CR3`, new Uint8Array(size), longAgo);
      await pass(world, 750);
    }
    expect(told).toEqual([]);
    await pass(world, 5000);
    expect(told).toEqual(['added IMG_1.CR3']);
  });

  it('looks at what lay there before at once', async () => {
    const world = folder();
    world.disk.stage.plant(`${HOT}/IMG_1.CR3`, 'a frame', world.clock.nowMs() - HOUR_MS);
    await using connection = await openHotFolder(world, HOT);
    expect(await connection.list()).toMatchObject([{ name: 'IMG_1.CR3' }]);
  });

  it('leaves hidden and unwanted files and the folders of vaults alone', async () => {
    const world = folder();
    const longAgo = world.clock.nowMs() - HOUR_MS;
    for (const name of ['.IMG_1.CR3', 'notes.txt', 'vault/IMG_2.CR3', 'IMG_3.CR3']) {
      world.disk.stage.plant(`${HOT}/${name}`, name, longAgo);
    }
    await using connection = await openHotFolder(world, HOT, {
      wants: (name) => name.endsWith('.CR3'),
      except: [`${HOT}/vault`],
    });
    expect((await connection.list()).map(({ name }) => name)).toEqual(['IMG_3.CR3']);
  });

  it('whose drive goes away says that it is lost', async () => {
    const world = folder();
    await using connection = await openHotFolder(world, HOT);
    const told = listen(connection);
    world.disk.faults.vanish('/pictures');
    await pass(world, 5000);
    expect(told).toEqual(['lost ']);
    await expect(connection.list()).rejects.toMatchObject({ code: 'CAMERA_GONE' });
  });

  it('that cannot be watched is looked at all the same', async () => {
    const world = folder();
    const notes: string[] = [];
    const watcher = { watch: () => Promise.reject(new Error('too many watches')) };
    await using connection = await openHotFolder({ ...world, watcher }, HOT, {
      onNote: (note) => notes.push(note),
    });
    const told = listen(connection);
    world.disk.stage.plant(`${HOT}/IMG_1.CR3`, 'a frame');
    await pass(world, 5000);
    expect(told).toEqual(['added IMG_1.CR3']);
    expect(notes).toEqual([expect.stringContaining('too many watches')]);
  });

  it('that is not there cannot be opened', async () => {
    await expect(openHotFolder(simWorld(1), '/nowhere')).rejects.toMatchObject({
      code: 'CAMERA_UNREACHABLE',
    });
  });
});
