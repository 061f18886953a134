/** Random values in the noise table; a power of two. */
export const NOISE_TABLE_LENGTH = 4096;

/** One octave of smooth scene noise whose cells are 8 * 2^cellLog2 columns wide and high. */
export interface Octave {
  readonly seed: number;
  readonly cellLog2: number;
  readonly amplitude: number;
}

/** How a span of one scene row is painted: light = (level + slope * x) * (1 + base + grain). */
export interface Paint {
  /** Light at the span's left end, 1 = the sensor's white at exposure 0; and its change per column. */
  readonly level: number;
  readonly slope: number;
  /** Strength of the coarse and of the fine texture. */
  readonly baseGain: number;
  readonly grainGain: number;
  /** Red and blue light relative to green. */
  readonly red: number;
  readonly blue: number;
  /** Texture that moves with a subject: the scene column of its origin and the row's random place. */
  readonly moving?: { readonly originX: number; readonly place: number };
}

/** Takes the spans of one scene row; x in scene columns, later spans cover earlier ones. */
export interface SpanList {
  add(x0: number, x1: number, paint: Paint): void;
  /** Adds the glow row times `level` over the whole row. */
  addGlow(level: number, red: number, blue: number): void;
}

/**
 * Everything that makes one frame of the simulated sensor.
 *
 * The model, per sample of colour c at (x, y), all in f32:
 * - light: the scene's row painter, blurred by four taps in x and y (cubic B-spline, standard deviation 0.577 samples,
 *   sampled at the sub-pixel shift), times the fall of light towards the corners;
 * - charge = light * electrons[c] * (1 + fixedPattern * P(x, y)), P of mean 0 and variance 1, the same in every frame;
 * - noise = N * sqrt(charge + readNoise^2) electrons, N of mean 0 and variance 1, new for every sample (the sum of six
 *   uniform numbers: excess kurtosis -0.2, at most 4.24);
 * - value = floor((charge + noise) * gain + columnOffsets[x] + 0.5), held between 0 and whiteLevel.
 */
export interface SensorJob {
  readonly widthPixels: number;
  readonly heightPixels: number;
  /** Scene coordinates of sensor sample (0, 0); fractions are sub-pixel shifts. */
  readonly shift: { readonly x: number; readonly y: number };
  /** {@link NOISE_TABLE_LENGTH} values from -1 to 1. */
  readonly noiseTable: Float32Array;
  readonly textureSeed: number;
  readonly baseOctaves: readonly Octave[];
  readonly roughOctaves: readonly Octave[];
  /** Amplitudes of the octaves with cells of 1, 2 and 4 columns. */
  readonly fineGains: readonly [number, number, number];
  /** Colours (0 red, 1 green, 2 blue) of the samples (0,0), (1,0), (0,1), (1,1). */
  readonly cfa: readonly [number, number, number, number];
  /** Electrons per unit of light for red, green, blue. */
  readonly electrons: readonly [number, number, number];
  /** Standard deviation of the samples' sensitivities, as a share. */
  readonly fixedPattern: number;
  /** In electrons. */
  readonly readNoise: number;
  /** Digits per electron. */
  readonly gain: number;
  readonly whiteLevel: number;
  /** Black level plus each column's own offset, in digits. */
  readonly columnOffsets: Float32Array;
  /** Fall of light by column and by row; the product counts. */
  readonly fallColumns: Float32Array;
  readonly fallRows: Float32Array;
  /** Seeds: the noise of this frame; the pattern of this body. */
  readonly noiseSeed: number;
  readonly patternSeed: number;
  /** The glow row at a scene column. */
  glowAt(column: number): number;
  /** Paints one scene row from left to right end; the first span must cover all of it. */
  paintRow(row: number, spans: SpanList): void;
}
