import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../base/index.ts';
import { SimDisk } from '../testing/index.ts';
import { StreamStage } from './stream-stage.ts';

const PARTS = ['/one/file.part', '/two/file.part'];

function drives(): SimDisk {
  const disk = new SimDisk({ seed: 1 });
  for (const folder of ['/one', '/two']) disk.stage.makeFolders(folder);
  return disk;
}

/** Pieces of odd lengths, long enough that the stage reads back on its way. */
function* piecesOf(sizeBytes: number): Generator<Uint8Array> {
  for (let at = 0; at < sizeBytes; at += 700_001) {
    const length = Math.min(700_001, sizeBytes - at);
    yield Uint8Array.from({ length }, (_, index) => ((at + index) * 2_654_435_761) >>> 24);
  }
}

async function stream(disk: SimDisk, sizeBytes: number): Promise<StreamStage> {
  const stage = await StreamStage.open(disk, PARTS);
  for (const piece of piecesOf(sizeBytes)) await stage.write(piece);
  return stage;
}

function digestOf(sizeBytes: number): string {
  const hash = createHash('sha256');
  for (const piece of piecesOf(sizeBytes)) hash.update(piece);
  return hash.digest('hex');
}

describe('a stream of bytes to several drives', () => {
  it.each([
    0,
    1,
    700_000,
    LIMITS.copyChunkBytes,
    LIMITS.followBytes + 5,
    2 * LIMITS.followBytes,
    2 * LIMITS.followBytes + 3 * LIMITS.copyChunkBytes + 17,
  ])('of %i bytes is the same on each of them, durable and read back', async (sizeBytes) => {
    const disk = drives();
    const streamed = await (await stream(disk, sizeBytes)).finish();
    expect(streamed).toMatchObject({ blob: digestOf(sizeBytes), sizeBytes });
    expect(streamed.parts.map(({ state }) => state)).toEqual(['verified', 'verified']);
    for (const folder of ['/one', '/two']) await disk.syncFolder(folder);
    disk.powerLoss('drop');
    for (const path of PARTS) {
      const bytes = disk.stage.peek(path) ?? new Uint8Array(0);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(streamed.blob);
    }
  });

  it('that one drive spoils on its way is told for that drive only', async () => {
    const disk = drives();
    const stage = await StreamStage.open(disk, PARTS);
    let isFlipped = false;
    for (const piece of piecesOf(3 * LIMITS.followBytes)) {
      await stage.write(piece);
      // Before it is read back: the bit that is flipped is the last one that was written.
      const size = disk.stage.peek('/one/file.part')?.length ?? 0;
      if (!isFlipped && size > 0) disk.stage.flipBit('/one/file.part', 8 * size - 3);
      isFlipped = true;
    }
    const { parts } = await stage.finish();
    expect(parts).toMatchObject([
      { state: 'failed', failure: { code: 'EVERIFY' } },
      { state: 'verified' },
    ]);
    expect(disk.stage.peek('/one/file.part')).toBeNull();
  });

  it('that meets a full drive goes on to the other', async () => {
    const disk = drives();
    disk.faults.add({
      when: ({ kind, path }) => kind === 'write' && path === '/one/file.part',
      error: 'ENOSPC',
    });
    const stage = await stream(disk, 1000);
    expect(stage.isAlive).toBe(true);
    const { parts } = await stage.finish();
    expect(parts).toMatchObject([
      { state: 'failed', failure: { code: 'ENOSPC' } },
      { state: 'verified' },
    ]);
  });

  it('that is given up leaves nothing behind', async () => {
    const disk = drives();
    await (await stream(disk, 2 * LIMITS.followBytes)).abandon();
    expect(disk.stage.paths('/')).toEqual([]);
  });
});
