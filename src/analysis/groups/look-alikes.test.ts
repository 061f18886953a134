import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changedLook, sceneLook, simFrame } from '../../testing/index.ts';
import { findLookAlikes } from './find-look-alikes.ts';
import { distanceOf, frameTable } from './frame-table.ts';
import type { GroupFrame } from './group-frame.ts';
import { groupFrames } from './group-frames.ts';
import type { GroupOptions } from './group-options.ts';
import { openNearIndex } from './near-index.ts';

const SCENE = sceneLook(1);
const START_MS = 1_780_272_000_000;
const EXPORT = {
  body: null,
  lens: null,
  takenMs: null,
  folder: 'exports',
  width: 2048,
  height: 1365,
};

function shot(id: string, given: Partial<GroupFrame> = {}): GroupFrame {
  return simFrame({ id, takenMs: START_MS, fingerprint: SCENE, fileNumber: 1, ...given });
}

function membersOf(frames: readonly GroupFrame[], options: GroupOptions = {}): string[] {
  return groupFrames(frames, options).map(
    (group) => `${group.kind}: ${group.frames.map(({ id }) => id).join(' ')}`,
  );
}

test('an export without camera data is a look-alike of its shot, up to 31 bits, whatever its time', () => {
  const copy = (bits: number): GroupFrame[] => [
    shot('raw'),
    shot('web', { ...EXPORT, fingerprint: changedLook(SCENE, bits), takenMs: START_MS * 1.01 }),
  ];
  expect(membersOf(copy(31))).toEqual(['look-alikes: raw web']);
  expect(membersOf(copy(32))).toEqual([]);
  expect(membersOf(copy(32), { lookAlikeDistanceMax: 32 })).toEqual(['look-alikes: raw web']);
  expect(membersOf(copy(80), { lookAlikeDistanceMax: 80 })).toEqual(['look-alikes: raw web']);
  expect(groupFrames(copy(16))[0]).toMatchObject({
    id: 'look-alikes:raw',
    frames: [{ score: 1 }, { distance: 16, score: 0.875 }],
  });
});

test.each<[string, Partial<GroupFrame>, Partial<GroupFrame>]>([
  ['another moment of one body', { width: 10 }, { takenMs: START_MS + 10_000_000 }],
  ['another fraction of the second', { width: 10 }, { takenMs: START_MS + 900 }],
  ['another body', { width: 10 }, { body: 'FieldVault|SimCam|2' }],
])('a frame of %s is no copy, however alike', (_what, copy, other) => {
  expect(membersOf([shot('a'), shot('b', copy)])).toEqual(['look-alikes: a b']);
  expect(membersOf([shot('a'), shot('b', { ...copy, ...other })])).toEqual([]);
});

test('without fractions of seconds size, number and folder tell a copy from a burst', () => {
  const coarse = (id: string, given: Partial<GroupFrame> = {}): GroupFrame =>
    shot(id, { hasSubSeconds: false, ...given });
  expect(membersOf([coarse('a'), coarse('b', { fileNumber: 2 })])).toEqual(['burst: a b']);
  expect(membersOf([coarse('a'), coarse('b')])).toEqual(['look-alikes: a b']);
  expect(membersOf([coarse('a'), coarse('b', { fileNumber: 2, width: 9 })])).toEqual([
    'look-alikes: a b',
  ]);
  expect(membersOf([coarse('a'), coarse('b', { fileNumber: null, folder: 'x' })])).toEqual([
    'look-alikes: a b',
  ]);
  expect(membersOf([coarse('a'), coarse('b', { fileNumber: null })])).toEqual(['look-alikes: a b']);
  const unnumbered = { fileNumber: null };
  expect(membersOf([coarse('a', unnumbered), coarse('b', unnumbered)])).toEqual(['burst: a b']);
  const elsewhere = { fileNumber: null, folder: 'x' };
  expect(membersOf([coarse('a', unnumbered), coarse('b', elsewhere)])).toEqual([
    'look-alikes: a b',
  ]);
  const brighter = coarse('b', { shutterSeconds: 0.02 });
  expect(membersOf([coarse('a', { shutterSeconds: 0.01 }), brighter])).toEqual(['burst: a b']);
});

test('a serial number that an editor dropped does not make another body', () => {
  const edited = { body: 'FieldVault|SimCam|', width: 100 };
  expect(membersOf([shot('a'), shot('b', edited)])).toEqual(['look-alikes: a b']);
});

test('a copy of a burst frame goes to the nearest frame and not into the burst', () => {
  const burst = [0, 1, 2].map((at) =>
    shot(`raw${at}`, {
      takenMs: START_MS + at * 100,
      fileNumber: at,
      fingerprint: changedLook(SCENE, at * 10),
    }),
  );
  const copy = shot('web', { ...EXPORT, fingerprint: changedLook(SCENE, 12) });
  const edit = shot('edit', {
    takenMs: START_MS + 200,
    width: 10,
    fingerprint: changedLook(SCENE, 21),
  });
  expect(membersOf([copy, ...burst, edit])).toEqual([
    'burst: raw0 raw1 raw2',
    'look-alikes: raw1 web',
    'look-alikes: raw2 edit',
  ]);
});

test('copies are compared with the original, never chained from copy to copy', () => {
  const chain = [0, 20, 40].map((bits) =>
    shot(`f${bits}`, { ...EXPORT, fingerprint: changedLook(SCENE, bits) }),
  );
  expect(membersOf(chain)).toEqual(['look-alikes: f0 f20']);
});

test('pictures with nothing to see are nobody’s copies', () => {
  const flat = ['a', 'b'].map((id) => shot(id, { ...EXPORT, fingerprint: '0'.repeat(64) }));
  const poor = ['c', 'd'].map((id) => shot(id, { ...EXPORT, quality: 3 }));
  expect(membersOf([...flat, ...poor], { qualityMin: 4 })).toEqual([]);
  expect(membersOf([...flat, ...poor], { qualityMin: 3 })).toEqual(['look-alikes: c d']);
});

test('a clock that stood still for a thousand frames costs no more than others and joins no two shots', () => {
  const frames = Array.from({ length: 1000 }, (_value, at) =>
    shot(`f${at}`, { hasSubSeconds: false, fileNumber: at, fingerprint: sceneLook(at) }),
  );
  const copy = shot('copy', { hasSubSeconds: false, fileNumber: 77, fingerprint: sceneLook(77) });
  expect(membersOf([...frames, copy])).toEqual(['look-alikes: copy f77']);
});

test('the index finds the nearest frame that comparing all would find', () => {
  const looks = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 60 })),
    {
      minLength: 1,
      maxLength: 40,
    },
  );
  fc.assert(
    fc.property(looks, fc.integer({ min: 0, max: 60 }), (list, distanceMax) => {
      const frames = list.map(([scene, bits], at) =>
        simFrame({ id: String(at), fingerprint: changedLook(sceneLook(scene), bits, at) }),
      );
      const table = frameTable(frames, {});
      const index = openNearIndex(table, distanceMax);
      for (const [frame] of frames.entries()) {
        let best: { frame: number; distance: number } | null = null;
        for (let other = 0; other < frame; other++) {
          const distance = distanceOf(table, frame, other);
          if (other % 5 === 4 || distance > distanceMax) continue;
          if (best === null || distance < best.distance) best = { frame: other, distance };
        }
        expect(index.nearest(frame, (other) => other % 5 !== 4)).toEqual(best);
        index.add(frame);
      }
    }),
  );
});

test('findLookAlikes() finds frames of any time and body, nearest first, but not the frame itself', () => {
  const frames = [
    shot('a'),
    shot('b', { fingerprint: changedLook(SCENE, 31), body: 'other||', takenMs: 5 }),
    shot('c', { fingerprint: changedLook(SCENE, 32) }),
    shot('d', { fingerprint: changedLook(SCENE, 4), takenMs: null }),
    shot('e', { fingerprint: null }),
  ];
  const ids = (query: string | GroupFrame, options: GroupOptions = {}): string[] =>
    findLookAlikes(query, frames, options).map(({ id }) => id);
  expect(ids(shot('a'))).toEqual(['d', 'b']);
  expect(ids(SCENE)).toEqual(['a', 'd', 'b']);
  expect(ids(SCENE, { lookAlikeDistanceMax: 32 })).toEqual(['a', 'd', 'b', 'c']);
  expect(ids(shot('e', { fingerprint: null }))).toEqual([]);
  expect(ids('no look')).toEqual([]);
  expect(ids(shot('a', { quality: 1 }), { qualityMin: 2 })).toEqual([]);
  expect(findLookAlikes(SCENE, frames)[1]).toEqual({ id: 'd', distance: 4, score: 0.96875 });
});
