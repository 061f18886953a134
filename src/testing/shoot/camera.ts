import {
  hash32,
  hashUnit,
  NOISE_TABLE_LENGTH,
  type SensorJob,
  synthesizeFrame,
} from '../../kernels/index.ts';
import { type NoiseModel, noiseModel, type SampleBits } from './noise-model.ts';
import { planScene, type Scene } from './scene.ts';
import { sceneRows, sunGlow } from './scene-rows.ts';

/** Colours of the four samples (0,0), (1,0), (0,1), (1,1). */
export type Cfa = 'RGGB' | 'BGGR' | 'GRBG' | 'GBRG';

/** One simulated body in front of one scene. Made by {@link simCamera}. */
export interface SimCamera {
  readonly seed: number;
  readonly width: number;
  readonly height: number;
  readonly bits: SampleBits;
  readonly cfa: Cfa;
  readonly iso: number;
  readonly noise: NoiseModel;
  readonly scene: Scene;
}

/** What {@link simCamera} is told. */
export interface SimCameraOptions {
  /** Makes the body: its fixed pattern and hot pixels. */
  readonly seed: number;
  /** Makes the scene; left out: the body's seed. */
  readonly sceneSeed?: number;
  /** Samples across and down: even, 64 to 16384. */
  readonly width: number;
  readonly height: number;
  readonly bits?: SampleBits;
  readonly cfa?: Cfa;
  /** 64 to 25600; left out: 100. */
  readonly iso?: number;
}

/** How one frame is taken. */
export interface Shot {
  /** Where the moving subject is: time since the scene began. */
  readonly sceneTimeMs?: number;
  /** Hand-held shift of the view in samples, with fraction. */
  readonly shift?: { readonly x: number; readonly y: number };
  /** Exposure against the metered one, in stops. */
  readonly exposureStops?: number;
  /** Makes the noise; two frames of a burst must not have the same. */
  readonly noiseSeed?: number;
}

/** The values of one exposure, row by row, and what is needed to read them. */
export interface SensorFrame {
  readonly width: number;
  readonly height: number;
  readonly bits: SampleBits;
  readonly samples: Uint16Array;
  readonly blackLevel: number;
  readonly whiteLevel: number;
  readonly cfa: Cfa;
}

/** Sensitivity to red, green and blue light; a gray thing gives samples in this ratio. */
export const CHANNEL_SENSITIVITY = [0.5, 1, 0.625] as const;

/** One sample in this many is hot. */
const HOT_PIXEL_EVERY = 60_000;

/** A body in front of a scene; the same options give the same values in every frame. RangeError for a size it has not. */
export function simCamera(options: SimCameraOptions): SimCamera {
  const { seed, width, height, bits = 14, cfa = 'RGGB', iso = 100 } = options;
  for (const size of [width, height]) {
    if (!Number.isInteger(size / 2) || size < 64 || size > 16384) {
      throw new RangeError(`width and height must be even, 64 to 16384; got ${width} x ${height}`);
    }
  }
  if (!(iso >= 64 && iso <= 25600)) throw new RangeError(`iso must be 64 to 25600; got ${iso}`);
  const scene = planScene(options.sceneSeed ?? seed, width, height);
  return { seed, width, height, bits, cfa, iso, noise: noiseModel(bits, iso), scene };
}

/** Takes one frame. Some 70 million samples a second on one core (24 megapixels, x86-64 of 2023). */
export function shootFrame(camera: SimCamera, shot: Shot = {}): SensorFrame {
  const { noise } = camera;
  const samples = synthesizeFrame(jobOf(camera, shot));
  lightHotPixels(camera, samples);
  const { blackLevel, whiteLevel } = noise;
  const { width, height, bits, cfa } = camera;
  return { width, height, bits, samples, blackLevel, whiteLevel, cfa };
}

/** The channel numbers (0 red, 1 green, 2 blue) of a colour filter's four samples. */
export function cfaChannels(cfa: Cfa): readonly [number, number, number, number] {
  const [a = 0, b = 0, c = 0, d = 0] = [...cfa].map((letter) => 'RGB'.indexOf(letter));
  return [a, b, c, d];
}

function jobOf(camera: SimCamera, shot: Shot): SensorJob {
  const { scene, noise, width, height, seed } = camera;
  const shift = shot.shift ?? { x: 0, y: 0 };
  const full = (noise.whiteLevel - noise.blackLevel) / noise.gain;
  const exposure = full * powerOfTwo(shot.exposureStops ?? 0);
  const [red, green, blue] = CHANNEL_SENSITIVITY;
  return {
    widthPixels: width,
    heightPixels: height,
    shift,
    noiseTable: noiseTable(scene.seed),
    textureSeed: scene.seed,
    baseOctaves: scene.baseOctaves,
    roughOctaves: scene.roughOctaves,
    fineGains: [0.5, 0.8, 0.9],
    cfa: cfaChannels(camera.cfa),
    electrons: [exposure * red, exposure * green, exposure * blue],
    fixedPattern: noise.fixedPattern,
    readNoise: noise.readNoise,
    gain: noise.gain,
    whiteLevel: noise.whiteLevel,
    columnOffsets: columnOffsets(camera),
    fallColumns: lightFall(width),
    fallRows: lightFall(height),
    noiseSeed: hash32(shot.noiseSeed ?? seed, 11),
    patternSeed: hash32(seed, 12),
    glowAt: (column) => sunGlow(column - scene.sun.x, scene.sun.radius) * 0.8,
    paintRow: sceneRows(scene, shot.sceneTimeMs ?? 0),
  };
}

function noiseTable(seed: number): Float32Array {
  const values = new Float32Array(NOISE_TABLE_LENGTH);
  return values.map((_value, index) => hashUnit(seed, 13, index) * 2 - 1);
}

/** Black level plus the offset of each column's own amplifier. */
function columnOffsets({ seed, width, noise }: SimCamera): Float32Array {
  const offsets = new Float32Array(width);
  return offsets.map((_value, column) => {
    // A sum of three uniform numbers has a variance of a quarter.
    let sum = -1.5;
    for (let part = 0; part < 3; part++) sum += hashUnit(seed, 14 + part, column);
    return noise.blackLevel + noise.columnSigma * 2 * sum;
  });
}

/** Light lost towards the ends of a row or column: about a third of a stop at each. */
function lightFall(size: number): Float32Array {
  const values = new Float32Array(size);
  return values.map((_value, index) => {
    const place = (index - size / 2) / (size / 2);
    return 1 / (1 + 0.22 * place * place);
  });
}

/** Two to the power of any number by products and square roots only, which are the same on every machine. */
function powerOfTwo(exponent: number): number {
  let whole = Math.floor(exponent);
  let rest = exponent - whole;
  let power = 1;
  for (; whole > 0; whole--) power *= 2;
  for (; whole < 0; whole++) power /= 2;
  let root = 2;
  for (let bit = 0; bit < 24 && rest > 0; bit++) {
    root = Math.sqrt(root);
    rest *= 2;
    if (rest >= 1) {
      power *= root;
      rest -= 1;
    }
  }
  return power;
}

/** Samples that leak: the same places in every frame of one body, brighter at higher gain. */
function lightHotPixels({ seed, noise }: SimCamera, samples: Uint16Array): void {
  const count = Math.max(2, Math.floor(samples.length / HOT_PIXEL_EVERY));
  for (let index = 0; index < count; index++) {
    const place = hash32(seed, 21, index) % samples.length;
    const electrons = 200 + 20_000 * hashUnit(seed, 22, index) ** 3;
    const value = samples[place]! + Math.round(electrons * noise.gain);
    samples[place] = Math.min(value, noise.whiteLevel);
  }
}
