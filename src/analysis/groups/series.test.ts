import { describe, expect, test } from 'vitest';
import { changedLook, sceneLook, simFrame } from '../../testing/index.ts';
import type { BurstHint } from '../burst-hint.ts';
import type { SeriesKind } from '../maker-tables.ts';
import type { GroupFrame } from './group-frame.ts';
import { groupFrames } from './group-frames.ts';
import type { GroupOptions } from './group-options.ts';

const SCENE = sceneLook(1);
const START_MS = 1_780_272_000_000;

function membersOf(frames: readonly GroupFrame[], options: GroupOptions = {}): string[] {
  return groupFrames(frames, options).map(
    (group) => `${group.kind}: ${group.frames.map(({ id }) => id).join(' ')}`,
  );
}

function hint(given: Partial<BurstHint>): BurstHint {
  const nothing = { id: null, kind: null, sequence: null, length: null, isContinuous: null };
  return { ...nothing, from: 'Sim:Tag', ...given };
}

/** Frames named a, b, c ... that follow each other at even steps. */
function frames(
  stepMs: number,
  facts: readonly Partial<GroupFrame>[],
  all: Partial<GroupFrame> = {},
): GroupFrame[] {
  return facts.map((given, at) =>
    simFrame({
      id: 'abcdefghij'[at] ?? String(at),
      takenMs: START_MS + at * stepMs,
      fingerprint: changedLook(SCENE, at === 0 ? 0 : 50, at),
      ...all,
      ...given,
    }),
  );
}

describe('an identity that the maker wrote', () => {
  const burst = (id: string): Partial<GroupFrame> => ({ hint: hint({ id, kind: 'burst' }) });

  test('joins frames whatever they look like, in any folder', () => {
    const two = frames(30_000, [burst('x:1'), { ...burst('x:1'), folder: 'b' }], {
      fingerprint: null,
    });
    expect(membersOf(two)).toEqual(['burst: a b']);
    expect(groupFrames(two)[0]).toMatchObject({ score: 1, frames: [{}, { distance: null }] });
  });

  test('parts frames that look the same', () => {
    const mixed = [burst('x:1'), burst('x:1'), burst('x:2'), burst('x:2'), burst('x:3'), {}];
    expect(membersOf(frames(50, mixed))).toEqual(['burst: a b', 'burst: c d']);
  });

  test('begins again where ten minutes lie between, and with another body', () => {
    const late = frames(600_000, [burst('x:1'), burst('x:1')]);
    expect(membersOf(late)).toEqual(['burst: a b']);
    expect(membersOf(frames(600_001, [burst('x:1'), burst('x:1')]))).toEqual([]);
    expect(membersOf(late, { identityGapSeconds: 599 })).toEqual([]);
    expect(membersOf(frames(50, [burst('x:1'), { ...burst('x:1'), body: 'other||' }]))).toEqual([]);
  });
});

describe('series that the maker tells frame by frame', () => {
  const told = (kind: SeriesKind, sequence: number | null, length: number | null = null) => ({
    hint: hint({ kind, sequence, length }),
    fingerprint: sceneLook(sequence ?? 1),
  });

  test.each(['bracket', 'focus-stack', 'panorama', 'pixel-shift'] as const)(
    'of the kind %s are joined by their numbers, also where nothing is alike',
    (kind) => {
      const five = [1, 2, 3, 1, 2].map((sequence) => told(kind, sequence));
      expect(membersOf(frames(9000, five))).toEqual([`${kind}: a b c`, `${kind}: d e`]);
    },
  );

  test('end after ten seconds', () => {
    const two = [told('panorama', 1), told('panorama', 2)];
    expect(membersOf(frames(10_000, two))).toEqual(['panorama: a b']);
    expect(membersOf(frames(10_001, two))).toEqual([]);
    expect(membersOf(frames(10_001, two), { seriesGapSeconds: 11 })).toEqual(['panorama: a b']);
  });

  test('end at their length', () => {
    const six = [1, 2, 3, 4, 5, 6].map((sequence) => told('pixel-shift', sequence, 4));
    expect(membersOf(frames(500, six))).toEqual(['pixel-shift: a b c d', 'pixel-shift: e f']);
  });

  test('without numbers begin again where an exposure comes again, or the scene is another', () => {
    const exposures = [-2, 0, 2, -2, 0, 2].map((stops) => ({
      hint: hint({ kind: 'bracket' }),
      shutterSeconds: 2 ** (stops - 8),
    }));
    expect(membersOf(frames(400, exposures))).toEqual(['bracket: a b c', 'bracket: d e f']);
    const scenes = exposures.map((one, at) => ({ ...one, fingerprint: sceneLook(at >> 1) }));
    expect(membersOf(frames(400, scenes.slice(0, 4)))).toEqual(['bracket: a b', 'bracket: c d']);
  });

  test('of brackets without numbers are never longer than brackets are', () => {
    const many = Array.from({ length: 20 }, () => ({ hint: hint({ kind: 'bracket' }) }));
    expect(groupFrames(frames(100, many)).map((group) => group.frames.length)).toEqual([15, 5]);
  });

  test('of white balance have one exposure', () => {
    const three = [{}, {}, {}].map(() => ({
      hint: hint({ kind: 'bracket' }),
      shutterSeconds: 0.01,
    }));
    expect(membersOf(frames(0, three))).toEqual(['bracket: a b c']);
  });
});

describe('an exposure bracket that nobody marked', () => {
  const stops = (...list: readonly number[]): Partial<GroupFrame>[] =>
    list.map((stop) => ({ shutterSeconds: 2 ** stop / 1000, aperture: 8, iso: 100 }));

  test('has three or more exposures at even steps', () => {
    expect(membersOf(frames(900, stops(0, -2, 2)))).toEqual(['bracket: a b c']);
    expect(membersOf(frames(900, stops(0, -2, 2, 0, -2, 2)))).toEqual([
      'bracket: a b c',
      'bracket: d e f',
    ]);
    expect(membersOf(frames(900, stops(0, -2)))).toEqual([]);
    expect(membersOf(frames(900, stops(0, -2)), { seriesFramesMin: 2 })).toEqual(['bracket: a b']);
  });

  test('may be of sensitivity, aperture or only of a bias', () => {
    const isos = [100, 200, 400].map((iso) => ({ iso, shutterSeconds: 0.01, aperture: 4 }));
    expect(membersOf(frames(900, isos))).toEqual(['bracket: a b c']);
    const openings = [4, 5.6, 8].map((aperture) => ({ aperture, shutterSeconds: 0.01 }));
    expect(membersOf(frames(900, openings))).toEqual(['bracket: a b c']);
    const biases = [0, -1, 1].map((exposureBias) => ({ exposureBias }));
    expect(membersOf(frames(900, biases))).toEqual(['bracket: a b c']);
  });

  test('is not what automatic exposure does in a burst', () => {
    expect(membersOf(frames(100, stops(0, 0.33, 0.66)))).toEqual(['burst: a b c']);
    expect(membersOf(frames(100, stops(0, 0.49, 0.98)))).toEqual(['burst: a b c']);
    expect(membersOf(frames(100, stops(0, 0.5, 1)))).toEqual(['bracket: a b c']);
    expect(membersOf(frames(100, stops(0, 0.49, 0.98)), { bracketStepStops: 0.4 })).toEqual([
      'bracket: a b c',
    ]);
    expect(membersOf(frames(100, stops(0, 3, 3, 3)))).toEqual(['burst: a b c d']);
  });

  test('has steps of nearly one size', () => {
    expect(membersOf(frames(900, stops(0, 1, 2.39)))).toEqual(['bracket: a b c']);
    expect(membersOf(frames(900, stops(0, 1, 2.41)))).toEqual([]);
    expect(membersOf(frames(900, stops(0, 1, 2.41)), { stepToleranceStops: 0.5 })).toEqual([
      'bracket: a b c',
    ]);
  });

  test('is not what a maker calls a burst', () => {
    const burst = stops(0, -2, 2).map((one) => ({ ...one, hint: hint({ kind: 'burst' }) }));
    expect(membersOf(frames(100, burst))).toEqual(['burst: a b c']);
  });

  test('shows one scene', () => {
    const within = stops(0, -2, 2).map((one, at) => {
      return { ...one, fingerprint: changedLook(SCENE, at * 48) };
    });
    expect(membersOf(frames(900, within))).toEqual(['bracket: a b c']);
    const beyond = stops(0, -2, 2).map((one, at) => {
      return { ...one, fingerprint: changedLook(SCENE, at * 49) };
    });
    expect(membersOf(frames(900, beyond))).toEqual([]);
    expect(membersOf(frames(900, beyond), { bracketDistanceMax: 98 })).toEqual(['bracket: a b c']);
    const unseen = stops(0, -2, 2).map((one) => ({ ...one, fingerprint: null }));
    expect(membersOf(frames(900, unseen))).toEqual([]);
  });

  test('goes on within five seconds of the end of each exposure', () => {
    const long = [8, 2, 0.5].map((shutterSeconds) => ({ shutterSeconds }));
    expect(membersOf(frames(13_000, long.slice(0, 2)), { seriesFramesMin: 2 })).toEqual([
      'bracket: a b',
    ]);
    expect(membersOf(frames(13_001, long.slice(0, 2)), { seriesFramesMin: 2 })).toEqual([]);
    const later = { seriesFramesMin: 2, bracketGapSeconds: 6 };
    expect(membersOf(frames(13_001, long.slice(0, 2)), later)).toEqual(['bracket: a b']);
  });
});

describe('a focus stack that nobody marked', () => {
  const distances = (...list: readonly number[]): Partial<GroupFrame>[] =>
    list.map((focusDistance) => ({ focusDistance, shutterSeconds: 0.01, aperture: 8, iso: 100 }));

  test('is focused one way in every step', () => {
    expect(membersOf(frames(15_000, distances(1, 1.1, 1.3, 1.8)))).toEqual([
      'focus-stack: a b c d',
    ]);
    expect(membersOf(frames(15_000, distances(3, 2, 1)))).toEqual(['focus-stack: a b c']);
    expect(membersOf(frames(15_000, distances(1, 1.1, 1)))).toEqual([]);
    expect(membersOf(frames(15_000, distances(1, 1, 1)))).toEqual([]);
    expect(membersOf(frames(15_000, distances(1, 2)))).toEqual([]);
  });

  test('goes on within fifteen seconds', () => {
    // Gaps are counted from the end of the exposure.
    expect(membersOf(frames(15_011, distances(1, 2, 3)))).toEqual([]);
    expect(membersOf(frames(15_011, distances(1, 2, 3)), { focusGapSeconds: 16 })).toEqual([
      'focus-stack: a b c',
    ]);
  });

  test('has one exposure and one scene, and is no continuous drive', () => {
    const three = distances(1, 2, 3);
    const brighter = three.map((one, at) => ({ ...one, shutterSeconds: 0.01 * 1.3 ** at }));
    expect(membersOf(frames(9000, brighter))).toEqual([]);
    expect(membersOf(frames(9000, brighter), { sameExposureStops: 0.8 })).toEqual([
      'focus-stack: a b c',
    ]);
    const scenes = three.map((one, at) => ({ ...one, fingerprint: sceneLook(at) }));
    expect(membersOf(frames(9000, scenes))).toEqual([]);
    const tracking = three.map((one) => ({ ...one, hint: hint({ isContinuous: true }) }));
    expect(membersOf(frames(200, tracking))).toEqual(['burst: a b c']);
  });
});

describe('a panorama that nobody marked', () => {
  const turns = (step: number, count: number): Partial<GroupFrame>[] =>
    Array.from({ length: count }, (_value, at) => ({
      fingerprint: changedLook(SCENE, at * step),
      shutterSeconds: 0.01,
    }));

  test('has neighbours that are alike and ends that are not', () => {
    expect(membersOf(frames(3000, turns(60, 4)))).toEqual(['panorama: a b c d']);
    // The last is still like the first.
    expect(membersOf(frames(3000, turns(55, 3)))).toEqual(['panorama: a b c']);
    expect(membersOf(frames(3000, turns(54, 3)))).toEqual([]);
    expect(membersOf(frames(3000, turns(54, 3)), { panoramaEndsMin: 108 })).toEqual([
      'panorama: a b c',
    ]);
    // Not even neighbours are alike.
    expect(membersOf(frames(3000, turns(91, 3)))).toEqual([]);
  });

  test('is taken more slowly than a burst, within ten seconds from frame to frame', () => {
    expect(membersOf(frames(610, turns(60, 4)))).toEqual(['burst: a b', 'burst: c d']);
    expect(membersOf(frames(611, turns(60, 4)))).toEqual(['panorama: a b c d']);
    expect(membersOf(frames(10_010, turns(60, 4)))).toEqual(['panorama: a b c d']);
    expect(membersOf(frames(10_011, turns(60, 4)))).toEqual([]);
  });

  test('is not looked for in vain without end: an interval of ten thousand frames', () => {
    // Neighbours are alike, ends too: what takes the square of the frames would take minutes here.
    const sway = Array.from({ length: 10_000 }, (_value, at) => ({
      fingerprint: changedLook(SCENE, at % 2 === 0 ? 0 : 60),
    }));
    expect(membersOf(frames(5000, sway))).toEqual([]);
  });

  test('has one exposure', () => {
    const brighter = turns(60, 4).map((one, at) => ({ ...one, shutterSeconds: 0.01 * 1.2 ** at }));
    expect(membersOf(frames(3000, brighter))).toEqual([]);
  });
});
