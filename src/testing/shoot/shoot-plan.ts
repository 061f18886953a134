import { hash32, hashUnit } from '../../kernels/index.ts';
import type { Cfa } from './camera.ts';
import type { DngLayout } from './dng.ts';
import type { SampleBits } from './noise-model.ts';
import type { Place, ShotFacts } from './shot-facts.ts';
import type { EditFacts } from './sidecar.ts';

/** How a RAW file of a shoot is written. */
export type RawFormat =
  | { readonly kind: 'nef' }
  | { readonly kind: 'dng'; readonly layout: DngLayout };

/** A shoot as data: the same plan gives the same files. */
export interface ShootPlan {
  readonly seed: number;
  /** Presses of the shutter. */
  readonly frames: number;
  /** Samples across and down: even, 64 to 16384. */
  readonly width: number;
  readonly height: number;
  readonly bits: SampleBits;
  readonly cfa: Cfa;
  /** ISO settings taken in turn, one for each group of frames. */
  readonly isos: readonly number[];
  /** Formats taken in turn, one for each group of frames. */
  readonly formats: readonly RawFormat[];
  /** Frames of one burst; 1: single shots only. */
  readonly burstLength: number;
  /** A JPEG beside every RAW. */
  readonly pairs: boolean;
  /** XMP beside one frame in three. */
  readonly sidecars: boolean;
  /** A voice note beside one frame in eight. */
  readonly voiceNotes: boolean;
  readonly catalog: boolean;
  /** Local time of the first frame, milliseconds since 1970 as if local time were UTC; whole hundredths. */
  readonly startLocalMs: number;
  /** Minutes east of UTC. */
  readonly offsetMinutes: number;
}

/** One press of the shutter, planned. */
export interface PlannedFrame {
  readonly index: number;
  /** File name without extension. */
  readonly stem: string;
  /** Folder below the card's root. */
  readonly folder: string;
  readonly format: RawFormat;
  readonly group: PlannedGroup;
  /** Position in the group. */
  readonly position: number;
  /** Time since the group's first frame. */
  readonly sceneTimeMs: number;
  readonly facts: ShotFacts;
  readonly edit: EditFacts;
  /** 1 picked, 0 unset, -1 rejected. */
  readonly pick: number;
  readonly hasSidecar: boolean;
  readonly hasVoiceNote: boolean;
}

/** Frames that belong together, as the camera knew it. */
export interface PlannedGroup {
  readonly kind: 'burst' | 'bracket' | 'single';
  readonly id: number;
  readonly sceneSeed: number;
}

/** Milliseconds between frames: a burst of 20 a second, a bracket. */
const BURST_STEP_MS = 50;
const BRACKET_STEP_MS = 400;
const GROUP_GAP_MS = 47_000;
const FRAMES_PER_FOLDER = 999;
/** Stops and shutter speeds of a bracket. */
const BRACKET_STOPS = [0, -2, 2] as const;
const BRACKET_SHUTTERS = [500, 2000, 125] as const;

/** The file extension that cameras give this format. */
export function extensionOf(format: RawFormat): 'NEF' | 'DNG' {
  return format.kind === 'nef' ? 'NEF' : 'DNG';
}

/** Plans every frame: bursts, and now and then an exposure bracket or a single shot. */
export function planFrames(plan: ShootPlan): PlannedFrame[] {
  const frames: PlannedFrame[] = [];
  let startMs = plan.startLocalMs;
  for (let id = 0; frames.length < plan.frames; id++) {
    const kind = groupKind(plan, id);
    const wanted = { burst: plan.burstLength, bracket: BRACKET_STOPS.length, single: 1 }[kind];
    const length = Math.min(wanted, plan.frames - frames.length);
    const group = { kind, id, sceneSeed: hash32(plan.seed, 41, id) };
    for (let position = 0; position < length; position++) {
      frames.push(planFrame(plan, { index: frames.length, group, position, startMs }));
    }
    startMs += GROUP_GAP_MS + Math.round(6000 * hashUnit(plan.seed, 42, id)) * 10;
  }
  return frames;
}

function groupKind(plan: ShootPlan, id: number): PlannedGroup['kind'] {
  if (plan.burstLength <= 1) return 'single';
  return (['burst', 'bracket', 'burst', 'single'] as const)[id % 4]!;
}

/** Where a frame stands in the shoot. */
interface Standing {
  readonly index: number;
  readonly group: PlannedGroup;
  readonly position: number;
  /** Local time of the group's first frame. */
  readonly startMs: number;
}

function planFrame(plan: ShootPlan, at: Standing): PlannedFrame {
  const { index, group, position } = at;
  const rating = [0, 0, 3, 0, 4, 1, 5][hash32(plan.seed, 43, index) % 7]!;
  const sceneTimeMs = position * (group.kind === 'bracket' ? BRACKET_STEP_MS : BURST_STEP_MS);
  const format = plan.formats[group.id % plan.formats.length]!;
  return {
    index,
    stem: `DSC_${String((index % 9999) + 1).padStart(4, '0')}`,
    folder: `DCIM/${100 + Math.floor(index / FRAMES_PER_FOLDER)}NCZ_8`,
    format,
    group,
    position,
    sceneTimeMs,
    facts: shotFacts(plan, at, { format, takenLocalMs: at.startMs + sceneTimeMs }),
    edit: {
      rating,
      label: rating === 5 ? 'Red' : '',
      keywords: KEYWORDS[group.id % KEYWORDS.length]!,
      exposure: rating === 3 ? -0.35 : 0,
    },
    pick: rating >= 4 ? 1 : rating === 1 ? -1 : 0,
    hasSidecar: plan.sidecars && index % 3 === 0,
    hasVoiceNote: plan.voiceNotes && index % 8 === 0,
  };
}

const KEYWORDS: readonly (readonly string[])[] = [
  ['runner', 'city'],
  ['hills & valleys', 'morning'],
  ['Köln'],
];

function shotFacts(
  plan: ShootPlan,
  { index, group, position }: Standing,
  shot: { readonly format: RawFormat; readonly takenLocalMs: number },
): ShotFacts {
  const isBracket = group.kind === 'bracket';
  const isNef = shot.format.kind === 'nef';
  return {
    make: isNef ? 'NIKON CORPORATION' : 'FieldVault',
    model: isNef ? 'NIKON SimCam' : 'SimCam D',
    serial: String(6_000_000 + (hash32(plan.seed, 46) % 1_000_000)),
    lens: 'Sim 24-120mm f/4',
    takenLocalMs: shot.takenLocalMs,
    offsetMinutes: plan.offsetMinutes,
    iso: plan.isos[group.id % plan.isos.length]!,
    aperture: 5.6,
    shutterPerSecond: isBracket ? BRACKET_SHUTTERS[position % 3]! : 1000,
    focalLength: 85,
    exposureStops: isBracket ? BRACKET_STOPS[position % 3]! : 0,
    place: group.id % 3 === 2 ? null : placeOf(plan, group.id),
    shutterCount: 10_000 + index,
    drive: group.kind === 'burst' ? 'continuous' : group.kind,
  };
}

/** A place in the South Atlantic, far from everybody. */
function placeOf(plan: ShootPlan, id: number): Place {
  return {
    latitude: -30 - hashUnit(plan.seed, 44, id),
    longitude: -15 - hashUnit(plan.seed, 45, id),
    altitude: 12 + (id % 50),
  };
}
