import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  renderPreviews,
  type ShotFacts,
  shootFrame,
  simCamera,
  writeCameraJpeg,
} from '../src/testing/index.ts';
import { estimateBytes } from './jpeg-model.ts';
import { guessByBlocks, guessByTiles } from './jpeg-motion.ts';
import { type JpegPicture, readPicture } from './jpeg-picture.ts';
import { toneLike } from './jpeg-tones.ts';
import type { BenchRun, Row } from './row.ts';

/** Frames of one burst: each after the first is looked at beside the one before. */
interface FrameSet {
  readonly name: string;
  /** Null where the samples are not there. */
  readonly frames: () => Promise<readonly JpegPicture[] | null>;
}

/**
 * What the frame before could save of a frame's JPEG file, which the codec does not use: an ideal model of mixed contexts
 * over the frame's own coefficients, alone and with what the sibling says.
 * @param samples the folder of sample files
 */
export async function siblingRows(samples: string, run: BenchRun): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let coded = 0;
  let alone = 0;
  for (const { name, frames } of setsOf(samples)) {
    run.say(`siblings: ${name}`);
    const what = `estimate, not in the codec: points of a file's size that the frame before would save, ${name}, moved in tiles at quarter samples (ideal length by mixed contexts)`;
    const pictures = await frames();
    if (pictures === null) {
      const skipped = 'skipped: not in the samples folder (FIELDVAULT_SAMPLES)';
      rows.push({ what, unit: 'points', ours: null, peer: null, verdict: null, skipped });
      continue;
    }
    const saved = measureSet(pictures);
    coded += saved.codedBytes;
    alone += saved.aloneBytes;
    rows.push({
      ...{ what, unit: 'points', ours: saved.byTiles },
      ...{
        peer: { name: 'estimate at whole blocks', value: saved.byBlocks, ratio: null },
        verdict: null,
      },
    });
  }
  const peer = { name: 'mixed contexts', value: alone / 1e6, ratio: coded / alone };
  const what = 'coefficients of those frames, each alone, beside their ideal length';
  return [...rows, { what, unit: 'MB', ours: coded / 1e6, peer, verdict: null }];
}

function setsOf(samples: string): readonly FrameSet[] {
  const real = (name: string, paths: readonly string[]): FrameSet => ({
    name,
    frames: async () => {
      const whole = paths.map((path) => join(samples, 'jpeg_burst', path));
      if (!whole.every((path) => existsSync(path))) return null;
      return whole.map((path) => readPicture(new Uint8Array(readFileSync(path))));
    },
  });
  const simulated = (name: string, iso: number, step: { x: number; y: number }): FrameSet => ({
    name: `${name}, ISO ${iso}`,
    frames: () => simulatedPair(iso, step),
  });
  const hand = { x: 3.3, y: -2.6 };
  return [
    real('real focus bracket', ['focus_bracket/pcb_000.JPG', 'focus_bracket/pcb_001.JPG']),
    real(
      'real exposure bracket',
      ['IMG_2600.jpg', 'IMG_2601.jpg', 'IMG_2602.jpg'].map((name) => `exposure_bracket/${name}`),
    ),
    ...[64, 400, 1600].map((iso) => simulated('simulated hand-held burst', iso, hand)),
    simulated('simulated burst on a tripod', 400, { x: 0, y: 0 }),
  ];
}

const FACTS: ShotFacts = {
  ...{ make: 'FieldVault', model: 'SimCam', serial: '1', lens: 'Sim 24-120mm f/4' },
  ...{ takenLocalMs: 1_795_241_525_250, offsetMinutes: 60, iso: 400, aperture: 4 },
  ...{ shutterPerSecond: 250, focalLength: 50, exposureStops: 0, place: null },
  ...{ shutterCount: 77, drive: 'continuous' },
};

/** Two frames of one scene, each with noise of its own; the view moves by a step in samples. */
async function simulatedPair(
  iso: number,
  step: { readonly x: number; readonly y: number },
): Promise<JpegPicture[]> {
  const camera = simCamera({ seed: 5, width: 1200, height: 800, iso });
  const pictures: JpegPicture[] = [];
  for (const index of [0, 1]) {
    const shift = { x: step.x * index, y: step.y * index };
    const frame = shootFrame(camera, { shift, noiseSeed: 100 + index, sceneTimeMs: 50 * index });
    const jpeg = await writeCameraJpeg(frame, FACTS, await renderPreviews(frame));
    pictures.push(readPicture(jpeg));
  }
  return pictures;
}

interface SetSaving {
  readonly codedBytes: number;
  readonly aloneBytes: number;
  /** Hundredths of the files' bytes that would be saved besides. */
  readonly byBlocks: number;
  readonly byTiles: number;
}

function measureSet(pictures: readonly JpegPicture[]): SetSaving {
  let [files, coded, alone, blocks, tiles] = [0, 0, 0, 0, 0];
  for (const [index, target] of pictures.entries()) {
    const before = pictures[index - 1];
    if (before === undefined) continue;
    const { picture: sibling, bits } = toneLike(target, before);
    files += target.fileBytes;
    coded += target.codedBytes;
    alone += estimateBytes(target, null);
    blocks += estimateBytes(target, guessByBlocks(target, sibling)) + bits / 8;
    tiles += estimateBytes(target, guessByTiles(target, sibling)) + bits / 8;
  }
  const points = (saved: number): number => (100 * saved) / files;
  return {
    ...{ codedBytes: coded, aloneBytes: alone },
    ...{ byBlocks: points(alone - blocks), byTiles: points(alone - tiles) },
  };
}
