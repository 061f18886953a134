import { beforeEach, describe, expect, it } from 'vitest';
import { type SimWorld, simWorld } from '../testing/index.ts';
import { compareFolders } from './compare-folders.ts';

let world: SimWorld;
const MIB = 1_048_576;

beforeEach(() => {
  world = simWorld(1);
  for (const folder of ['/one', '/two']) {
    world.disk.stage.plant(`${folder}/DCIM/A.NEF`, new Uint8Array(MIB + 1).fill(7), 5000);
    world.disk.stage.plant(`${folder}/empty`, '', 5000);
    world.disk.stage.plantLink(`${folder}/link`, 'DCIM');
  }
});

describe('compareFolders()', () => {
  it('finds two equal folders equal, and counts what it read', async () => {
    let bytes = 0;
    const comparison = await compareFolders(world, '/one', '/two', (count) => {
      bytes += count;
    });
    expect(comparison).toEqual({
      sameFiles: 2,
      sameBytes: MIB + 1,
      different: [],
      onlyInFirst: [],
      onlyInSecond: [],
    });
    expect(bytes).toBe(MIB + 1);
  });

  it.each<[string, () => void, string]>([
    [
      'one bit of the last byte',
      () => world.disk.stage.flipBit('/two/DCIM/A.NEF', MIB * 8),
      'bytes',
    ],
    [
      'one byte less',
      () => world.disk.stage.plant('/two/DCIM/A.NEF', new Uint8Array(MIB).fill(7), 5000),
      'size',
    ],
    [
      'a later time',
      () => world.disk.stage.plant('/two/DCIM/A.NEF', new Uint8Array(MIB + 1).fill(7), 5000.01),
      'time',
    ],
  ])('sees %s', async (_, change, what) => {
    change();
    const { different, sameFiles } = await compareFolders(world, '/one', '/two');
    expect({ different, sameFiles }).toEqual({ different: [`DCIM/A.NEF (${what})`], sameFiles: 1 });
  });

  it('names what cannot be read or listed, and goes on', async () => {
    const { faults } = world.disk;
    faults.add({
      when: (call) => call.path === '/two/empty' && call.kind === 'read',
      error: 'EIO',
    });
    faults.add({
      when: (call) => call.path === '/one/DCIM' && call.kind === 'listFolder',
      error: 'EIO',
    });
    const { different, onlyInFirst } = await compareFolders(world, '/one', '/two');
    expect(different).toEqual([expect.stringMatching(/^empty \(EIO/)]);
    expect(onlyInFirst).toEqual(['DCIM (cannot be listed)']);
  });

  it('sees another link, another kind, and what only one side has', async () => {
    world.disk.stage.plantLink('/two/link', 'elsewhere');
    world.disk.stage.erase('/two/empty');
    world.disk.stage.makeFolders('/two/empty');
    world.disk.stage.plant('/one/DCIM/first', '1');
    world.disk.stage.plant('/two/second/deep', '2');
    const { different, onlyInFirst, onlyInSecond } = await compareFolders(world, '/one', '/two');
    expect(different.toSorted()).toEqual(['empty (kind)', 'link (target)']);
    expect({ onlyInFirst, onlyInSecond }).toEqual({
      onlyInFirst: ['DCIM/first'],
      onlyInSecond: ['second'],
    });
  });
});
