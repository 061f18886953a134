import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { BlobId } from '../base/index.ts';
import { type SimWorld, simWorld } from '../testing/index.ts';
import { type ContentPlace, type Delivery, type DeliveryOutcome, deliverFiles } from './deliver.ts';
import { StopFlag } from './stop-flag.ts';

let world: SimWorld;
const GOOD = new TextEncoder().encode('the picture');
const BLOB = createHash('sha256').update(GOOD).digest('hex') as BlobId;

beforeEach(() => {
  world = simWorld(1);
  world.disk.stage.makeFolders('/vault');
  world.disk.stage.makeFolders('/out');
});

const at = (path: string): ContentPlace => ({ path, form: 'verbatim' });

async function deliver(
  change: Partial<Delivery> = {},
  stop: StopFlag = new StopFlag(),
): Promise<DeliveryOutcome | undefined> {
  const delivery: Delivery = {
    blob: BLOB,
    places: [at('/vault/one')],
    target: '/out/A.NEF',
    part: '/out/.1.fieldvault-part',
    mtimeMs: 1_700_000_000_123.456,
    mode: 0o644,
    ifThere: 'keep',
    salvage: null,
    ...change,
  };
  return (await deliverFiles(world.disk, [delivery], { stop: stop.memory }))[0];
}

const read = (path: string): string | null => {
  const bytes = world.disk.stage.peek(path);
  return bytes === null ? null : new TextDecoder().decode(bytes);
};

describe('deliverFiles()', () => {
  it.each([
    ['of the stored file', '/vault/one', {}],
    ['of what stands there', '/out/A.NEF', {}],
    [
      'of what is salvaged',
      '/vault/bad',
      { places: [at('/vault/bad')], salvage: '/out/A.damaged' },
    ],
  ])(
    'ends within one chunk %s when it is told to stop, and leaves nothing',
    async (_, path, change) => {
      const huge = new Uint8Array(4 * 1_048_576);
      const blob = createHash('sha256').update(huge).digest('hex') as BlobId;
      world.disk.stage.plant('/vault/one', huge);
      world.disk.stage.plant('/vault/bad', huge.with(5, 1));
      if (path === '/out/A.NEF') world.disk.stage.plant(path, huge);
      const before = world.disk.stage.paths('/out');
      const stop = new StopFlag();
      let reads = path === '/vault/bad' ? -5 : 0;
      world.disk.faults.add({
        when: (call) => call.kind === 'read' && call.path === path,
        run: () => {
          reads += 1;
          if (reads === 2) stop.raise();
        },
        times: 99,
      });
      expect(await deliver({ blob, ...change }, stop)).toEqual({ state: 'stopped' });
      expect(reads).toBe(2);
      expect(world.disk.stage.paths('/out')).toEqual(before);
    },
  );

  it('gives bytes, name and time back exactly', async () => {
    world.disk.stage.plant('/vault/one', GOOD);
    expect(await deliver()).toEqual({ state: 'delivered' });
    expect(read('/out/A.NEF')).toBe('the picture');
    expect((await world.disk.stat('/out/A.NEF'))?.mtimeMs).toBe(1_700_000_000_123.456);
    expect(world.disk.stage.paths('/out')).toEqual(['/out/A.NEF']);
  });

  it('takes the next place when one is damaged or gone', async () => {
    world.disk.stage.plant('/vault/bad', 'the pictura');
    world.disk.stage.plant('/vault/one', GOOD);
    const places = ['/vault/gone', '/vault/bad', '/vault/one'].map(at);
    expect(await deliver({ places })).toEqual({ state: 'delivered' });
  });

  it('never lets wrong bytes have the name', async () => {
    world.disk.stage.plant('/vault/one', 'the pictura');
    expect(await deliver()).toMatchObject({ state: 'damaged', salvagedBytes: 0 });
    expect(world.disk.stage.paths('/out')).toEqual([]);
  });

  it('saves damaged bytes beside it when asked', async () => {
    world.disk.stage.plant('/vault/one', 'the pictura');
    const outcome = await deliver({ salvage: '/out/A.NEF.damaged' });
    expect(outcome).toMatchObject({ state: 'damaged', salvagedBytes: 11 });
    expect(read('/out/A.NEF.damaged')).toBe('the pictura');
  });

  it('keeps what is there, unless told, and knows the same content', async () => {
    world.disk.stage.plant('/vault/one', GOOD);
    world.disk.stage.plant('/out/A.NEF', 'mine');
    expect(await deliver()).toEqual({ state: 'other-there' });
    expect(read('/out/A.NEF')).toBe('mine');
    expect(await deliver({ ifThere: 'replace' })).toEqual({ state: 'delivered' });
    expect(await deliver()).toEqual({ state: 'already-there' });
  });

  it('gives time and mode to a file that a cut left without them', async () => {
    world.disk.stage.plant('/vault/one', GOOD);
    world.disk.stage.plant('/out/A.NEF', GOOD);
    await world.disk.setMtime('/out/A.NEF', 5000);
    expect(await deliver({ mode: 0o400 })).toEqual({ state: 'already-there' });
    const facts = await world.disk.stat('/out/A.NEF');
    expect(facts).toMatchObject({ mtimeMs: 1_700_000_000_123.456, mode: 0o400 });
  });

  it('keeps what is there when the stored bytes turn out wrong, even when told to replace', async () => {
    world.disk.stage.plant('/vault/one', 'the pictura');
    world.disk.stage.plant('/out/A.NEF', 'mine');
    expect(await deliver({ ifThere: 'replace' })).toMatchObject({ state: 'damaged' });
    expect(read('/out/A.NEF')).toBe('mine');
  });

  it('says that the target failed, not the vault, when the drive is full', async () => {
    world.disk.stage.plant('/vault/one', GOOD);
    world.disk.faults.add({ when: (call) => call.kind === 'write', error: 'ENOSPC' });
    expect(await deliver()).toMatchObject({ state: 'failed', failure: { code: 'ENOSPC' } });
    expect(world.disk.stage.paths('/out')).toEqual([]);
  });
});
