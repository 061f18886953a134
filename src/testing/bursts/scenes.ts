import type { GroupFrame } from '../../analysis/index.ts';
import { hashUnit } from '../../kernels/index.ts';
import { type Shot, shootFrame, simCamera } from '../shoot/camera.ts';
import { renderPreviews } from '../shoot/previews.ts';
import { simFrame } from './frames.ts';

/** What one press of the shutter of {@link simScenes} is, before it is taken. */
export interface SceneShot {
  /** The record, without a look. */
  readonly frame: GroupFrame;
  /** Shots with one key are a series; a shot alone in its key has to stay alone. */
  readonly series: string;
  readonly sceneSeed: number;
  readonly shot: Shot;
}

/** Samples of a simulated frame: enough for a look. */
const WIDTH = 768;
const HEIGHT = 512;
/** 2026-06-01 in local milliseconds. */
const START_MS = 1_780_272_000_000;
const HOUR_MS = 3_600_000;

/** How one series is taken. */
interface Plan {
  readonly name: string;
  readonly count: number;
  readonly stepMs: number;
  /** Whether each shot has to stay alone. */
  readonly areApart?: boolean;
  readonly hasSubSeconds?: boolean;
  /** The scene of the shot; left out: one for all. */
  readonly scene?: (at: number) => number;
  /** Part of the width by which the view has moved. */
  readonly moved?: (at: number) => number;
  /** Trembling of the hands, as part of the width. */
  readonly tremble?: number;
  readonly stops?: (at: number) => number;
}

const PLANS: readonly Plan[] = [
  { name: 'hand-held burst', count: 8, stepMs: 100, tremble: 0.01 },
  { name: 'fast burst', count: 12, stepMs: 50, tremble: 0.005 },
  { name: 'shaky slow burst', count: 6, stepMs: 400, tremble: 0.02 },
  { name: 'burst without fractions', count: 6, stepMs: 1000, hasSubSeconds: false, tremble: 0.01 },
  { name: 'panned burst', count: 8, stepMs: 100, moved: (at) => at * 0.015, tremble: 0.003 },
  { name: 'burst under clouds', count: 8, stepMs: 120, tremble: 0.01, stops: (at) => -at / 12 },
  { name: 'bracket of three', count: 3, stepMs: 700, stops: (at) => at * 2 - 2 },
  { name: 'bracket of five', count: 5, stepMs: 700, tremble: 0.005, stops: (at) => at - 2 },
  {
    name: 'party',
    count: 6,
    stepMs: 1000,
    areApart: true,
    hasSubSeconds: false,
    scene: (at) => at,
  },
  { name: 'another view each second', count: 5, stepMs: 1000, areApart: true, scene: (at) => at },
  { name: 'one scene, minutes apart', count: 4, stepMs: 180_000, areApart: true, tremble: 0.02 },
  { name: 'one site, hours apart', count: 4, stepMs: HOUR_MS, areApart: true },
];

/** Times that every plan is taken, each time of another scene. */
const ROUNDS = 3;

/**
 * Plans a day of one simulated body: hand-held bursts and brackets that have to be joined, beside shots that have to
 * stay apart: different views within a second, and the same view minutes and hours apart.
 */
export function simScenes(seed: number): SceneShot[] {
  const shots: SceneShot[] = [];
  let startMs = START_MS;
  for (let round = 0; round < ROUNDS; round++) {
    for (const [kind, plan] of PLANS.entries()) {
      const scene = (round * PLANS.length + kind) * 100 + seed * 100_000;
      for (let at = 0; at < plan.count; at++) {
        shots.push(planShot(plan, { scene, at, startMs, number: shots.length }));
      }
      startMs += plan.count * plan.stepMs + HOUR_MS / 6;
    }
  }
  return shots;
}

function planShot(
  plan: Plan,
  { scene, at, startMs, number }: Readonly<Record<'scene' | 'at' | 'startMs' | 'number', number>>,
): SceneShot {
  const { name, stepMs, areApart = false, hasSubSeconds = true, tremble = 0 } = plan;
  const shake = (way: number): number => tremble * (hashUnit(scene, at, way) * 2 - 1) * WIDTH;
  const stops = plan.stops?.(at) ?? 0;
  const id = `${name} ${scene}/${at}`;
  const exactMs = startMs + at * stepMs;
  return {
    series: areApart ? id : `${name} ${scene}`,
    sceneSeed: scene + (plan.scene?.(at) ?? 0),
    shot: {
      sceneTimeMs: (at * stepMs) % 2000,
      shift: { x: (plan.moved?.(at) ?? 0) * WIDTH + shake(1), y: shake(2) },
      exposureStops: stops,
      noiseSeed: number + 1,
    },
    frame: simFrame({
      id,
      width: WIDTH,
      height: HEIGHT,
      takenMs: hasSubSeconds ? exactMs : Math.floor(exactMs / 1000) * 1000,
      hasSubSeconds,
      fileNumber: number,
      shutterSeconds: 2 ** stops / 500,
      aperture: 5.6,
      iso: 100,
    }),
  };
}

/** Takes the shot and gives the JPEG that the camera would put into its RAW file. */
export async function takeSceneShot({ sceneSeed, shot }: SceneShot): Promise<Uint8Array> {
  const camera = simCamera({ seed: 7, sceneSeed, width: WIDTH, height: HEIGHT });
  const { full } = await renderPreviews(shootFrame(camera, shot), false);
  return full;
}
