import { shootFrame, simCamera } from './camera.ts';
import { writeCameraJpeg } from './camera-jpeg.ts';
import { renderPreviews } from './previews.ts';
import type { ShotFacts } from './shot-facts.ts';

/** What a burst of JPEG files is like. */
export interface JpegBurst {
  readonly frames: number;
  readonly width: number;
  readonly height: number;
  readonly iso: number;
  /** How far the view moves from each frame to the next, in samples. */
  readonly step: { readonly x: number; readonly y: number };
  /** How much longer each frame is exposed than the one before, in stops; 0 by default. */
  readonly stops?: number;
}

/** Shoots frames of one scene with noise of their own; the view moves by the same step each time, and nothing else does. */
export async function shootJpegBurst(burst: JpegBurst): Promise<Uint8Array[]> {
  const { frames, step, stops = 0, ...sensor } = burst;
  const camera = simCamera({ seed: 5, ...sensor });
  const files: Uint8Array[] = [];
  for (let index = 0; index < frames; index++) {
    const shift = { x: step.x * index, y: step.y * index };
    const frame = shootFrame(camera, {
      ...{ shift, noiseSeed: 100 + index, sceneTimeMs: 50 * index, exposureStops: stops * index },
    });
    const takenLocalMs = FACTS.takenLocalMs + 50 * index;
    const facts = { ...FACTS, iso: sensor.iso, shutterCount: index, takenLocalMs };
    files.push(await writeCameraJpeg(frame, facts, await renderPreviews(frame)));
  }
  return files;
}

const FACTS: ShotFacts = {
  ...{ make: 'FieldVault', model: 'SimCam', serial: '1', lens: 'Sim 24-120mm f/4' },
  ...{ takenLocalMs: 1_795_241_525_250, offsetMinutes: 60, iso: 400, aperture: 4 },
  ...{ shutterPerSecond: 250, focalLength: 50, exposureStops: 0, place: null },
  ...{ shutterCount: 0, drive: 'continuous' },
};
