import type { BurstHint, GroupFrame } from '../../analysis/index.ts';
import { hash32, hashUnit } from '../../kernels/index.ts';
import { changedLook, sceneLook, simFrame } from './frames.ts';
import type { SeriesTruth } from './truth.ts';

/** Frames as records alone, and what they are. */
export interface SimLibrary {
  readonly frames: readonly GroupFrame[];
  /** Every shot; a copy is not named. */
  readonly truth: SeriesTruth;
  /** By copy the shot it is a copy of. */
  readonly copies: ReadonlyMap<string, string>;
}

const BODIES = 3;
/** 2026-06-01 in local milliseconds. */
const START_MS = 1_780_272_000_000;

/**
 * Makes the records of a library of about so many frames, the same for the same seed: three bodies that take turns at
 * bursts, exposure brackets, focus stacks and single frames; every sixth scene is visited again hours later; one frame in
 * fifty has an exported copy without any camera data.
 */
export function simLibrary(seed: number, count: number): SimLibrary {
  const frames: GroupFrame[] = [];
  const truth = new Map<string, string>();
  const copies = new Map<string, string>();
  const clocks = Array.from({ length: BODIES }, () => START_MS);
  for (let series = 0; frames.length < count; series++) {
    const body = series % BODIES;
    clocks[body] = (clocks[body] ?? 0) + 3000 + Math.floor(60_000 * hashUnit(seed, series, 1));
    for (const shot of seriesShots(seed, series)) {
      clocks[body] += shot.stepMs;
      const number = frames.length;
      const id = `card${body}/DSC_${number}`;
      frames.push(
        simFrame({
          ...shot.facts,
          id,
          body: `FieldVault|SimCam|${body}`,
          folder: `card${body}/DCIM`,
          takenMs: clocks[body],
          fileNumber: number % 10_000,
        }),
      );
      truth.set(id, String(series));
      if (hash32(seed, number, 2) % 50 !== 0) continue;
      const copy = `exports/DSC_${number}.jpg`;
      const fingerprint = changedLook(shot.facts.fingerprint ?? '', 3, number);
      frames.push(simFrame({ ...NO_CAMERA, id: copy, fingerprint }));
      copies.set(copy, id);
    }
  }
  return { frames, truth, copies };
}

const NO_CAMERA = { body: null, lens: null, width: 2048, height: 1365, folder: 'exports' };

interface SimShot {
  readonly stepMs: number;
  readonly facts: Partial<GroupFrame>;
}

function seriesShots(seed: number, series: number): SimShot[] {
  const kind = (['burst', 'burst', 'told', 'bracket', 'focus', 'single'] as const)[series % 6];
  const scene = sceneLook(hash32(seed, series % 6 === 5 && series > 60 ? series - 60 : series));
  const look = (at: number): string => changedLook(scene, hash32(seed, series, at) % 24, at);
  const shots = (count: number, stepMs: number, facts: (at: number) => Partial<GroupFrame>) =>
    Array.from({ length: count }, (_value, at) => ({
      stepMs,
      facts: { ...EXPOSURE, fingerprint: look(at), ...facts(at) },
    }));
  const length = 3 + (hash32(seed, series, 3) % 12);
  if (kind === 'burst') return shots(length, 110, () => ({}));
  if (kind === 'told') return shots(length, 900, (at) => ({ hint: told(at + 1) }));
  if (kind === 'bracket') {
    return shots(5, 800, (at) => ({ shutterSeconds: 2 ** (at - 8) }));
  }
  if (kind === 'focus') return shots(6, 2500, (at) => ({ focusDistance: 1 + at / 8 }));
  return shots(1, 0, () => ({}));
}

const EXPOSURE = { shutterSeconds: 1 / 1000, aperture: 4, iso: 100 };

function told(sequence: number): BurstHint {
  const from = 'Sim:SequenceNumber';
  return { id: null, kind: 'burst', sequence, length: null, isContinuous: true, from };
}
