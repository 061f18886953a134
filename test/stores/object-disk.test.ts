import { beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/base/index.ts';
import type { World } from '../../src/platform/index.ts';
import { objectPath } from '../../src/store/index.ts';
import { MemoryStore, type SimWorld } from '../../src/testing/index.ts';
import { noise, processAt, workstationAt } from './bucket-kit.ts';

const VAULT = 's3://studio/v';
let store: MemoryStore;
let machine: SimWorld;
let world: World;

beforeEach(() => {
  let nowMs = (): number => 0;
  store = new MemoryStore({ nowMs: () => nowMs() });
  ({ machine, world } = workstationAt(store, 3));
  nowMs = () => machine.clock.nowMs();
});

async function write(path: string, bytes: Uint8Array): Promise<void> {
  const file = await world.disk.createNew(path);
  await file.write(bytes);
  await file.sync();
  await file.close();
}

async function read(path: string): Promise<Uint8Array> {
  const file = await world.disk.openRead(path);
  const buffer = new Uint8Array(20_000_000);
  const count = await file.read(buffer, 0);
  await file.close();
  return buffer.slice(0, count);
}

describe('a file that gets its name in a bucket', () => {
  it('can be seen at once, and is there for good once it is synced', async () => {
    await world.disk.makeFolder(`${VAULT}/incoming/w`);
    await write(`${VAULT}/incoming/w/1.part`, noise(500, 1));
    await world.disk.rename(`${VAULT}/incoming/w/1.part`, `${VAULT}/originals/A.NEF`);
    expect((await world.disk.stat(`${VAULT}/originals/A.NEF`))?.sizeBytes).toBe(500);
    expect(await read(`${VAULT}/originals/A.NEF`)).toEqual(noise(500, 1));
    expect(await world.disk.syncFile(`${VAULT}/originals/A.NEF`)).toBe('durable');
    expect(await read(`${VAULT}/originals/A.NEF`)).toEqual(noise(500, 1));
    expect(store.keys()).toContain('v/originals/A.NEF');
    expect(machine.disk.stage.paths('/staging').filter((path) => path.endsWith('.part'))).toEqual(
      [],
    );
  });

  it('is refused where other bytes have the name', async () => {
    await store.put('v/originals/A.NEF', noise(500, 2));
    await world.disk.makeFolder(`${VAULT}/incoming/w`);
    await write(`${VAULT}/incoming/w/1.part`, noise(500, 1));
    await world.disk.rename(`${VAULT}/incoming/w/1.part`, `${VAULT}/originals/A.NEF`);
    const synced = world.disk.syncFile(`${VAULT}/originals/A.NEF`);
    await expect(synced).rejects.toMatchObject({ code: 'EEXIST' });
    expect((await store.get('v/originals/A.NEF'))?.bytes).toEqual(noise(500, 2));
  });

  it('fails the sync of its folder, and its own all the same', async () => {
    await store.put('v/originals/A.NEF', noise(500, 2));
    await world.disk.makeFolder(`${VAULT}/incoming/w`);
    for (const name of ['A', 'B']) {
      await write(`${VAULT}/incoming/w/${name}.part`, noise(500, 1));
      await world.disk.rename(`${VAULT}/incoming/w/${name}.part`, `${VAULT}/originals/${name}.NEF`);
    }
    const folder = world.disk.syncFolder(`${VAULT}/originals`);
    await expect(folder).rejects.toMatchObject({ code: 'EEXIST' });
    const own = world.disk.syncFile(`${VAULT}/originals/A.NEF`);
    await expect(own).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await world.disk.syncFile(`${VAULT}/originals/B.NEF`)).toBe('durable');
    expect(await world.disk.syncFolder(`${VAULT}/originals`)).toBe('durable');
  });

  it('is not taken for another where its staged bytes have rotted', async () => {
    await world.disk.makeFolder(`${VAULT}/incoming/w`);
    await write(`${VAULT}/incoming/w/1.part`, noise(500, 1));
    const staged = machine.disk.stage.paths('/staging').find((path) => path.endsWith('1.part'));
    machine.disk.stage.plant(staged ?? '', noise(500, 9));
    await world.disk.rename(`${VAULT}/incoming/w/1.part`, `${VAULT}/originals/A.NEF`);
    const synced = world.disk.syncFile(`${VAULT}/originals/A.NEF`);
    await expect(synced).rejects.toMatchObject({ code: 'EIO' });
    expect(store.keys()).not.toContain('v/originals/A.NEF');
  });
});

describe('a file that grows in a bucket', () => {
  const path = `${VAULT}/journal/000001-x.jsonl`;

  it('is read by others while it grows, and is one object once it is closed', async () => {
    const file = await world.disk.createNew(path);
    await file.write(noise(10, 1));
    await file.sync();
    await file.write(noise(20, 2));
    await file.sync();
    const other = processAt(machine, store);
    expect((await other.disk.stat(path))?.sizeBytes).toBe(30);
    const [entry] = await other.disk.listFolder(`${VAULT}/journal`);
    expect(entry).toMatchObject({ name: '000001-x.jsonl', sizeBytes: 30, kind: 'file' });
    expect(await read(path).then(({ length }) => length)).toBe(30);
    await expect(other.disk.createNew(path)).rejects.toMatchObject({ code: 'EEXIST' });
    await file.close();
    expect(store.keys()).toEqual(['v/journal/000001-x.jsonl']);
    expect(await read(path)).toEqual(new Uint8Array([...noise(10, 1), ...noise(20, 2)]));
  });

  it('is unreadable where one of its pieces is gone, and says so', async () => {
    const file = await world.disk.createNew(path);
    for (const seed of [1, 2, 3]) {
      await file.write(noise(10, seed));
      await file.sync();
    }
    await store.remove('v/journal/000001-x.jsonl.tail-000002');
    const other = processAt(machine, store);
    await expect(other.disk.openRead(path)).rejects.toMatchObject({ code: 'EIO' });
  });

  it('takes nothing more once another writer has its name', async () => {
    const mine = await world.disk.createNew(path);
    const theirs = await processAt(machine, store).disk.createNew(path);
    await theirs.write(noise(10, 1));
    await theirs.sync();
    await mine.write(noise(10, 2));
    await expect(mine.sync()).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(mine.sync()).rejects.toMatchObject({ code: 'EIO' });
  });
});

describe('what was abandoned in a bucket', () => {
  it('goes when the next writer comes, unless it may still be somebody at work', async () => {
    const old = await store.beginUpload('v/originals/OLD.MOV');
    const beside = await store.beginUpload('other/originals/OLD.MOV');
    await store.put('v/journal/a.jsonl', noise(10, 1));
    await store.put('v/journal/a.jsonl.tail-000001', noise(10, 1));
    await store.put('v/journal/b.jsonl.tail-000001', noise(10, 1));
    machine.clock.advance(LIMITS.storeUploadKeptMs + 1);
    const young = await store.beginUpload('v/originals/NEW.MOV');
    await world.disk.createNew(`${VAULT}/journal/c.jsonl`);
    const left = (await store.listUploads('')).map(({ id }) => id);
    expect(left).not.toContain(old.id);
    expect(left.sort()).toEqual([beside.id, young.id].sort());
    expect(store.keys()).toEqual(['v/journal/a.jsonl', 'v/journal/b.jsonl.tail-000001']);
  });
});

describe('the address of a vault in a bucket', () => {
  it('has one form', () => {
    expect(objectPath('S3://studio//a/b/')).toBe('s3://studio/a/b');
    expect(objectPath('s3://studio')).toBe('s3://studio');
  });

  it.each(['s3://', 's3:///a', 's3://a b/c', 's3://studio/../x', 's3://studio/incoming/vault'])(
    'is not %s',
    (typed) => {
      expect(() => objectPath(typed)).toThrow(expect.objectContaining({ code: 'BAD_USAGE' }));
    },
  );
});
