/** JPEG files that are coded beside another frame of their burst: containers of version 2. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { decodeJpeg, encodeJpeg, jpegDependencies, type KnownContent } from '../../src/index.ts';
import { shootJpegBurst } from '../../src/testing/index.ts';
import { known, sha256 } from './codec-outcome.ts';
import { changes, damage } from './damage.ts';
import { goldenFile, mutations, outcomeOf } from './golden-file.ts';
import { type MadeJpeg, makeJpeg, SAMPLINGS } from './make-jpeg.ts';

const MUTATIONS = mutations(200);

const { gray: GRAY, full: FULL, quarter: QUARTER, upright: UPRIGHT } = SAMPLINGS;

const KEPT: Readonly<Record<string, MadeJpeg>> = {
  gray: { seed: 1, width: 90, height: 70, sampling: GRAY },
  quarter: { seed: 2, width: 120, height: 100, sampling: QUARTER },
  upright: { seed: 3, width: 70, height: 130, sampling: UPRIGHT, restartEvery: 5 },
};

/** Frames of one burst: the one before, and the one that is coded beside it. */
function burstOf(made: MadeJpeg): { readonly before: KnownContent; readonly bytes: Uint8Array } {
  const before = known(makeJpeg({ ...made, noiseSeed: 1 }));
  return { before, bytes: makeJpeg({ ...made, noiseSeed: 2 }) };
}

const made: fc.Arbitrary<MadeJpeg> = fc.record({
  seed: fc.integer(),
  width: fc.integer({ min: 40, max: 150 }),
  height: fc.integer({ min: 40, max: 150 }),
  sampling: fc.constantFrom(GRAY, FULL, QUARTER, UPRIGHT),
  restartEvery: fc.constantFrom(0, 3),
  isApart: fc.boolean(),
  fullness: fc.constantFrom(3, 10, 40),
});

/** The container beside its sibling, or a failure where it was not needed. */
function encoded(bytes: Uint8Array, sibling: KnownContent): Uint8Array {
  const container = encodeJpeg(bytes, { sibling });
  if (container === null) throw new Error('it was not recoded');
  expect(jpegDependencies(container)).toEqual([sibling.id]);
  return container;
}

function outcome(container: Uint8Array, dependencies: readonly KnownContent[]) {
  return outcomeOf(() => decodeJpeg(container, { dependencies }));
}

describe('containers of version 2', () => {
  const golden = goldenFile('jpeg-recoded-2.json', () =>
    Object.entries(KEPT).map(([name, one]) => {
      const { bytes, before } = burstOf(one);
      return [name, { bytes, container: encoded(bytes, before) }] as const;
    }),
  );
  test.each(Object.keys(KEPT))('%s decodes to the digest that was written down', (name) => {
    const kept = golden[name];
    const one = KEPT[name];
    if (one === undefined || kept === undefined) throw new Error('no such picture');
    const { bytes, before } = burstOf(one);
    const { container } = kept;
    expect(sha256(decodeJpeg(container, { dependencies: [before] }))).toBe(kept.sha256);
    expect(sha256(bytes)).toBe(kept.sha256);
    expect(encoded(bytes, before).length).toBeLessThanOrEqual(container.length * 1.005);
  });
});

describe('a JPEG file beside another frame of its burst', () => {
  it('is smaller where the other shows the same, and comes back', () => {
    fc.assert(
      fc.property(made, (one) => {
        const { bytes, before } = burstOf(one);
        const alone = encodeJpeg(bytes);
        const container = encodeJpeg(bytes, { sibling: before });
        if (alone === null || container === null) return;
        if (jpegDependencies(container).length === 0) expect(container).toEqual(alone);
        else expect(container.length).toBeLessThan(alone.length);
        expect(decodeJpeg(container, { dependencies: [before] })).toEqual(bytes);
      }),
      { numRuns: 60 },
    );
  });

  it('says which one is missing, and takes no other for it', () => {
    const { bytes, before } = burstOf({ seed: 7, width: 90, height: 90, sampling: QUARTER });
    const container = encoded(bytes, before);
    try {
      decodeJpeg(container);
      throw new Error('it was decoded from nothing');
    } catch (error) {
      expect(error).toMatchObject({ code: 'DAMAGED', details: { needs: before.id } });
    }
    const longer = { id: before.id, bytes: Uint8Array.from([...before.bytes, 0]) };
    const other = { id: before.id, bytes: damage(before.bytes, [[before.bytes.length - 40, 1]]) };
    expect(outcome(container, [longer])).toBe('DAMAGED');
    expect(outcome(container, [other])).toBe('DAMAGED');
  });

  it.each([
    ['of another size', { width: 98 }],
    ['of other planes', { sampling: FULL }],
    ['of another scene', { seed: 99 }],
  ])('does without one %s', (_, unlike) => {
    const one = { seed: 7, width: 90, height: 90, sampling: QUARTER };
    const other = known(makeJpeg({ ...one, ...unlike }));
    const container = encodeJpeg(makeJpeg(one), { sibling: other });
    expect(container).toEqual(encodeJpeg(makeJpeg(one)));
  });

  it('does without one that is no JPEG file', () => {
    const bytes = makeJpeg({ seed: 7, width: 90, height: 90, sampling: QUARTER });
    const sibling = known(new Uint8Array(5000).fill(7));
    expect(encodeJpeg(bytes, { sibling })).toEqual(encodeJpeg(bytes));
  });

  it.each([
    ['where a hand moved the camera', 0],
    ['where it was exposed otherwise, too', -0.7],
  ])('is at least 5 %% smaller %s', async (_, stops) => {
    const burst = { frames: 2, width: 480, height: 320, iso: 200, step: { x: 13.3, y: -4.6 } };
    const [before, bytes] = await shootJpegBurst({ ...burst, stops });
    if (before === undefined || bytes === undefined) throw new Error('no burst');
    const alone = encodeJpeg(bytes);
    const container = encoded(bytes, known(before));
    expect(container.length).toBeLessThan(0.95 * (alone?.length ?? 0));
  });
});

describe('damaged containers beside a sibling', () => {
  it('give the original or DAMAGED, never other bytes', () => {
    const cases = fc.tuple(fc.integer({ min: 0, max: 20 }), changes);
    fc.assert(
      fc.property(cases, ([seed, flips]) => {
        const { bytes, before } = burstOf({ seed, width: 64, height: 72, sampling: QUARTER });
        const container = damage(encodeJpeg(bytes, { sibling: before }) ?? bytes, flips);
        const result = outcome(container, [before]);
        if (result !== 'DAMAGED') expect(result).toEqual(bytes);
      }),
      { numRuns: MUTATIONS },
    );
  });

  it('give the original or DAMAGED from a damaged sibling, too', () => {
    const { bytes, before } = burstOf({ seed: 4, width: 64, height: 72, sampling: QUARTER });
    const container = encoded(bytes, before);
    fc.assert(
      fc.property(changes, (flips) => {
        const sibling = { id: before.id, bytes: damage(before.bytes, flips) };
        const result = outcome(container, [sibling]);
        if (result !== 'DAMAGED') expect(result).toEqual(bytes);
      }),
      { numRuns: MUTATIONS },
    );
  });

  it('are DAMAGED where they are cut short', () => {
    const { bytes, before } = burstOf({ seed: 4, width: 64, height: 72, sampling: QUARTER });
    const container = encoded(bytes, before);
    for (let length = 0; length < container.length; length += 7) {
      expect(outcome(container.subarray(0, length), [before])).toBe('DAMAGED');
    }
  });
});
