import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roleOf } from '../file-kind.ts';
import { joinFrames } from './join-frames.ts';
import type { Frame, FramePart } from './part.ts';

const FOLDERS = ['a', 'a/CaptureOne/Settings1', 'a/NKSC_PARAM', 'DCIM/100X', 'DCIM/101X'];
const STEMS = ['S', 's', 'S_01', 'IMG_0001', 'IMG_E0001', 'S_E', 'PXL_1.RAW-01.COVER', '._S'];
const ENDINGS = (
  'NEF nef JPG dng heic mov MP4 wav thm xmp NEF.xmp JPG.xmp cos NEF.cos dop pp3 JPG.out.pp3 nksc ' +
  'aae xml log icm lrcat txt acr comask NEF.comask dr4 on1'
).split(' ');
const known = <T>(...values: readonly T[]): fc.Arbitrary<T | null> =>
  fc.option(fc.constantFrom(...values), { freq: 2 });

const anyPart: fc.Arbitrary<FramePart> = fc
  .record({
    folder: fc.constantFrom(...FOLDERS),
    stem: fc.constantFrom(...STEMS),
    ending: fc.constantFrom(...ENDINGS),
    content: fc.constantFrom('1', '2'),
    make: known('Nikon', 'NIKON '),
    model: known('Z 9', 'Z 8'),
    serial: known('1', '2'),
    takenMs: known(0, 20_000, 40_000, 1e9),
    contentIdentifier: known('A', 'B'),
    sidecarFor: known('NEF', 'jpg', 'cr3'),
  })
  .map(({ folder, stem, ending, ...facts }) => ({
    path: `card/${folder}/${stem}.${ending}`,
    sizeBytes: 1,
    mtimeMs: 0,
    ...facts,
  }));
const anyParts = fc.uniqueArray(anyPart, { selector: ({ path }) => path, maxLength: 40 });
const partsOf = (frames: readonly Frame[]): Set<string> =>
  new Set(frames.flatMap(({ parts }) => parts.map(({ path }) => path)));

/** Logs and AppleDouble files are frames only beside a picture. */
const isSure = ({ path }: FramePart): boolean =>
  ['capture', 'sidecar'].includes(roleOf(path)) && !path.includes('/._');

describe('joinFrames() of any parts', () => {
  it('loses nothing: every picture, movie, sound and sidecar is in a frame', () => {
    fc.assert(
      fc.property(anyParts, (parts) => {
        const joined = partsOf(joinFrames(parts));
        for (const part of parts.filter(isSure)) expect(joined).toContain(part.path);
      }),
    );
  });

  it('takes in no catalog and no other file, and nothing that was not given', () => {
    fc.assert(
      fc.property(anyParts, (parts) => {
        const given = new Set(parts.map(({ path }) => path));
        for (const path of partsOf(joinFrames(parts))) {
          expect(given).toContain(path);
          expect(path).not.toMatch(/\.(lrcat|txt)$/);
        }
      }),
    );
  });

  it('puts a picture into one frame only, and names each frame once', () => {
    fc.assert(
      fc.property(anyParts, (parts) => {
        const frames = joinFrames(parts);
        expect(new Set(frames.map(({ id }) => id)).size).toBe(frames.length);
        const pictures = frames.flatMap((frame) =>
          frame.parts.filter(({ role }) => ['raw', 'jpeg', 'heic', 'video'].includes(role)),
        );
        expect(new Set(pictures.map(({ path }) => path)).size).toBe(pictures.length);
      }),
    );
  });

  it('says so wherever a sidecar is in several frames', () => {
    fc.assert(
      fc.property(anyParts, (parts) => {
        const frames = joinFrames(parts);
        for (const frame of frames) {
          for (const { path } of frame.parts) {
            const others = frames.filter((one) => one.parts.some((part) => part.path === path));
            const isSaid = frame.ambiguities.some((sentence) => sentence.startsWith(`${path} may`));
            if (others.length > 1) expect(isSaid).toBe(true);
          }
        }
      }),
    );
  });

  it('gives the same frames whatever the order of the parts', () => {
    const orders = anyParts.chain((parts) =>
      fc.tuple(
        fc.constant(parts),
        fc.shuffledSubarray([...parts], { minLength: parts.length, maxLength: parts.length }),
      ),
    );
    fc.assert(
      fc.property(orders, ([parts, shuffled]) => {
        expect(joinFrames(shuffled)).toEqual(joinFrames(parts));
      }),
    );
  });

  it('keeps pictures apart that contradict each other', () => {
    fc.assert(
      fc.property(anyParts, (parts) => {
        expect(contradictions(parts, joinFrames(parts))).toEqual([]);
      }),
    );
  });

  it('would not keep them apart by their names alone (a twin that shows the test can fail)', () => {
    const found = fc.sample(anyParts, { numRuns: 50, seed: 1 }).flatMap((parts) => {
      const blind = parts.map((part) => ({ ...part, ...UNKNOWN }));
      return contradictions(parts, joinFrames(blind));
    });
    expect(found.length).toBeGreaterThan(0);
  });

  it('joins 100,000 parts, and as many names that differ in case only', () => {
    const shoot = Array.from({ length: 25_000 }, (_, index) =>
      ['NEF', 'JPG', 'xmp', 'NEF.dop'].map((ending) =>
        numbered(`DCIM/${100 + Math.floor(index / 9999)}N/DSC_${index % 9999}.${ending}`, index),
      ),
    ).flat();
    expect(joinFrames(shoot)).toHaveLength(25_000);
    const alike = Array.from({ length: 100_000 }, (_, index) =>
      numbered(`a/PXL_1.RAW-${index}.COVER.jpg`, index * 100),
    );
    expect(joinFrames(alike)).toHaveLength(100_000);
  });
});

const UNKNOWN = { make: null, model: null, serial: null, takenMs: null };

/** Frames whose pictures cannot be one press of the shutter. */
function contradictions(parts: readonly FramePart[], frames: readonly Frame[]): Frame[] {
  const byPath = new Map(parts.map((part) => [part.path, part]));
  return frames.filter((frame) => {
    const pictures = frame.parts
      .filter(({ role }) => ['raw', 'jpeg', 'heic', 'image', 'video'].includes(role))
      .map(({ path }) => byPath.get(path));
    const isMixed = (['serial', 'model', 'contentIdentifier'] as const).some(
      (key) => new Set(pictures.flatMap((one) => one?.[key] ?? [])).size > 1,
    );
    const times = pictures.flatMap((one) => one?.takenMs ?? []);
    return isMixed || Math.max(...times) - Math.min(...times) > 30_000;
  });
}

function numbered(path: string, index: number): FramePart {
  return {
    path: `card/${path}`,
    content: `${index}`,
    sizeBytes: 1,
    mtimeMs: 0,
    make: 'NIKON',
    model: 'Z 9',
    serial: '1',
    takenMs: index * 1000,
    contentIdentifier: null,
    sidecarFor: null,
  };
}
