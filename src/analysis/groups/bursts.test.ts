import { expect, test } from 'vitest';
import { changedLook, sceneLook, simFrame } from '../../testing/index.ts';
import type { BurstHint } from '../burst-hint.ts';
import type { Group, GroupFrame } from './group-frame.ts';
import { groupFrames } from './group-frames.ts';
import { GROUP_DEFAULTS, type GroupOptions } from './group-options.ts';

const SCENE = sceneLook(1);
const START_MS = 1_780_272_000_000;

/** A frame of the scene so many milliseconds after the first one. */
function shot(name: string, atMs: number, given: Partial<GroupFrame> = {}): GroupFrame {
  return simFrame({ id: name, takenMs: START_MS + atMs, fingerprint: SCENE, ...given });
}

/** The members of each group, as a text. */
function membersOf(frames: readonly GroupFrame[], options: GroupOptions = {}): string[] {
  return groupFrames(frames, options).map(told);
}

function told({ kind, frames }: Group): string {
  return `${kind}: ${frames.map(({ id }) => id).join(' ')}`;
}

function hint(given: Partial<BurstHint>): BurstHint {
  const nothing = { id: null, kind: null, sequence: null, length: null, isContinuous: null };
  return { ...nothing, from: 'Sim:Tag', ...given };
}

/** Two frames this far apart in looks. */
function pair(bits: number, gapMs: number, given: Partial<GroupFrame> = {}): GroupFrame[] {
  return [
    shot('a', 0, given),
    shot('b', gapMs, { fingerprint: changedLook(SCENE, bits), ...given }),
  ];
}

const JOINED = ['burst: a b'];

test.each<[string, GroupFrame[], GroupFrame[]]>([
  ['90 bits', pair(90, 100), pair(91, 100)],
  ['0.6 s where times have fractions', pair(60, 600), pair(60, 601)],
  [
    '2 s where times have none',
    pair(60, 2000, { hasSubSeconds: false }),
    pair(60, 3000, { hasSubSeconds: false }),
  ],
  [
    '2 s where the drive is continuous',
    pair(60, 2000, { hint: hint({ isContinuous: true }) }),
    pair(60, 2001, { hint: hint({ isContinuous: true }) }),
  ],
  ['45 bits where 12 s lie between', pair(45, 12_000), pair(46, 12_000)],
  ['12 s where 45 bits lie between', pair(45, 12_000), pair(45, 12_001)],
  [
    '0.6 s after a long exposure ended',
    pair(60, 4600, { shutterSeconds: 4 }),
    pair(60, 4600, { shutterSeconds: 3.9 }),
  ],
])('a burst reaches as far as %s, and no farther', (_limit, within, beyond) => {
  expect(membersOf(within)).toEqual(JOINED);
  expect(membersOf(beyond)).toEqual([]);
});

test.each<[keyof GroupOptions, number, GroupFrame[]]>([
  ['burstDistanceMax', 91, pair(91, 100)],
  ['burstGapSeconds', 0.7, pair(60, 700)],
  ['continuousGapSeconds', 3, pair(60, 3000, { hasSubSeconds: false })],
  ['steadyDistanceMax', 46, pair(46, 12_000)],
  ['steadyGapSeconds', 13, pair(45, 13_000)],
])('the option %s moves the limit', (name, value, frames) => {
  expect(membersOf(frames)).toEqual([]);
  expect(membersOf(frames, { [name]: value })).toEqual(JOINED);
});

test('an option that is no number from 0 on is refused by name', () => {
  expect(() => groupFrames([], { burstGapSeconds: -1 })).toThrow(/burstGapSeconds/);
  expect(() => groupFrames([], { burstDistanceMax: Number.NaN })).toThrow(/burstDistanceMax/);
});

test('neither time alone nor likeness alone makes a burst', () => {
  expect(membersOf(pair(128, 50))).toEqual([]);
  expect(membersOf(pair(0, 3_600_000))).toEqual([]);
  expect(membersOf(pair(0, 100, { fingerprint: null }))).toEqual([]);
  expect(membersOf(pair(60, 100, { takenMs: null }))).toEqual([]);
});

test('a slow burst may go on slowly, but not beyond two seconds', () => {
  const slow = (lastMs: number): GroupFrame[] =>
    [0, 600, 1300, 2100, lastMs].map((at, index) =>
      shot('abcde'[index] ?? '', at, {
        fingerprint: changedLook(SCENE, index === 0 ? 0 : 50, index),
      }),
    );
  expect(membersOf(slow(4100))).toEqual(['burst: a b c d e']);
  expect(membersOf(slow(4101))).toEqual(['burst: a b c d']);
  expect(membersOf(slow(4101), { continuousGapSeconds: 2.1 })).toEqual(['burst: a b c d e']);
  expect(membersOf(slow(4100), { burstGapMedians: 1 })).toEqual(['burst: a b']);
});

test.each<[string, Partial<GroupFrame>]>([
  ['body', { body: 'FieldVault|SimCam|2' }],
  ['lens', { lens: 'another' }],
  ['size', { width: 4032, height: 3024 }],
  ['orientation', { orientation: 6 }],
])('frames of another %s are not of the burst', (_what, other) => {
  expect(membersOf([shot('a', 0), shot('b', 100, other), shot('c', 200)])).toEqual(['burst: a c']);
});

test('frames without a body are in no burst', () => {
  expect(membersOf(pair(60, 100, { body: null }))).toEqual([]);
});

test('a frame is compared with the first of its view, not only with the one before', () => {
  const wander = (bits: number): GroupFrame[] =>
    [0, 45, bits].map((from, at) =>
      shot('abc'[at] ?? '', at * 400, { fingerprint: changedLook(SCENE, from) }),
    );
  expect(membersOf(wander(90), { steadyGapSeconds: 0 })).toEqual(['burst: a b c']);
  expect(membersOf(wander(91), { steadyGapSeconds: 0 })).toEqual(['burst: a b']);
});

test('a slow series of one view may change little by little, up to eight times', () => {
  // As a focus stack does: each frame 40 bits from the one before.
  const refocused = (count: number): GroupFrame[] => {
    const looks = [SCENE];
    for (let at = 1; at < count; at++) looks.push(changedLook(looks.at(-1) ?? SCENE, 40, at));
    return looks.map((fingerprint, at) =>
      shot(`f${String(at).padStart(2, '0')}`, at * 9000, { fingerprint }),
    );
  };
  expect(groupFrames(refocused(16)).map(({ frames }) => frames.length)).toEqual([16]);
  expect(groupFrames(refocused(17)).map(({ frames }) => frames.length)).toEqual([16]);
  expect(groupFrames(refocused(16), { burstViewsMax: 1 })).toHaveLength(8);
});

test('a burst may turn to other views while it is fast, up to eight', () => {
  // Each frame is 80 bits from the one before, and about 110 from the one before that: two frames to a view.
  const panned = (stepMs: number, views: number): GroupFrame[] => {
    const looks = [SCENE];
    for (let at = 1; at < views * 2; at++) {
      looks.push(changedLook(looks.at(-1) ?? SCENE, 80, at));
    }
    return looks.map((fingerprint, at) =>
      shot(`f${String(at).padStart(2, '0')}`, at * stepMs, { fingerprint }),
    );
  };
  expect(groupFrames(panned(300, 8)).map(({ frames }) => frames.length)).toEqual([16]);
  expect(groupFrames(panned(300, 9)).map(({ frames }) => frames.length)).toEqual([16, 2]);
  expect(groupFrames(panned(301, 4))).toHaveLength(4);
  expect(groupFrames(panned(301, 4), { viewGapSeconds: 0.4 })).toHaveLength(1);
  expect(groupFrames(panned(300, 4), { burstViewsMax: 1 })).toHaveLength(4);
});

test('a frame with nothing to see joins no burst and breaks none', () => {
  const flat = { fingerprint: '0'.repeat(64) };
  const poor = { quality: 10 };
  for (const other of [flat, poor, { fingerprint: 'no look' }]) {
    const frames = [shot('a', 0), shot('b', 100, other), shot('c', 200)];
    expect(membersOf(frames, { qualityMin: 11 })).toEqual(['burst: a c']);
  }
  expect(membersOf([shot('a', 0, flat), shot('b', 100, flat)])).toEqual([]);
  // The twin: the same quality is enough where less is asked for.
  const three = [shot('a', 0), shot('b', 100, poor), shot('c', 200)];
  expect(membersOf(three, { qualityMin: 10 })).toEqual(['burst: a b c']);
});

test('colours or tones that are far apart make two scenes of one fingerprint, in series but not for copies', () => {
  const tinted = (more: number, given: Partial<GroupFrame> = {}): GroupFrame[] => [
    shot('a', 0, { colour: [0, 10, 0, 10], tone: [100, 100] }),
    shot('b', 100, { colour: [0, 10, 0, 10 + more * 4], tone: [100, 100], ...given }),
  ];
  expect(membersOf(tinted(15))).toEqual(JOINED);
  expect(membersOf(tinted(16))).toEqual([]);
  expect(membersOf(tinted(16), { colourDifferenceMax: 16 })).toEqual(JOINED);
  expect(membersOf(tinted(0, { tone: [180, 100] }))).toEqual(JOINED);
  expect(membersOf(tinted(0, { tone: [182, 100] }))).toEqual([]);
  expect(membersOf(tinted(0, { tone: [182, 100] }), { toneDifferenceMax: 41 })).toEqual(JOINED);
  // What is not known, or of another kind, proves nothing.
  expect(membersOf(tinted(0, { tone: null, colour: [99] }))).toEqual(JOINED);
  const edit = { body: null, takenMs: null };
  expect(membersOf(tinted(99, edit))).toEqual(['look-alikes: a b']);
});

test('numbers of the maker join what looks different, and part what looks the same', () => {
  const counted = (name: string, atMs: number, sequence: number, look: number): GroupFrame => {
    const told = hint({ kind: 'burst', sequence, isContinuous: true });
    return shot(name, atMs, { hint: told, fingerprint: sceneLook(look) });
  };
  const panned = [counted('a', 0, 1, 1), counted('b', 900, 2, 2), counted('c', 1800, 3, 3)];
  expect(membersOf(panned)).toEqual(['burst: a b c']);
  expect(groupFrames(panned)[0]?.score).toBe(1);
  const again = [...panned, counted('d', 1900, 1, 3), counted('e', 2000, 2, 3)];
  expect(membersOf(again)).toEqual(['burst: a b c', 'burst: d e']);
  const late = [counted('a', 0, 1, 1), counted('b', 2001, 2, 2)];
  expect(membersOf(late)).toEqual([]);
});

test('where times are missing the numbers in the names are the order', () => {
  const numbered = (name: string, fileNumber: number, given: Partial<GroupFrame> = {}) =>
    shot(name, 0, { takenMs: null, fileNumber, ...given });
  const three = [numbered('c', 23), numbered('a', 21), numbered('b', 22)];
  expect(membersOf(three)).toEqual(['burst: a b c']);
  expect(membersOf([numbered('a', 21), numbered('c', 23)])).toEqual([]);
  expect(membersOf([numbered('a', 21), numbered('b', 22, { folder: 'other' })])).toEqual([
    'look-alikes: a b',
  ]);
  expect(membersOf([numbered('a', 21), numbered('b', 22, { fingerprint: sceneLook(9) })])).toEqual(
    [],
  );
});

test('frames of one second without fractions are ordered by the numbers in their names', () => {
  const frames = ['a', 'b', 'c'].map((name, at) =>
    shot(name, 0, { hasSubSeconds: false, fileNumber: 3 - at }),
  );
  expect(membersOf(frames)).toEqual(['burst: c b a']);
});

test('a member tells its distance and a score that falls with time and likeness', () => {
  const frames = [
    shot('a', 0),
    shot('b', 60, { fingerprint: changedLook(SCENE, 16) }),
    shot('c', 560, { fingerprint: changedLook(SCENE, 64) }),
  ];
  const [group] = groupFrames(frames);
  expect(group?.frames).toEqual([
    { id: 'a', distance: 0, score: 1 },
    { id: 'b', distance: 16, score: 0.913 },
    { id: 'c', distance: 64, score: 0.542 },
  ]);
  expect(group?.score).toBe(0.728);
  expect(group?.id).toBe('burst:a');
  expect(group?.reason).toBe(
    '3 frames of one body within 0.56 s, looks at most 64 of 256 bits from the first.',
  );
});

test('the defaults are those that are documented', () => {
  expect(GROUP_DEFAULTS).toMatchObject({ burstDistanceMax: 90, burstGapSeconds: 0.6 });
});
