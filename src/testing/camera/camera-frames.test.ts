import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readQuickFacts } from '../../metadata/index.ts';
import {
  type CameraFile,
  exposedFrames,
  FIRST_SHOT_MS,
  type FrameMaker,
  patternFrames,
} from './camera-frames.ts';

const SMALL = { seed: 5, width: 96, height: 64, pairs: true, exposures: 2 } as const;

function wholeOf(file: CameraFile): Uint8Array {
  return file.read(0, file.sizeBytes);
}

function digestOf(file: CameraFile): string {
  return createHash('sha256').update(wholeOf(file)).digest('hex');
}

/** The files of so many shots, 50 ms apart. */
async function filesOf(frames: FrameMaker, shots: number): Promise<readonly CameraFile[]> {
  const made: CameraFile[] = [];
  for (let shot = 0; shot < shots; shot++) {
    made.push(...(await frames.make(shot, FIRST_SHOT_MS + shot * 50)));
  }
  return made;
}

describe.each(['nef', 'dng'] as const)('exposedFrames() of %s', (format) => {
  it('makes real RAW and JPEG files that say when they were taken', async () => {
    const frames = exposedFrames({ ...SMALL, format });
    const files = await frames.make(3, FIRST_SHOT_MS + 86_400_000 + 3_600_070);
    expect(files.map(({ extension }) => extension)).toEqual([format.toUpperCase(), 'JPG']);
    for (const file of files) {
      const { facts, trouble } = readQuickFacts(`A.${file.extension}`, wholeOf(file));
      expect(trouble).toBeNull();
      expect(facts?.time?.local).toBe('2026-11-22T07:12:05.32');
      expect([facts?.width, facts?.height]).toEqual([96, 64]);
    }
  });

  it('makes no two alike, though pictures come again', async () => {
    const files = await filesOf(exposedFrames({ ...SMALL, format }), 40);
    expect(new Set(files.map(digestOf)).size).toBe(80);
  });

  it('makes the same files from the same seed, and others from another', async () => {
    const digests = async (seed: number): Promise<readonly string[]> =>
      (await filesOf(exposedFrames({ ...SMALL, format, seed }), 3)).map(digestOf);
    expect(await digests(5)).toEqual(await digests(5));
    expect(await digests(5)).not.toEqual(await digests(6));
  });

  it('gives the same bytes in parts as in one piece', async () => {
    const files = await filesOf(exposedFrames({ ...SMALL, format }), 3);
    expectPartsToJoin(files);
  });
});

describe('patternFrames()', () => {
  it('gives the same bytes in parts as in one piece', async () => {
    const frames = patternFrames({ seed: 3, sizeBytes: 2_500_000, jpegBytes: 40_000 });
    expectPartsToJoin(await filesOf(frames, 2));
  });

  it('makes no two alike', async () => {
    const frames = patternFrames({ seed: 3, sizeBytes: 9000, jpegBytes: 9000 });
    expect(new Set((await filesOf(frames, 50)).map(digestOf)).size).toBe(100);
  });

  it('has files beyond 4 GiB, other bytes everywhere', async () => {
    const sizeBytes = 2 ** 32 + 2_000_000;
    const [file] = await patternFrames({ seed: 3, sizeBytes }).make(0, FIRST_SHOT_MS);
    const starts = [0, 2 ** 20, 2 ** 32, 2 ** 32 + 2 ** 20].map((at) => file?.read(at, 8).join());
    expect(new Set(starts).size).toBe(4);
    expect(file?.read(sizeBytes - 3, 8).length).toBe(3);
    expect(file?.read(sizeBytes + 3, 8).length).toBe(0);
  });
});

function expectPartsToJoin(files: readonly CameraFile[]): void {
  fc.assert(
    fc.property(fc.constantFrom(...files), fc.nat(), fc.nat(5000), (file, at, length) => {
      const offset = at % file.sizeBytes;
      const part = file.read(offset, length);
      expect(Buffer.compare(part, wholeOf(file).subarray(offset, offset + length))).toBe(0);
    }),
    { numRuns: 60 },
  );
}
