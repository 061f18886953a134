import { beforeEach, describe, expect, it } from 'vitest';
import { type SimWorld, simWorld } from '../../src/testing/index.ts';
import { passTime } from './tether-kit.ts';
import { type TerminalOptions, type Typed, typeWords } from './typed-words.ts';

const HOT = '/pictures/Capture';
const HOUR_MS = 3_600_000;

let world: SimWorld;

function type(words: readonly string[], options: TerminalOptions = {}): Promise<Typed> {
  return passTime(world.clock, typeWords(world, words, options));
}

function tether(...words: readonly string[]): Promise<Typed> {
  return type(['tether', `folder:${HOT}`, '--vault', '/drive/vault', ...words, '--json']);
}

function put(...names: readonly string[]): void {
  for (const name of names) {
    world.disk.stage.plant(`${HOT}/${name}`, `the frame ${name}`, world.clock.nowMs() - HOUR_MS);
  }
}

beforeEach(async () => {
  world = simWorld(3);
  for (const folder of ['/drive', '/other', HOT]) world.disk.stage.makeFolders(folder);
  await type(['init', '/drive/vault']);
  await type(['init', '/other/vault']);
  put('IMG_0001.CR3', 'IMG_0001.JPG', 'Thumbs.db');
});

describe('tether', () => {
  it('tells of the camera, of each frame, and sums up', async () => {
    const { exit, records, summary } = await tether('--mirror', '/other/vault', '--frames', '2');
    expect(exit).toBe(0);
    expect(records[0]).toMatchObject({ type: 'camera', source: 'Capture' });
    const frames = records.filter((record) => record['type'] === 'frame');
    expect(frames.map(({ path, copies }) => [path, copies]).sort()).toEqual([
      ['Capture/IMG_0001.CR3', 2],
      ['Capture/IMG_0001.JPG', 2],
    ]);
    expect(summary).toMatchObject({ ok: true, taken: 2, newBlobs: 2, left: 0, source: 'Capture' });
    expect(summary['timings']).toHaveProperty('durableMs.median');
    const again = await type(['backup', HOT, '--vault', '/drive/vault', '--no-learn', '--json']);
    expect(again.summary).toMatchObject({ newBlobs: 0, unchanged: 2 });
  });

  it('ends well at Ctrl-C: with 130, and a snapshot of what is safe', async () => {
    let press: () => boolean = () => false;
    const typed = type(['tether', `folder:${HOT}`, '--vault', '/drive/vault', '--json'], {
      onReady: (pressCtrlC) => {
        press = pressCtrlC;
      },
    });
    world.clock.every(60_000, () => press());
    const { exit, summary } = await typed;
    expect({ exit, taken: summary['taken'], interrupted: summary['interrupted'] }).toEqual({
      exit: 130,
      taken: 2,
      interrupted: true,
    });
    const { records } = await type(['snapshots', '--vault', '/drive/vault', '--json']);
    expect(records.filter((record) => record['type'] === 'snapshot')).toMatchObject([{ files: 2 }]);
  });

  it('ends after so many minutes, with 0', async () => {
    const { exit, summary } = await tether('--max-minutes', '2');
    expect({ exit, taken: summary['taken'] }).toEqual({ exit: 0, taken: 2 });
  });

  it('puts frames below a session, named by a template', async () => {
    const { records } = await tether(
      '--frames',
      '2',
      '--session',
      'Smith',
      '--name',
      '{session}/x_{number}',
    );
    const frames = records.filter((record) => record['type'] === 'frame');
    expect(frames.map(({ path }) => path).sort()).toEqual([
      'Capture/Smith/x_0001.CR3',
      'Capture/Smith/x_0001.JPG',
    ]);
  });

  it('refuses what it does not understand before anything is done', async () => {
    expect((await tether('--rule', 'soft')).exit).toBe(2);
    expect((await tether('--rule', 'rating>=4 => tier:nonsense')).exit).toBe(2);
    expect((await tether('--name', '{counter}')).exit).toBe(2);
    expect(
      (await type(['tether', 'http://camera', '--vault', '/drive/vault', '--json'])).exit,
    ).toBe(2);
    const { exit, summary } = await type([
      'tether',
      'ptpip://192.168.1.1',
      '--vault',
      '/drive/vault',
      '--json',
    ]);
    expect({ exit, error: summary['error'] }).toMatchObject({
      exit: 1,
      error: { code: 'CAMERA_UNREACHABLE' },
    });
  });

  it('says in sentences what is safe, and how soon', async () => {
    const { stdout } = await type([
      'tether',
      `folder:${HOT}`,
      '--vault',
      '/drive/vault',
      '--frames',
      '2',
      '--no-learn',
    ]);
    expect(stdout).toMatch(/^ {2}Capture\/IMG_0001.CR3 .*safe on one vault after \d+ \w+/m);
    expect(stdout).toMatch(
      /^2 files of Capture .* are safe in \/drive\/vault, snapshot [0-9a-f]+/m,
    );
  });
});
