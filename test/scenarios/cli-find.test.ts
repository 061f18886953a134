import { beforeEach, describe, expect, it } from 'vitest';
import { queryHelp } from '../../src/index.ts';
import {
  type ShootSummary,
  type SimWorld,
  simWorld,
  tinyShoot,
  writeShoot,
} from '../../src/testing/index.ts';
import { type Typed, typeWords } from './typed-words.ts';

let world: SimWorld;
let shoot: ShootSummary;

const type = (...words: readonly string[]): Promise<Typed> => typeWords(world, words);

beforeEach(async () => {
  world = simWorld(2);
  world.disk.stage.makeFolders('/drive');
  shoot = await writeShoot(world.disk, '/card', tinyShoot(9));
  await type('init', '/drive/vault');
  await type('backup', '/card', '--vault', '/drive/vault');
});

describe('find', () => {
  it('lists each frame that fits once, with all its parts, and what is known of it', async () => {
    const all = await type('find', '--vault', '/drive/vault', '--json');
    const frames = all.records.filter((record) => record['type'] === 'frame');
    expect(frames).toHaveLength(shoot.frames.length);
    expect(all.summary).toMatchObject({ ok: true, frames: shoot.frames.length, unlearned: 0 });
    for (const frame of frames) {
      expect(frame).toMatchObject({
        path: expect.stringMatching(/^card\/DCIM\/.*\.(NEF|DNG)$/),
        parts: expect.arrayContaining([frame['path']]),
        taken: expect.stringMatching(/^2026-11-21T06:1\d:\d\d\.\d{3}$/),
        camera: expect.any(String),
        iso: expect.any(Number),
      });
    }
    const one = await type('find', 'name:DSC_0001', '--vault', '/drive/vault', '--json');
    expect(one.summary).toMatchObject({ frames: 1 });
  });

  it('takes several words as one query, orders and limits', async () => {
    const words = ['--vault', '/drive/vault', '--json'];
    const { records } = await type(
      'find',
      'kind:raw',
      'iso>=100',
      ...words,
      '--order',
      'iso',
      '--descending',
      '--limit',
      '3',
    );
    const isos = records.flatMap(({ iso }) => (typeof iso === 'number' ? [iso] : []));
    expect(isos).toHaveLength(3);
    expect(isos).toEqual(isos.toSorted((a, b) => b - a));
  });

  it('says for people when, how many stars, with what and where', async () => {
    const { stdout } = await type('find', 'rating>=1', '--vault', '/drive/vault');
    expect(stdout).toMatch(/^2026-11-21 06:1\d:\d\d {2}\*+ .*card\/DCIM\/.*\(\+\d\)$/m);
    expect(stdout).toMatch(/\d+ frames?, .*B\.\n$/);
    expect((await type('find', 'rating>5', '--vault', '/drive/vault')).stdout).toContain(
      'No frame fits.',
    );
  });

  it('says what was not looked at yet, and learn does so', async () => {
    world.disk.stage.plant('/card/DCIM/NEW.JPG', 'x');
    await type('backup', '/card', '--vault', '/drive/vault', '--no-learn');
    const before = await type('find', '--vault', '/drive/vault');
    expect(before.stdout).toContain('1 file of this vault are not looked at yet');
    const learned = await type('learn', '--vault', '/drive/vault', '--json');
    expect(learned.summary).toMatchObject({ ok: true, looks: 1 });
    const after = await type('find', '--vault', '/drive/vault');
    expect(after.stdout).not.toContain('not looked at');
  });

  it('shows its words with --help, and points at what it does not understand', async () => {
    const help = await type('find', '--help');
    expect(help.stdout).toContain(queryHelp().split('\n')[1]);
    const wrong = await type('find', '(rating>3', '--vault', '/drive/vault');
    expect(wrong).toMatchObject({ exit: 2, stderr: expect.stringContaining('column 1') });
  });
});

describe('similar', () => {
  it('lists bursts as they were shot, with distances, scores and the reason; changes nothing', async () => {
    const before = world.disk.stage.paths('/drive');
    const { records, summary } = await type('similar', '--vault', '/drive/vault', '--json');
    const groups = records.filter((record) => record['type'] === 'group');
    const truth = shoot.groups.filter(({ kind, frames }) => kind === 'burst' && frames.length > 1);
    for (const { frames } of truth) {
      const paths = frames.map((path) => `card/${path}`);
      expect(groups).toContainEqual(
        expect.objectContaining({ kind: 'burst', frames: paths, reason: expect.any(String) }),
      );
    }
    expect(summary).toMatchObject({ ok: true, groups: groups.length });
    expect(world.disk.stage.paths('/drive')).toEqual(before);
    const { stdout } = await type('similar', '--vault', '/drive/vault');
    expect(stdout).toMatch(/^burst: \d+ frames, score \d\.\d\d\. .*\n {4} +\d+ bits {2}card\//m);
  });

  it('takes a threshold and a gap; a gap of no time parts every burst that nothing else joins', async () => {
    const words = ['similar', '--vault', '/drive/vault', '--json'];
    const strict = await type(...words, '--threshold', '0', '--gap', '0');
    const usual = await type(...words);
    expect(Number(strict.summary['frames'])).toBeLessThan(Number(usual.summary['frames']));
    expect((await type(...words, '--threshold', '257')).exit).toBe(2);
    expect((await type(...words, '--gap', '-1')).exit).toBe(2);
  });
});

describe('restore --where', () => {
  it('brings the frames that fit, with RAW, JPEG, sidecar and sound', async () => {
    const found = await type('find', 'rating>=3', '--vault', '/drive/vault', '--json');
    const parts = found.records.flatMap(({ parts }) => (Array.isArray(parts) ? parts : []));
    const words = ['restore', 'latest', '--vault', '/drive/vault', '--to', '/back', '--json'];
    const { summary } = await type(...words, '--where', 'rating>=3');
    expect(summary).toMatchObject({ ok: true, files: parts.length });
    expect(world.disk.stage.paths('/back')).toEqual(
      parts.map((path) => `/back/${path}`).toSorted(),
    );
    expect(parts.length).toBeGreaterThan(1);
  });
});
