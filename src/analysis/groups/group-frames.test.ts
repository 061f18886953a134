import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hash32 } from '../../kernels/index.ts';
import { changedLook, sceneLook, scorePairs, simFrame, simLibrary } from '../../testing/index.ts';
import type { GroupFrame } from './group-frame.ts';
import { groupFrames } from './group-frames.ts';

/** Frames of every sort beside each other, many of them at the edge of a rule. */
const libraries = fc.array(
  fc.record({
    scene: fc.integer({ min: 0, max: 2 }),
    bits: fc.integer({ min: 0, max: 60 }),
    atMs: fc.option(fc.integer({ min: 0, max: 40 }).map((tenths) => tenths * 100)),
    body: fc.option(fc.constantFrom('A|1|', 'A|1|x', 'B|2|y')),
    fileNumber: fc.option(fc.integer({ min: 0, max: 5 })),
    hasSubSeconds: fc.boolean(),
    sequence: fc.option(fc.integer({ min: 1, max: 4 }), { freq: 3 }),
    kind: fc.constantFrom('burst', 'bracket', 'panorama', null),
    identity: fc.option(fc.constantFrom('x:1', 'x:2'), { freq: 8 }),
    shutter: fc.constantFrom(null, 0.001, 0.002, 0.004),
    focus: fc.option(fc.integer({ min: 1, max: 5 })),
    userGroup: fc.option(fc.constantFrom('u1', 'u2'), { freq: 8 }),
    width: fc.constantFrom(100, 200),
  }),
  { maxLength: 30 },
);

type Choice = typeof libraries extends fc.Arbitrary<(infer T)[]> ? T : never;

function framesOf(choices: readonly Choice[]): GroupFrame[] {
  return choices.map((choice, at) =>
    simFrame({
      id: `f${at}`,
      body: choice.body,
      takenMs: choice.atMs === null ? null : 1_780_272_000_000 + choice.atMs,
      fileNumber: choice.fileNumber,
      hasSubSeconds: choice.hasSubSeconds,
      fingerprint:
        choice.bits === 59 ? null : changedLook(sceneLook(choice.scene), choice.bits, at),
      shutterSeconds: choice.shutter,
      focusDistance: choice.focus,
      userGroup: choice.userGroup,
      width: choice.width,
      hint:
        choice.sequence === null && choice.identity === null
          ? null
          : {
              id: choice.identity,
              kind: choice.kind,
              sequence: choice.sequence,
              length: null,
              isContinuous: null,
              from: 'Sim:Tag',
            },
    }),
  );
}

test('groupFrames() gives the same groups whatever the order of the frames', () => {
  fc.assert(
    fc.property(libraries, fc.integer(), (choices, seed) => {
      const frames = framesOf(choices);
      const shuffled = frames.toSorted(
        (left, right) =>
          hash32(seed, Number(left.id.slice(1))) - hash32(seed, Number(right.id.slice(1))),
      );
      expect(groupFrames(shuffled)).toEqual(groupFrames(frames));
    }),
    { numRuns: 300 },
  );
});

test('each frame is in at most one series, in one group of its copies, and where a person put it', () => {
  fc.assert(
    fc.property(libraries, (choices) => {
      const frames = framesOf(choices);
      const byId = new Map(frames.map((frame) => [frame.id, frame]));
      const groups = groupFrames(frames);
      const series = groups.filter(({ kind }) => kind !== 'look-alikes');
      const alike = groups.filter(({ kind }) => kind === 'look-alikes');
      for (const list of [series, alike]) {
        const ids = list.flatMap((group) => group.frames.map(({ id }) => id));
        expect(new Set(ids).size).toBe(ids.length);
      }
      const copies = alike.flatMap((group) => group.frames.slice(1).map(({ id }) => id));
      for (const group of series) {
        for (const { id } of group.frames) {
          expect(copies).not.toContain(id);
          expect(byId.get(id)?.userGroup ?? null).toBe(
            group.kind === 'user' ? group.id.slice('user:'.length) : null,
          );
        }
      }
      const grouped = groups.filter(({ kind }) => kind === 'user').flatMap((group) => group.frames);
      expect(grouped).toHaveLength(frames.filter(({ userGroup }) => userGroup !== null).length);
    }),
    { numRuns: 300 },
  );
});

test('group ids are unique, scores are shares, and a reason is a sentence', () => {
  fc.assert(
    fc.property(libraries, (choices) => {
      const groups = groupFrames(framesOf(choices));
      expect(new Set(groups.map(({ id }) => id)).size).toBe(groups.length);
      for (const { frames, reason, score, kind } of groups) {
        expect(kind === 'user' || frames.length > 1).toBe(true);
        for (const one of [score, ...frames.map((frame) => frame.score)]) {
          expect(one >= 0 && one <= 1).toBe(true);
        }
        expect(reason).toMatch(/^[A-Z0-9].+\.$/);
      }
    }),
  );
});

test('a person’s group takes frames that would be a burst, and the burst goes on without them', () => {
  const frames = ['a', 'b', 'c', 'd'].map((id, at) =>
    simFrame({
      id,
      takenMs: at * 100,
      fingerprint: sceneLook(1),
      userGroup: id === 'b' ? 'mine' : null,
    }),
  );
  const told = groupFrames(frames).map(({ id, frames: members }) => [
    id,
    members.map((one) => one.id),
  ]);
  expect(told).toEqual([
    ['burst:a', ['a', 'c', 'd']],
    ['user:mine', ['b']],
  ]);
});

test('of ten thousand simulated frames all series are found, none is mixed, and every copy is told', () => {
  const { frames, truth, copies } = simLibrary(7, 10_000);
  const groups = groupFrames(frames);
  const { found, wanted, right } = scorePairs(groups, truth);
  expect(wanted).toBeGreaterThan(20_000);
  expect({ found, right }).toEqual({ found: wanted, right: wanted });
  const told = new Map(
    groups
      .filter(({ kind }) => kind === 'look-alikes')
      .flatMap((group) => group.frames.slice(1).map(({ id }) => [id, group.frames[0]?.id])),
  );
  expect(copies.size).toBeGreaterThan(100);
  // Shots of one burst may look alike to the bit: some copies go to a sibling of their shot.
  const siblings = [...copies].filter(
    ([copy, shot]) => truth.get(told.get(copy) ?? '') === truth.get(shot),
  );
  expect(siblings).toHaveLength(copies.size);
  expect(told.size).toBe(copies.size);
});

test('scorePairs() sees what is missing and what is too much', () => {
  const truth = new Map([
    ['a', '1'],
    ['b', '1'],
    ['c', '2'],
    ['d', '2'],
  ]);
  const frames = [...truth.keys()].map((id, at) =>
    simFrame({ id, takenMs: at * 100, fingerprint: sceneLook(at === 3 ? 9 : 1) }),
  );
  // a, b and c look alike: the group has one right pair of three, and the pair c d is missed.
  expect(scorePairs(groupFrames(frames), truth)).toEqual({
    right: 1,
    found: 3,
    wanted: 2,
    precision: 1 / 3,
    recall: 1 / 2,
  });
  expect(scorePairs([], truth)).toMatchObject({ precision: 1, recall: 0 });
  expect(scorePairs([], new Map())).toMatchObject({ precision: 1, recall: 1 });
});
