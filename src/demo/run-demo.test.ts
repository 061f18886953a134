import { beforeEach, describe, expect, it } from 'vitest';
import type { World } from '../index.ts';
import { type DiskCall, PROFILES, type SimWorld, simWorld, tinyShoot } from '../testing/index.ts';
import { runDemo } from './run-demo.ts';

let world: SimWorld;

beforeEach(() => {
  world = simWorld(1);
  world.disk.stage.makeFolders('/scratch');
  for (const name of ['A.NEF', 'B.NEF']) {
    world.disk.stage.plant(`/photos/DCIM/${name}`, `the pixels of ${name}`);
  }
  world.disk.stage.plant('/photos/.DS_Store', 'litter');
  world.disk.stage.plantLink('/photos/best', 'DCIM/A.NEF');
});

interface Shown {
  readonly exit: number;
  readonly text: string;
}

/** Runs the demo with a folder, or with a tiny shoot; `onReady` is given a function that presses Ctrl-C. */
async function demo(
  folder: string | null,
  onReady: (press: () => void) => void = () => {},
  inWorld: World = world,
): Promise<Shown> {
  let text = '';
  const stream = {
    write: (piece: string) => {
      text += piece;
    },
  };
  const outside = {
    stdout: stream,
    stderr: stream,
    onInterrupt: (handler: () => void) => {
      onReady(handler);
      return () => {};
    },
    absolutePath: (path: string) => path,
  };
  const exit = await runDemo(inWorld, outside, {
    scratch: '/scratch',
    folder,
    shoot: tinyShoot(1),
  });
  return { exit, text };
}

function atRead(of: string, run: () => void): void {
  const when = (call: DiskCall): boolean => call.kind === 'openRead' && call.path.includes(of);
  world.disk.faults.add({ when, run });
}

describe('runDemo() with a simulated shoot', () => {
  it('proves that every byte comes back, and leaves only the vault', async () => {
    const { exit, text } = await demo(null);
    expect(exit).toBe(0);
    expect(text).toContain('Shoot    8 frames, RAW + JPEG: ');
    expect(text).toContain('Again    nothing new');
    expect(text).toContain('PASS');
    expect(text).not.toContain('✗');
    const left = await world.disk.listFolder('/scratch');
    expect(left.map(({ name }) => name)).toEqual(['vault']);
  });
});

describe('runDemo() at Ctrl-C', () => {
  it('stops while the shoot is made', async () => {
    let press = (): void => {};
    world.disk.faults.add({
      when: (call) => call.path.endsWith('DSC_0002.NEF'),
      run: () => press(),
    });
    const { exit, text } = await demo(null, (handler) => {
      press = handler;
    });
    expect(exit).toBe(130);
    expect(text).toContain('Nothing but /scratch was written');
  });
});

describe('runDemo() with a folder of the user', () => {
  it('only reads it', async () => {
    const before = world.disk.stage.paths('/photos');
    world.disk.faults.setReadOnly('/photos', true);
    const { exit, text } = await demo('/photos');
    expect(exit).toBe(0);
    expect(text).toContain('2 files: every byte, name and time as on the card');
    expect(text).toContain('Left out: 1 file of operating systems (.DS_Store)');
    expect(world.disk.stage.paths('/photos')).toEqual(before);
  });

  it('fails when a stored byte goes bad', async () => {
    atRead('/scratch/vault/originals/', () => {
      const places = world.disk.stage.paths('/scratch/vault/originals');
      world.disk.stage.flipBit(places.find((path) => path.endsWith('.NEF')) ?? '', 5);
    });
    const { exit, text } = await demo('/photos');
    expect(exit).toBe(12);
    expect(text).toContain('✗ Check');
    expect(text).toContain('FAIL');
    expect(world.disk.stage.paths('/scratch/restored')).not.toEqual([]);
  });

  it('fails when a restored byte is not the one of the card', async () => {
    atRead('/scratch/restored/photos/DCIM/A.NEF', () => {
      world.disk.stage.flipBit('/scratch/restored/photos/DCIM/A.NEF', 5);
    });
    const { exit, text } = await demo('/photos');
    expect(exit).toBe(1);
    expect(text).toContain('NOT THE SAME  DCIM/A.NEF (bytes)');
    expect(text).toContain('FAIL');
  });

  it('fails when a file did not come back at all', async () => {
    const restored = '/scratch/restored/photos/DCIM';
    world.disk.faults.add({
      when: (call) => call.kind === 'listFolder' && call.path === restored,
      run: () => {
        const lost = `${restored}/B.NEF`;
        if (world.disk.stage.paths(restored).includes(lost)) world.disk.stage.erase(lost);
      },
      times: 9,
    });
    expect((await demo('/photos')).exit).toBe(1);
  });

  it('names a file that cannot be read, and proves the others', async () => {
    const when = (call: DiskCall): boolean =>
      call.kind === 'read' && call.path.endsWith('photos/DCIM/B.NEF');
    world.disk.faults.add({ when, error: 'EIO', times: 99 });
    const { exit, text } = await demo('/photos');
    expect(exit).toBe(3);
    expect(text).toContain('UNREADABLE  photos/DCIM/B.NEF');
    expect(text).toContain('Every byte came back: 1 file');
    expect(text).toContain('1 file could not be protected');
  });

  it('stops at Ctrl-C and says what was written', async () => {
    let press = (): void => {};
    atRead('/photos/DCIM/A.NEF', () => press());
    const { exit, text } = await demo('/photos', (handler) => {
      press = handler;
    });
    expect(exit).toBe(130);
    expect(text).toContain('Nothing but /scratch was written');
  });

  it.each([
    ['/gone', 1, 'There is nothing at /gone'],
    ['/photos/DCIM/A.NEF', 2, 'is not a folder'],
    ['/', 2, 'holds the scratch folder'],
  ])('does not begin with %s', async (folder, exit, says) => {
    const shown = await demo(folder);
    expect(shown.exit).toBe(exit);
    expect(shown.text).toContain(says);
    expect(await world.disk.stat('/scratch')).toBeNull();
  });

  it('does not begin where the scratch drive is too small', async () => {
    world.disk.stage.erase('/scratch');
    world.disk.stage.mount('/scratch', { profile: PROFILES.ext4, capacityBytes: 40_000_000 });
    const { exit, text } = await demo('/photos');
    expect(exit).toBe(13);
    expect(text).toContain('TMPDIR');
  });
});
